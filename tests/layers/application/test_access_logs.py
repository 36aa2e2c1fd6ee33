from __future__ import annotations

import pytest

from petc.layers import application
from petc.layers.base import LayerTemplate
from petc.model.types import Stage
from tests.layers.rendered import properties, resources, statement


@pytest.fixture
def layer(prod: Stage) -> LayerTemplate:
    return application.emit(prod)


def test_no_bucket_where_no_logs_are_asked_for(dev: Stage) -> None:
    assert not resources(application.emit(dev), "AWS::S3::Bucket")


def test_elb_writes_below_this_account_only(layer: LayerTemplate) -> None:
    deliver = statement(layer, "AccessLogsPolicy", "DeliverLogs")

    assert deliver["Principal"] == {"Service": ["logdelivery.elasticloadbalancing.amazonaws.com"]}
    assert deliver["Resource"] == [{"Fn::Sub": "${AccessLogs.Arn}/AWSLogs/${AWS::AccountId}/*"}]
    assert "${AWS::AccountId}:loadbalancer/*" in str(deliver["Condition"]["ArnLike"]["aws:SourceArn"])


def test_nothing_passes_without_tls(layer: LayerTemplate) -> None:
    deny = statement(layer, "AccessLogsPolicy", "TlsOnly")

    assert (deny["Effect"], deny["Action"]) == ("Deny", ["s3:*"])
    assert deny["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_the_bucket_is_private_encrypted_and_forgets(layer: LayerTemplate) -> None:
    bucket = properties(layer, "AccessLogs")

    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert "AES256" in str(bucket["BucketEncryption"])
    assert bucket["LifecycleConfiguration"]["Rules"][0]["ExpirationInDays"] == 365


def test_the_load_balancer_waits_for_the_policy(layer: LayerTemplate) -> None:
    assert resources(layer)["LoadBalancer"]["DependsOn"] == ["AccessLogsPolicy"]
