from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError

from petc.local.access import access, laid_over
from petc.local.admin_request import ask
from petc.local.server_mark import mark_of
from tests.petc_local.running import LocalAws

EMPTY = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}})


def stacks(aws: LocalAws) -> list[str]:
    return [stack["StackName"] for stack in aws.client("cloudformation").describe_stacks()["Stacks"]]


def status(aws: LocalAws, method: str, path: str, headers: dict[str, str], body: str | None = None) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", aws.server.port)
    connection.request(method, path, body, headers)
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
    slow = threading.Thread(target=aws.client("ec2").describe_vpcs)
    began = time.monotonic()
    slow.start()
    aws.client("ec2").describe_subnets()
    still_delayed = slow.is_alive()
    slow.join()

    assert still_delayed
    assert time.monotonic() - began >= 2


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


HIDDEN = "/?Action=CreateStack&Version=2010-05-15&StackName=x&TemplateBody=%7B%7D"
SIGNED = {
    "Authorization": "AWS4-HMAC-SHA256 Credential=123456789012/20261123/us-west-2/cloudformation/aws4_request, "
    "SignedHeaders=host, Signature=0"
}
IMAGE = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}
LINK = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
PRESIGNED = "X-Amz-Credential=123456789012/20261123/us-west-2/{}/aws4_request&X-Amz-Signature=0"

PATHS = [
    "/_petc/health",
    "/_petc/faults",
    "/_ministack/health",
    "/_localstack/health",
    "/health",
    "/",
    HIDDEN,
]
"""A path of each kind at the server's own address."""


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "host",
    [
        "attacker.example",
        "attacker.example:80",
        "localhost.attacker.example",
        "127.0.0.1.attacker.example",
        "attacker-localhost",
        "0.0.0.0",
        "attacker.s3.amazonaws.com",
        "attacker.cloudfront.net",
        "",
    ],
)
def test_a_name_that_is_not_this_machine_is_refused_on_every_path(
    aws: LocalAws, path: str, host: str
) -> None:
    assert status(aws, "GET", path, {"Host": host}) == 403
    assert status(aws, "POST", path, {"Host": host, **SIGNED}) == 403


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:1234", "[::1]:4566", "LOCALHOST"])
def test_the_administration_answers_this_machine(aws: LocalAws, host: str) -> None:
    assert status(aws, "GET", "/_petc/health", {"Host": host}) == 200


def test_the_administration_is_not_served_below_a_deployed_host(aws: LocalAws) -> None:
    assert status(aws, "GET", "/_petc/health", {"Host": "d111.cloudfront.localhost"}) == 403
    assert status(aws, "POST", "/_ministack/reset", {"Host": "bucket.s3.localhost"}) == 403


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "told",
    [
        {"Origin": "https://attacker.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.attacker.example"},
        {"Origin": "http://localhost@attacker.example"},
        {"Origin": "http://localhost:3000"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Mode": "no-cors"},
        {"Referer": "https://attacker.example/"},
        IMAGE,
        LINK,
    ],
)
def test_no_page_asks_the_local_aws(aws: LocalAws, path: str, told: dict[str, str]) -> None:
    assert status(aws, "GET", path, told) == 403
    assert status(aws, "POST", path, {**told, **SIGNED}) == 403


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", "/?Action=ListStacks", {}),
        ("GET", HIDDEN, {}),
        ("GET", f"{HIDDEN}&{PRESIGNED.format('cloudformation')}", {}),
        ("GET", f"{HIDDEN}&{PRESIGNED.format('s3')}", {}),
        ("GET", f"{HIDDEN}&AWSAccessKeyId=1&Signature=0&Expires=1", {}),
        ("GET", f"{HIDDEN}&X-Amz-Signature=0", {}),
        ("PUT", f"/2015-03-31/functions/f/code?{PRESIGNED.format('s3')}", {}),
        ("PUT", "/2015-03-31/functions/f/code?AWSAccessKeyId=1&Signature=0", {}),
        ("PUT", f"/no-such-bucket/key?{PRESIGNED.format('s3')}", {}),
        ("POST", "/2015-03-31/functions", {"Content-Type": "multipart/form-data; boundary=x"}),
        ("POST", "/", {"Content-Type": "application/x-www-form-urlencoded"}),
        ("POST", "/2015-03-31/functions", {"Content-Type": "text/plain"}),
        ("POST", "/2015-03-31/functions/f/invocations", {"Content-Type": "text/plain"}),
        (
            "POST",
            f"/2015-03-31/functions?{PRESIGNED.format('lambda')}",
            {"Content-Type": "text/plain"},
        ),
        ("POST", "/?X-Amz-Signature=0", {"X-Amz-Target": "Logs_20140328.CreateLogGroup"}),
        ("POST", "/v2/apis", {"Content-Type": "text/plain"}),
        ("PUT", "/some-bucket", {}),
        ("GET", "/some-bucket/some-key", {}),
        ("GET", "/2015-03-31/functions", {}),
    ],
)
def test_a_call_without_a_signature_is_refused(
    aws: LocalAws, method: str, path: str, headers: dict[str, str]
) -> None:
    body = "Action=CreateStack&StackName=x&TemplateBody=%7B%7D" if method == "POST" else None

    assert status(aws, method, path, headers, body) == 403
    assert stacks(aws) == []


def test_a_signed_call_by_get_is_answered(aws: LocalAws) -> None:
    path = "/?Action=ListStacks&Version=2010-05-15"

    assert status(aws, "GET", path, SIGNED) == 200
    assert status(aws, "GET", f"{path}&{PRESIGNED.format('cloudformation')}", {}) == 200


def test_a_token_takes_the_place_of_a_signature(aws: LocalAws) -> None:
    made = aws.client("iam").create_role(RoleName="web", AssumeRolePolicyDocument="{}")["Role"]
    unsigned = boto3.client(
        "sts", endpoint_url=aws.endpoint, region_name=aws.region, config=Config(signature_version=UNSIGNED)
    )
    taken = unsigned.assume_role_with_web_identity(
        RoleArn=made["Arn"], RoleSessionName="session", WebIdentityToken="a.b.c"
    )

    assert taken["Credentials"]["AccessKeyId"]


def test_a_registry_asks_for_credentials(aws: LocalAws) -> None:
    assert status(aws, "GET", "/v2/", {}) == 401
    assert status(aws, "GET", "/v2/", {"Authorization": "Basic QVdTOng="}) == 200


@pytest.fixture
def file(aws: LocalAws) -> Iterator[tuple[str, str]]:
    """Presigned addresses of an object, to get it by signatures of version 4 and of version 2."""
    client = aws.client("s3")
    name = f"files-{aws.account}"
    client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": aws.region})
    client.put_object(Bucket=name, Key="page.html", Body=b"hello")
    asked = {"Bucket": name, "Key": "page.html"}
    older = boto3.client(
        "s3",
        endpoint_url=aws.endpoint,
        region_name=aws.region,
        aws_access_key_id=aws.account,
        aws_secret_access_key="local",
        config=Config(signature_version="s3"),
    )
    newer = boto3.client(
        "s3",
        endpoint_url=aws.endpoint,
        region_name=aws.region,
        aws_access_key_id=aws.account,
        aws_secret_access_key="local",
        config=Config(signature_version="s3v4"),
    )
    paths = [
        each.generate_presigned_url("get_object", Params=asked).removeprefix(aws.endpoint)
        for each in (newer, older)
    ]
    yield paths[0], paths[1]


def test_a_presigned_address_is_for_programs_and_pages_of_what_is_deployed(
    aws: LocalAws, file: tuple[str, str]
) -> None:
    own = f"http://d111.cloudfront.localhost:{aws.server.port}"
    for path in file:
        assert status(aws, "GET", path, {}) == 200
        assert status(aws, "GET", path, {"Sec-Fetch-Site": "none"}) == 200
        assert status(aws, "GET", path, {"Sec-Fetch-Site": "cross-site", "Origin": own}) == 200
        assert status(aws, "GET", path, {"Sec-Fetch-Site": "cross-site", "Referer": f"{own}/"}) == 200
        assert status(aws, "OPTIONS", path, {"Sec-Fetch-Site": "cross-site", "Origin": own}) == 200
        assert status(aws, "GET", path, {"Origin": "http://d111.cloudfront.localhost:1"}) == 403
        assert status(aws, "GET", path, {"Origin": f"http://localhost:{aws.server.port}"}) == 403
        assert status(aws, "GET", path, IMAGE) == 403
        assert status(aws, "GET", path, LINK) == 403


def test_a_form_uploads_to_a_bucket(aws: LocalAws, file: tuple[str, str]) -> None:
    """`POST Object` (Amazon S3 API Reference): the policy and its signature stand in the form."""
    bucket = file[0].split("/")[1]
    post = aws.client("s3").generate_presigned_post(bucket, "up.txt")
    fields = {**post["fields"], "file": "hello"}
    parts = (
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    body = "".join((*parts, "--x--\r\n"))
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    own = {"Origin": f"http://d111.cloudfront.localhost:{aws.server.port}"}

    assert status(aws, "POST", f"/{bucket}", {**kind, **own}, body) == 204
    assert status(aws, "POST", f"/{bucket}", {**kind, "Origin": "https://attacker.example"}, body) == 403


def test_a_page_of_what_is_deployed_gets_nothing_else_by_a_signature(aws: LocalAws) -> None:
    own = {"Origin": f"http://d111.cloudfront.localhost:{aws.server.port}"}
    secret = {"X-Amz-Target": "secretsmanager.ListSecrets", **own}

    assert status(aws, "GET", f"/?Action=ListStacks&{PRESIGNED.format('cloudformation')}", own) == 403
    assert status(aws, "POST", f"/?{PRESIGNED.format('s3')}", secret) == 403
    assert status(aws, "POST", "/", {**secret, **SIGNED}) == 403


def upgrade(aws: LocalAws, path: str, headers: dict[str, str]) -> int:
    asked = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
        **headers,
    }
    return status(aws, "GET", path, asked)


def test_a_websocket_of_another_site_is_refused(aws: LocalAws) -> None:
    api = aws.client("apigatewayv2").create_api(
        Name="chat", ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.action"
    )["ApiId"]
    aws.client("apigatewayv2").create_stage(ApiId=api, StageName="v1")
    host, path = f"{api}.execute-api.localhost:{aws.server.port}", f"/_aws/execute-api/{api}/v1"

    assert upgrade(aws, "/v1", {"Host": host}) == 101
    assert upgrade(aws, "/v1", {"Host": host, "Origin": f"http://{host}"}) == 101
    assert upgrade(aws, "/v1", {"Host": host, "Origin": "https://attacker.example"}) == 403
    assert upgrade(aws, path, {"Origin": "https://attacker.example"}) == 403
    assert upgrade(aws, path, {"Host": "attacker.example"}) == 403
    assert upgrade(aws, "/", {}) == 403


@pytest.mark.parametrize("place", ["{}.execute-api.localhost", "127.0.0.1"])
def test_an_api_answers_programs_and_local_pages(aws: LocalAws, place: str) -> None:
    api = aws.client("apigateway").create_rest_api(name="api")["id"]
    path = f"/_aws/execute-api/{api}/v1/x"
    host = f"{place.format(api)}:{aws.server.port}"
    site = f"http://d111.cloudfront.localhost:{aws.server.port}"

    def asked(**headers: str) -> int:
        return status(aws, "GET", path, {"Host": host, **headers})

    assert asked() != 403
    assert asked(Origin=site) != 403
    assert asked(Referer=f"{site}/") != 403
    assert asked(Origin="http://localhost:5173") != 403
    assert asked(Origin="https://attacker.example") == 403
    assert asked(Origin="null") == 403
    assert asked(**IMAGE) == 403
    assert asked(**LINK) == 403


def test_a_load_balancer_that_does_not_exist_leads_nowhere(aws: LocalAws) -> None:
    headers = {"Host": "none.alb.localhost", "Origin": "http://localhost:3000"}

    assert status(aws, "POST", "/2015-03-31/functions", headers) == 403


def test_a_call_that_is_meant_for_another_local_aws_is_refused(aws: LocalAws, tmp_path: Path) -> None:
    def asks(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
        code = "import boto3; print(boto3.client('sts').get_caller_identity()['Account'])"
        return subprocess.run(
            (sys.executable, "-c", code), env=environment, capture_output=True, text=True, check=False
        )

    other = replace(aws.server, mark=mark_of("seed", tmp_path))
    stranger = asks(laid_over(os.environ, access(other)))

    assert asks(aws.environment()).stdout == f"{aws.account}\n"
    assert "LocalAwsMismatch" in stranger.stderr
    assert stranger.stdout == ""


def test_petc_asks_the_server_that_it_means_for_health(aws: LocalAws) -> None:
    assert ask(aws.endpoint, "GET", "health", token=aws.server.token)["pid"] == aws.server.pid
    with pytest.raises(ValueError, match="another local AWS answers here"):
        ask(aws.endpoint, "GET", "health", token="of-another-server")
