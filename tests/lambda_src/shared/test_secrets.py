"""Secrets are read once, and again when asked."""

from __future__ import annotations

import pytest

from shared import aws, secrets, settings
from tests.lambda_src.endpoints import LocalAws


def test_a_secret_is_read_once(local_aws: LocalAws) -> None:
    local_aws.secrets["arn"] = "value"

    assert [secrets.value("arn"), secrets.value("arn")] == ["value", "value"]
    assert local_aws.secret_reads == 1


def test_a_fresh_read_sees_the_new_value(local_aws: LocalAws) -> None:
    local_aws.secrets["arn"] = "old"
    secrets.value("arn")
    local_aws.secrets["arn"] = "new"

    assert secrets.value("arn", fresh=True) == "new"
    assert secrets.value("arn") == "new"


def test_an_unknown_secret_is_refused_with_the_code(local_aws: LocalAws) -> None:
    with pytest.raises(aws.Refused, match="ResourceNotFoundException"):
        secrets.value("nowhere")


@pytest.mark.parametrize("held", ["plain", "[]", '{"username": "a"}', '{"username": "a", "password": ""}'])
def test_credentials_need_a_user_and_a_password(local_aws: LocalAws, held: str) -> None:
    local_aws.secrets["arn"] = held

    with pytest.raises(settings.Misconfigured, match="username and password"):
        secrets.credentials("arn")


def test_a_password_stays_out_of_what_is_printed() -> None:
    assert "hidden" not in repr(secrets.Credentials("user", "hidden"))
