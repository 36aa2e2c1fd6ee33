"""What a request asks for, read from what the SDK sends."""

from __future__ import annotations

import pytest

from petc_local.aws_requests import AwsCall, Protocol, call_of
from tests.petc_local.running import LocalAws


@pytest.mark.parametrize(
    ("method", "path", "query", "action"),
    [
        ("GET", "/", "", "ListBuckets"),
        ("GET", "/bucket", "list-type=2", "ListObjectsV2"),
        ("HEAD", "/bucket", "", "HeadBucket"),
        ("HEAD", "/bucket/key", "", "HeadObject"),
        ("GET", "/bucket/key", "", "GetObject"),
        ("PUT", "/bucket/key", "", "PutObject"),
        ("POST", "/bucket", "delete", "DeleteObjects"),
    ],
)
def test_a_request_to_s3_has_the_name_of_its_operation(
    method: str, path: str, query: str, action: str
) -> None:
    headers = {"authorization": "AWS4-HMAC-SHA256 Credential=111122223333/20261123/eu-west-1/s3/aws4_request"}

    assert call_of(method, path, headers, query, b"") == AwsCall(
        "s3", action, "111122223333", "eu-west-1", Protocol.S3, method
    )


def test_a_signature_in_the_address_counts() -> None:
    query = "X-Amz-Credential=111122223333%2F20261123%2Feu-west-1%2Fs3%2Faws4_request"
    call = call_of("GET", "/bucket/key", {}, query, b"")

    assert call is not None
    assert call.name == "s3:GetObject"


def test_a_key_that_is_no_number_is_no_account() -> None:
    headers = {"authorization": "AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20261123/eu-west-1/s3/aws4_request"}
    call = call_of("GET", "/", headers, "", b"")

    assert call is not None
    assert call.account == ""


def test_an_unsigned_form_with_an_action_is_a_call() -> None:
    form = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
    call = call_of("POST", "/", form, "", b"Action=AssumeRoleWithWebIdentity&Version=2011-06-15")

    assert call is not None
    assert call.name == "sts:AssumeRoleWithWebIdentity"


def test_a_request_without_signature_and_action_is_no_call() -> None:
    assert call_of("GET", "/index.html", {"accept": "text/html"}, "", b"") is None


@pytest.mark.parametrize(
    ("action", "reads"),
    [
        ("DescribeStacks", True),
        ("ListStackSets", True),
        ("CreateStack", False),
        ("DetectStackSetDrift", False),
    ],
)
def test_an_action_that_changes_something_is_told_from_one_that_reads(action: str, reads: bool) -> None:
    call = AwsCall("cloudformation", action, "", "", Protocol.QUERY, "POST")

    assert call.reads_only is reads


def test_account_and_region_of_a_call_are_the_ones_it_is_signed_for(aws: LocalAws) -> None:
    aws.faults.throttle(account="444455556666", region="eu-west-3", times=0)
    aws.client("sts").get_caller_identity()
    aws.client("sts", account="444455556666").get_caller_identity()
    aws.client("sts", region="eu-west-3").get_caller_identity()
    with pytest.raises(Exception, match="Rate exceeded"):
        aws.client("sts", account="444455556666", region="eu-west-3").get_caller_identity()
