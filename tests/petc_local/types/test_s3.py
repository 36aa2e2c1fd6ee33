from __future__ import annotations

from typing import Any

from tests.petc_local.running import LocalAws
from tests.petc_local.types.deploying import att, create, delete, resource, update


def bucket(days: int = 30, status: str = "Enabled", **properties: Any) -> dict[str, Any]:
    encryption = {
        "ServerSideEncryptionConfiguration": [
            {
                "BucketKeyEnabled": True,
                "ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "alias/main"},
            }
        ]
    }
    rule = {
        "Id": "old",
        "Status": "Enabled",
        "ExpirationInDays": days,
        "NoncurrentVersionExpirationInDays": 7,
    }
    return {
        "Bucket": resource(
            "AWS::S3::Bucket",
            BucketEncryption=encryption,
            LifecycleConfiguration={"Rules": [rule]},
            OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
            VersioningConfiguration={"Status": status},
            Tags=[{"Key": "use", "Value": "files"}],
            **properties,
        )
    }


def test_settings_are_shown(aws: LocalAws) -> None:
    made = create(aws, bucket(), tags={"owner": "team"})
    s3, name = aws.client("s3"), made.ids["Bucket"]
    (rule,) = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
    (expiry,) = s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"]
    tags = {tag["Key"]: tag["Value"] for tag in s3.get_bucket_tagging(Bucket=name)["TagSet"]}
    owners = s3.get_bucket_ownership_controls(Bucket=name)["OwnershipControls"]["Rules"]

    assert rule["ApplyServerSideEncryptionByDefault"] == {
        "SSEAlgorithm": "aws:kms",
        "KMSMasterKeyID": "alias/main",
    }
    assert (expiry["ID"], expiry["Expiration"]["Days"]) == ("old", 30)
    assert expiry["NoncurrentVersionExpiration"]["NoncurrentDays"] == 7
    assert owners == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    assert (tags["use"], tags["owner"]) == ("files", "team")


def test_settings_change_in_place(aws: LocalAws) -> None:
    made = create(aws, bucket())
    changed = update(aws, bucket(60, "Suspended"))
    s3, name = aws.client("s3"), made.ids["Bucket"]

    assert changed.ids["Bucket"] == name
    assert s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"][0]["Expiration"]["Days"] == 60
    assert s3.get_bucket_versioning(Bucket=name)["Status"] == "Suspended"


def test_what_the_template_drops_goes(aws: LocalAws) -> None:
    made = create(aws, bucket())
    update(aws, {"Bucket": resource("AWS::S3::Bucket")})
    s3, name = aws.client("s3"), made.ids["Bucket"]

    assert s3.get_bucket_versioning(Bucket=name)["Status"] == "Suspended"
    assert "use" not in {tag["Key"] for tag in s3.get_bucket_tagging(Bucket=name)["TagSet"]}


def test_a_bucket_that_holds_something_is_not_deleted(aws: LocalAws) -> None:
    made = create(aws, bucket())
    aws.client("s3").put_object(Bucket=made.ids["Bucket"], Key="file", Body=b"kept")
    refused = delete(aws)
    kept = aws.client("s3").get_object(Bucket=made.ids["Bucket"], Key="file")["Body"].read()

    assert refused.status == "DELETE_FAILED"
    assert "not empty" in refused.reasons[0]
    assert kept == b"kept"


def test_an_empty_bucket_is_deleted(aws: LocalAws) -> None:
    create(aws, bucket())

    assert delete(aws).status == "DELETE_COMPLETE"
    assert aws.client("s3").list_buckets()["Buckets"] == []


def test_the_dual_stack_name(aws: LocalAws) -> None:
    made = create(aws, bucket(), outputs={"Name": att("Bucket", "DualStackDomainName")})

    assert made.outputs["Name"] == f"{made.ids['Bucket']}.s3.dualstack.us-west-2.amazonaws.com"
