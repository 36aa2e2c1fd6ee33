"""The template of an artifact bucket."""

from __future__ import annotations

from dataclasses import replace

from petc.deploy.bootstrap import bucket_template
from petc.deploy.bootstrap.consumers import SELF_MANAGED, ServedStage
from petc.verify.rendered import mapping, sequence
from tests.deploy.bootstrap.reading import ONE, properties


def test_the_bucket_is_private_encrypted_and_reached_by_tls_only() -> None:
    made = bucket_template.bucket("petc-artifacts-1-us-west-2", ONE)
    bucket = properties(made, "Artifacts")
    statements = sequence(mapping(properties(made, "ArtifactsPolicy")["PolicyDocument"])["Statement"])

    assert all(mapping(bucket["PublicAccessBlockConfiguration"]).values())
    assert "BucketEncryption" in bucket
    assert mapping(statements[0])["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert mapping(mapping(made["Resources"])["Artifacts"])["DeletionPolicy"] == "RetainExceptOnCreate"


def test_the_bucket_is_read_by_the_execution_roles_of_the_targets() -> None:
    made = bucket_template.bucket("petc-artifacts-1-us-west-2", ONE)
    reading = mapping(
        sequence(mapping(properties(made, "ArtifactsPolicy")["PolicyDocument"])["Statement"])[-1]
    )

    assert reading["Principal"] == {"AWS": [{"Fn::Sub": "arn:${AWS::Partition}:iam::111111111111:root"}]}
    assert reading["Action"] == "s3:GetObject"
    assert "aws:PrincipalArn" in mapping(mapping(reading["Condition"])["ArnLike"])


def test_templates_of_every_stage_go_after_a_while() -> None:
    served = replace(ONE, stages=(ServedStage("shop", "dev", SELF_MANAGED),))
    bucket = properties(bucket_template.bucket("b", served), "Artifacts")
    rules = sequence(mapping(bucket["LifecycleConfiguration"])["Rules"])

    assert {mapping(rule).get("Prefix") for rule in rules} == {"shop/dev/templates/", "templates/", None}
