"""Data buckets: private, encrypted, tidied up, each role reaching exactly what it uses."""

from __future__ import annotations

from typing import Any

import pytest

from petc.layers import database
from petc.layers.base import LayerTemplate
from tests import specs
from tests.layers.rendered import properties, resources, sids, statement

STORE = """
petc: 1
name: store
tags: {{owner: store-team, cost-centre: store}}
encryption: {{key: {key}}}
buckets:
  invoices: {{{invoices}}}
databases:
  ledger: {{}}
services:
  billing: {{image: {{tag: "1"}}, port: 8000, uses: {{invoices: {{access: {access}}}, ledger: {{}}}}}}
functions:
  stamp: {{source: stamp, uses: {{invoices: {{access: {access}}}, ledger: {{}}}}}}
stages:
  dev:
    on_delete: {on_delete}
    targets: {{accounts: ["123456789012"], regions: {{eu-west-1: {{}}}}}}
"""

ARN = {"Fn::GetAtt": ["BucketInvoices", "Arn"]}
OBJECTS = {"Fn::Sub": ["${Bucket}/*", {"Bucket": ARN}]}
KEY = {"Fn::GetAtt": ["DataKey", "Arn"]}


def store(
    invoices: str = "", key: str = "customer", access: str = "read", on_delete: str = "keep"
) -> LayerTemplate:
    text = STORE.format(invoices=invoices, key=key, access=access, on_delete=on_delete)
    return database.emit(specs.stage_of(text))


def bucket(layer: LayerTemplate) -> Any:
    return properties(layer, "BucketInvoices")


def rules(layer: LayerTemplate) -> dict[str, Any]:
    return {rule["Id"]: rule for rule in bucket(layer)["LifecycleConfiguration"]["Rules"]}


def test_private_and_without_access_lists() -> None:
    found = bucket(store())

    assert set(found["PublicAccessBlockConfiguration"].values()) == {True}
    assert found["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    assert "BucketName" not in found


def test_encrypted_by_the_data_key_with_a_bucket_key() -> None:
    encryption = bucket(store())["BucketEncryption"]["ServerSideEncryptionConfiguration"]

    assert encryption == [
        {
            "BucketKeyEnabled": True,
            "ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY},
        }
    ]


def test_encrypted_by_s3_where_keys_are_left_to_aws() -> None:
    layer = store(key="aws")
    encryption = bucket(layer)["BucketEncryption"]["ServerSideEncryptionConfiguration"]

    assert encryption == [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
    assert "DecryptObjects" not in sids(layer, "GrantTaskBilling")


def test_tls_only() -> None:
    denial = statement(store(), "BucketPolicyInvoices", "TlsOnly")

    assert denial["Effect"] == "Deny"
    assert denial["Resource"] == [ARN, {"Fn::Sub": "${BucketInvoices.Arn}/*"}]
    assert denial["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


@pytest.mark.parametrize(("asked", "status"), [("true", "Enabled"), ("false", "Suspended")])
def test_versioning(asked: str, status: str) -> None:
    assert bucket(store(f"versioning: {asked}"))["VersioningConfiguration"] == {"Status": status}


def test_lifecycle() -> None:
    found = rules(store("expire_days: 90, noncurrent_days: 14"))

    assert found["expire"]["ExpirationInDays"] == 90
    assert found["previous-versions"]["NoncurrentVersionExpiration"] == {"NoncurrentDays": 14}
    assert found["abandoned-uploads"]["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}


def test_objects_stay_unless_told_to_expire() -> None:
    assert "expire" not in rules(store())


@pytest.mark.parametrize(("on_delete", "policy"), [("keep", "RetainExceptOnCreate"), ("discard", "Delete")])
def test_outlives_its_stack_by_stage(on_delete: str, policy: str) -> None:
    assert resources(store(on_delete=on_delete))["BucketInvoices"]["DeletionPolicy"] == policy


@pytest.mark.parametrize("policy", ["GrantTaskBilling", "GrantFunctionStamp"])
def test_readers_read_this_bucket_alone(policy: str) -> None:
    layer = store(access="read")

    assert statement(layer, policy, "ReadObjects")["Action"] == ["s3:GetObject"]
    assert statement(layer, policy, "ReadObjects")["Resource"] == [OBJECTS]
    assert statement(layer, policy, "ListObjects")["Resource"] == [ARN]
    assert statement(layer, policy, "DecryptObjects")["Resource"] == [KEY]
    assert "WriteObjects" not in sids(layer, policy)


def test_writers_do_not_read() -> None:
    layer = store(access="write")
    written = statement(layer, "GrantTaskBilling", "WriteObjects")
    encrypt = statement(layer, "GrantTaskBilling", "EncryptObjects")

    assert written["Action"] == ["s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"]
    assert encrypt["Action"] == ["kms:GenerateDataKey", "kms:Decrypt"]
    assert sids(layer, "GrantTaskBilling") == ["WriteObjects", "EncryptObjects"]


def test_one_policy_for_a_role_that_uses_bucket_and_database() -> None:
    layer = store(access="read-write")
    reasons = resources(layer)["GrantFunctionStamp"]["Metadata"]["petc"]["reasons"]

    assert {"ReadObjects", "WriteObjects", "ReadDatabaseCredentials"} <= set(
        sids(layer, "GrantFunctionStamp")
    )
    assert sorted(reasons) == ["ReadObjects", "WriteObjects"]


def test_the_name_is_exported() -> None:
    assert "store-dev-database-BucketNameInvoices" in store().exports
