"""Credentials and the way to AWS: what is said when they are at fault."""

from __future__ import annotations

import time
from pathlib import Path

import boto3
import pytest

from petc.deploy.aws import connection as connection_module
from petc.deploy.aws.connection import Connection, answered
from petc.diagnostics import Diagnostic, Rejected
from tests.petc_local.running import LocalAws
from tests.sdk import EVERY_REGION, REGIONS


def refused(connection: Connection) -> Diagnostic:
    with pytest.raises(Rejected) as caught:
        _ = connection.account
    return caught.value.diagnostics[0]


def test_the_account_is_that_of_the_credentials(aws: LocalAws) -> None:
    assert Connection(aws.region).account == aws.account


def test_without_credentials_the_ways_to_have_some_are_named(
    aws: LocalAws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))

    found = refused(Connection(aws.region, boto3.session.Session()))

    assert found.code == "aws-credentials-missing"
    assert "AWS_PROFILE" in found.help


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("ExpiredToken", "aws-credentials-expired"),
        ("InvalidClientTokenId", "aws-credentials-invalid"),
        ("AccessDenied", "aws-access-denied"),
    ],
)
def test_credentials_that_aws_refuses_are_told_apart(aws: LocalAws, answer: str, code: str) -> None:
    aws.faults.error(answer, action="GetCallerIdentity", status=403)

    found = refused(Connection(aws.region))

    assert found.code == code
    assert found.help


def test_a_profile_that_does_not_exist_is_named(aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")

    with pytest.raises(Rejected) as caught:
        _ = Connection(aws.region).account

    assert "nobody" in caught.value.diagnostics[0].message


def test_clients_of_another_account_act_in_that_account(aws: LocalAws) -> None:
    other = str(int(aws.account) + 5_000_000)
    connection = Connection(aws.region)

    identity = connection.client("sts", account=other).get_caller_identity()

    assert identity["Account"] == other


def test_every_region_of_the_partition_is_looked_into(aws: LocalAws) -> None:
    """Elsewhere tests look into few (`tests.sdk`)."""
    assert EVERY_REGION.fget is not None
    found = EVERY_REGION.fget(Connection("us-west-2"))

    assert len(found) > 25
    assert set(REGIONS) < set(found)
    assert "cn-north-1" not in found
    assert "cn-north-1" in EVERY_REGION.fget(Connection("cn-northwest-1"))


def test_a_role_that_may_not_be_assumed_is_named_with_the_way_out(aws: LocalAws) -> None:
    aws.faults.error("AccessDenied", "no such role", action="AssumeRole", status=403)

    with pytest.raises(Rejected) as caught:
        Connection(aws.region).client("sts", account="999999999999")

    found = caught.value.diagnostics[0]
    assert "role/petc-reader" in found.message
    assert "petc bootstrap" in found.help


def test_an_expected_error_is_an_answer_and_any_other_is_raised(aws: LocalAws) -> None:
    client = aws.client("cloudformation")

    def call() -> object:
        return client.describe_stack_set(StackSetName="none")

    assert answered("a:B", "none", call, "StackSetNotFoundException") == (None, "StackSetNotFoundException")
    with pytest.raises(Rejected, match="a:B was refused on none"):
        answered("a:B", "none", call, "Other")


def test_a_role_is_assumed_once_and_again_before_its_hour_is_over(
    aws: LocalAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = str(int(aws.account) + 5_000_000)
    connection = Connection(aws.region)
    aws.faults.forget_calls()
    first = connection.client("sts", account=other)
    again = connection.client("sts", account=other)
    before = aws.faults.calls()["sts:AssumeRole"]
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 3300)

    later = connection.client("sts", account=other)

    assert first is again
    assert later is not first
    assert (before, aws.faults.calls()["sts:AssumeRole"]) == (1, 2)


def test_hundreds_of_targets_hold_few_clients(aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_module, "_KEPT", 2)
    connection = Connection(aws.region)
    others = [str(int(aws.account) + number * 1_000_000) for number in range(1, 5)]

    clients = [connection.client("sts", account=other) for other in others]

    assert connection.client("sts", account=others[3]) is clients[3]
    assert connection.client("sts", account=others[0]) is not clients[0]
    assert connection.client("sts") is connection.client("sts")


def test_an_endpoint_that_is_no_address_is_no_fault_of_petc(
    aws: LocalAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "nonsense")
    found = refused(Connection(aws.region))

    assert found.code == "aws-unreachable"
    assert "Invalid endpoint: nonsense" in found.message


def test_a_profile_whose_command_gives_no_credentials_is_said(
    aws: LocalAws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    (tmp_path / "config").write_text("[default]\ncredential_process = false\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))

    assert refused(Connection(aws.region, boto3.session.Session())).code == "aws-credentials-missing"
