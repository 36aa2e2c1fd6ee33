"""Objects in an artifact bucket are written once, compared afterwards, and never overwritten."""

from __future__ import annotations

import base64
from typing import Any

import botocore.exceptions
import pytest

from petc.deploy.aws.artifact_bucket import ArtifactBucket, bucket_of, put_once
from petc.deploy.aws.connection import Connection
from petc.deploy.package.publish import Published, require_intact
from petc.diagnostics import Rejected
from petc.output.manifest import digest
from tests.petc_local.running import LocalAws

KEY = "shop/mail/abc.zip"


@pytest.fixture
def bucket(aws: LocalAws) -> ArtifactBucket:
    name = f"petc-artifacts-{aws.account}-{aws.region}"
    aws.client("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": aws.region})
    return ArtifactBucket(name, aws.region, aws.account)


def put(aws: LocalAws, bucket: ArtifactBucket, content: bytes) -> bool:
    made = put_once(Connection(aws.region), bucket, KEY, content, digest(content), "application/zip")
    return made.written


def code(aws: LocalAws, bucket: ArtifactBucket, content: bytes = b"zip") -> str:
    with pytest.raises(Rejected) as caught:
        put(aws, bucket, content)
    return caught.value.diagnostics[0].code


def stored(aws: LocalAws, bucket: ArtifactBucket) -> Any:
    return aws.client("s3").get_object(Bucket=bucket.name, Key=KEY)


def test_an_object_is_written_with_its_bytes_and_type(aws: LocalAws, bucket: ArtifactBucket) -> None:
    written = put(aws, bucket, b"zip")
    found = stored(aws, bucket)

    assert written
    assert (found["Body"].read(), found["ContentType"]) == (b"zip", "application/zip")


def test_the_same_bytes_are_not_written_again(aws: LocalAws, bucket: ArtifactBucket) -> None:
    put(aws, bucket, b"zip")
    before = stored(aws, bucket)["LastModified"]

    assert not put(aws, bucket, b"zip")
    assert stored(aws, bucket)["LastModified"] == before


def test_other_bytes_under_the_key_are_an_error_and_stay(aws: LocalAws, bucket: ArtifactBucket) -> None:
    put(aws, bucket, b"old")

    assert code(aws, bucket, b"new") == "package-differs"
    assert stored(aws, bucket)["Body"].read() == b"old"


def test_an_object_of_another_tool_counts_by_its_bytes(aws: LocalAws, bucket: ArtifactBucket) -> None:
    aws.client("s3").put_object(Bucket=bucket.name, Key=KEY, Body=b"zip", ChecksumAlgorithm="CRC32")

    assert not put(aws, bucket, b"zip")
    assert code(aws, bucket, b"zap") == "package-differs"


@pytest.mark.parametrize("how", ["no checksum", "other checksum", "in parts"])
def test_what_a_writer_notes_beside_other_bytes_counts_for_nothing(
    aws: LocalAws, bucket: ArtifactBucket, how: str
) -> None:
    s3 = aws.client("s3")
    place = {"Bucket": bucket.name, "Key": KEY}
    claimed = {"petc-sha256": digest(b"zip")}
    if how == "in parts":
        upload = s3.create_multipart_upload(**place, Metadata=claimed, ChecksumAlgorithm="SHA256")["UploadId"]
        part = s3.upload_part(**place, UploadId=upload, PartNumber=1, Body=b"zap", ChecksumAlgorithm="SHA256")
        parts = [{"PartNumber": 1, "ETag": part["ETag"], "ChecksumSHA256": part["ChecksumSHA256"]}]
        s3.complete_multipart_upload(**place, UploadId=upload, MultipartUpload={"Parts": parts})
    else:
        more = {"ChecksumAlgorithm": "CRC32"} if how == "other checksum" else {}
        s3.put_object(**place, Body=b"zap", Metadata=claimed, **more)

    assert code(aws, bucket) == "package-differs"


def test_bytes_that_do_not_fit_their_checksum_are_not_taken(aws: LocalAws, bucket: ArtifactBucket) -> None:
    """S3 compares them, so that a checksum that lies there can be believed."""
    right = base64.b64encode(bytes.fromhex(digest(b"zip"))).decode()
    with pytest.raises(botocore.exceptions.ClientError, match=r"BadDigest|InvalidRequest|did not match"):
        aws.client("s3").put_object(Bucket=bucket.name, Key=KEY, Body=b"zap", ChecksumSHA256=right)


def test_a_package_that_was_replaced_or_deleted_is_found_before_its_use(
    aws: LocalAws, bucket: ArtifactBucket
) -> None:
    connection, s3 = Connection(aws.region), aws.client("s3")
    put(aws, bucket, b"zip")
    one = Published("mail", bucket.region, bucket.name, KEY, digest(b"zip"), 3, written=True)
    require_intact(connection, (one,))
    s3.put_object(Bucket=bucket.name, Key=KEY, Body=b"zap", Metadata={"petc-sha256": digest(b"zip")})
    with pytest.raises(Rejected, match="package-differs"):
        require_intact(connection, (one,))
    s3.delete_object(Bucket=bucket.name, Key=KEY)
    with pytest.raises(Rejected, match="artifact-gone"):
        require_intact(connection, (one,))


def test_a_missing_bucket_leads_to_bootstrap(aws: LocalAws) -> None:
    with pytest.raises(Rejected) as caught:
        put(aws, ArtifactBucket("petc-artifacts-none", aws.region), b"zip")
    (found,) = caught.value.diagnostics

    assert found.code == "artifact-bucket-missing"
    assert "petc bootstrap" in found.help


def test_a_bucket_of_another_account_is_refused(aws: LocalAws, bucket: ArtifactBucket) -> None:
    """AWS denies a call whose expected owner is another one; the local AWS has to be told to."""
    for action in ("HeadObject", "PutObject"):
        aws.faults.error("AccessDenied", status=403, service="s3", action=action)

    assert code(aws, bucket) == "artifact-bucket-foreign"


def test_a_denial_of_a_bucket_that_anyone_may_own_says_what_is_denied(
    aws: LocalAws, bucket: ArtifactBucket
) -> None:
    for action in ("HeadObject", "PutObject"):
        aws.faults.error("AccessDenied", status=403, service="s3", action=action)

    assert code(aws, ArtifactBucket(bucket.name, bucket.region)) == "aws-access-denied"


def test_who_may_not_list_the_bucket_may_write_all_the_same(aws: LocalAws, bucket: ArtifactBucket) -> None:
    aws.faults.error("AccessDenied", status=403, service="s3", action="HeadObject")

    assert put(aws, bucket, b"zip")


def test_the_second_of_two_deployments_at_the_same_moment_takes_the_first_one_s(
    aws: LocalAws, bucket: ArtifactBucket
) -> None:
    put(aws, bucket, b"zip")
    # What the second one sees when it looks before the first one has written.
    aws.faults.error("NoSuchKey", status=404, service="s3", action="HeadObject")

    assert not put(aws, bucket, b"zip")


def test_the_second_of_two_deployments_with_other_bytes_is_refused(
    aws: LocalAws, bucket: ArtifactBucket
) -> None:
    put(aws, bucket, b"zip")
    aws.faults.error("NoSuchKey", status=404, service="s3", action="HeadObject")

    assert code(aws, bucket, b"other") == "package-differs"
    assert stored(aws, bucket)["Body"].read() == b"zip"


def test_an_answer_that_was_lost_is_no_fault(aws: LocalAws, bucket: ArtifactBucket) -> None:
    """botocore writes again, S3 says that the object is there, and it is ours."""
    aws.faults.drop(after=True, service="s3", action="PutObject")

    put(aws, bucket, b"zip")

    assert stored(aws, bucket)["Body"].read() == b"zip"


def test_an_object_that_is_there_costs_one_call_and_another_two(
    aws: LocalAws, bucket: ArtifactBucket
) -> None:
    aws.faults.forget_calls()
    put(aws, bucket, b"zip")
    first = sum(aws.faults.calls().values())
    put(aws, bucket, b"zip")

    assert (first, sum(aws.faults.calls().values())) == (2, 3)


def test_only_the_bucket_of_bootstrap_has_to_belong_to_the_account() -> None:
    own = bucket_of("111111111111", "us-west-2", "petc-artifacts-111111111111-us-west-2")
    named = bucket_of("111111111111", "us-west-2", "shared-artifacts")

    assert (own.owner, named.owner) == ("111111111111", "")
