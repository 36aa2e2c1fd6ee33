from __future__ import annotations

import http.client
import json
import time

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from tests.local.running import LocalAws

EMPTY = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}})


def stacks(aws: LocalAws) -> list[str]:
    return [stack["StackName"] for stack in aws.client("cloudformation").describe_stacks()["Stacks"]]


def status(aws: LocalAws, method: str, path: str, headers: dict[str, str]) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", aws.server.port)
    connection.request(method, path, headers=headers)
    return connection.getresponse().status


def test_a_call_whose_connection_drops_before_has_not_happened(aws: LocalAws) -> None:
    aws.faults.drop(action="CreateStack")
    with pytest.raises(ConnectionClosedError):
        aws.client("cloudformation").create_stack(StackName="one", TemplateBody=EMPTY)

    assert stacks(aws) == []


def test_a_call_whose_connection_drops_after_has_happened(aws: LocalAws) -> None:
    aws.faults.drop(after=True, action="CreateStack")
    with pytest.raises(ConnectionClosedError):
        aws.client("cloudformation").create_stack(StackName="one", TemplateBody=EMPTY)

    assert stacks(aws) == ["one"]


def test_an_error_is_answered_and_the_call_has_not_happened(aws: LocalAws) -> None:
    aws.faults.error("AccessDenied", "not you", status=403, action="CreateStack")
    with pytest.raises(ClientError, match="not you"):
        aws.client("cloudformation").create_stack(StackName="one", TemplateBody=EMPTY)

    assert stacks(aws) == []


@pytest.mark.parametrize("after", [False, True])
def test_a_delayed_call_takes_its_time_and_keeps_nobody_else_waiting(aws: LocalAws, after: bool) -> None:
    aws.faults.delay(2, after=after, action="DescribeVpcs")
    began = time.monotonic()
    aws.client("ec2").describe_vpcs()
    slow = time.monotonic() - began
    began = time.monotonic()
    aws.client("ec2").describe_subnets()

    assert slow >= 2
    assert time.monotonic() - began < 2


def test_calls_are_counted_by_service_and_action(aws: LocalAws) -> None:
    aws.client("cloudformation").list_stacks()
    aws.client("cloudformation").list_stacks()
    aws.client("s3").list_buckets()
    aws.client("apigateway").get_rest_apis()
    aws.client("lambda").list_functions()

    assert aws.faults.calls() == {
        "apigateway:GetRestApis": 1,
        "cloudformation:ListStacks": 2,
        "lambda:ListFunctions": 1,
        "s3:ListBuckets": 1,
    }


def test_a_call_that_a_fault_answers_is_counted(aws: LocalAws) -> None:
    aws.faults.throttle(times=2)
    aws.client("sts", attempts=3).get_caller_identity()

    assert aws.faults.calls() == {"sts:GetCallerIdentity": 3}


def test_counting_starts_again_when_calls_are_forgotten(aws: LocalAws) -> None:
    aws.client("sts").get_caller_identity()
    aws.faults.forget_calls()

    assert aws.faults.calls() == {}


def test_requests_to_sites_and_apis_are_no_calls(aws: LocalAws) -> None:
    aws.faults.throttle(times=0)
    answer = status(aws, "GET", "/restapis/none/dev/_user_request_/x", {})

    assert answer == 404
    assert aws.faults.calls() == {}


@pytest.mark.parametrize("path", ["/_petc/health", "/_petc/faults", "/_ministack/health"])
@pytest.mark.parametrize(
    "host", ["attacker.example", "attacker.example:80", "localhost.attacker.example", ""]
)
def test_the_administration_is_refused_to_a_name_that_is_not_this_machine(
    aws: LocalAws, path: str, host: str
) -> None:
    assert status(aws, "GET", path, {"Host": host}) == 403


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:1234"])
def test_the_administration_answers_this_machine(aws: LocalAws, host: str) -> None:
    assert status(aws, "GET", "/_petc/health", {"Host": host}) == 200


@pytest.mark.parametrize("origin", ["https://attacker.example", "null", "http://localhost.attacker.example"])
def test_a_page_from_elsewhere_may_ask_for_nothing(aws: LocalAws, origin: str) -> None:
    assert status(aws, "POST", "/?Action=ListStacks", {"Origin": origin}) == 403


def test_a_page_from_this_machine_may_ask(aws: LocalAws) -> None:
    answer = status(aws, "GET", "/_petc/health", {"Origin": f"http://localhost:{aws.server.port}"})

    assert answer == 200
