"""Each protocol's errors, as the SDK understands them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from petc_local import error_responses
from petc_local.aws_requests import Protocol
from tests.petc_local.running import LocalAws

CALLS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "query": ("cloudformation", lambda client: client.list_stacks()),
    "ec2": ("ec2", lambda client: client.describe_vpcs()),
    "json": ("ecr", lambda client: client.describe_repositories()),
    "rest-json": ("lambda", lambda client: client.list_functions()),
    "rest-xml": ("cloudfront", lambda client: client.list_distributions()),
    "s3": ("s3", lambda client: client.list_buckets()),
    "cbor": ("cloudwatch", lambda client: client.describe_alarms()),
}


@pytest.mark.parametrize("protocol", CALLS)
def test_an_error_reaches_the_client_with_code_message_and_status(aws: LocalAws, protocol: str) -> None:
    service, call = CALLS[protocol]
    aws.faults.error("ExpiredToken", "the token <& é> is old", status=403)
    with pytest.raises(ClientError) as raised:
        call(aws.client(service))

    error = raised.value.response
    assert error["Error"]["Code"] == "ExpiredToken"
    assert error["Error"]["Message"] == "the token <& é> is old"
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 403


@pytest.mark.parametrize("protocol", CALLS)
def test_a_client_that_retries_takes_a_throttled_call_for_one(aws: LocalAws, protocol: str) -> None:
    service, call = CALLS[protocol]
    aws.faults.throttle()
    answer = call(aws.client(service, attempts=2))

    assert answer["ResponseMetadata"]["RetryAttempts"] == 1


def test_head_has_a_status_and_no_body(aws: LocalAws) -> None:
    aws.faults.error("AccessDenied", status=403, action="HeadBucket")
    with pytest.raises(ClientError) as raised:
        aws.client("s3").head_bucket(Bucket="anything")

    assert raised.value.response["Error"]["Code"] == "403"
    assert error_responses.error(Protocol.S3, "AccessDenied", "no", 403, "HEAD").body == b""


def test_a_long_message_is_whole_in_cbor(aws: LocalAws) -> None:
    message = "long " * 100
    aws.faults.error("ValidationError", message, service="monitoring")
    with pytest.raises(ClientError) as raised:
        aws.client("cloudwatch").describe_alarms()

    assert raised.value.response["Error"]["Message"] == message
