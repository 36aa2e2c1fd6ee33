"""Every bucket of every layer is private and reached over TLS only."""

from __future__ import annotations

from petc.layers.table import LAYERS
from petc.model.types import Stage
from tests.layers.rendered import resources


def test_no_bucket_is_public(prod: Stage) -> None:
    buckets = [
        item["Properties"]
        for layer in LAYERS
        for item in resources(layer.emit(prod), "AWS::S3::Bucket").values()
    ]

    assert buckets
    for bucket in buckets:
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
        assert bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]


def test_every_bucket_refuses_callers_without_tls(prod: Stage) -> None:
    for layer in LAYERS:
        template = layer.emit(prod)
        policies = resources(template, "AWS::S3::BucketPolicy").values()
        refused = [
            item["Properties"]["Bucket"]["Ref"]
            for item in policies
            for statement in item["Properties"]["PolicyDocument"]["Statement"]
            if statement["Sid"] == "TlsOnly" and statement["Effect"] == "Deny"
        ]

        assert sorted(refused) == sorted(resources(template, "AWS::S3::Bucket"))
