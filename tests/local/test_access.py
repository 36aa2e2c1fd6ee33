from __future__ import annotations

import subprocess
import sys

from petc.local.access import access, laid_over
from tests.petc_local.running import LocalAws

ASKS = (
    "import boto3; print(boto3.client('sts').get_caller_identity()['Account'], boto3.Session().region_name)"
)

USERS = {
    "AWS_PROFILE": "work",
    "AWS_SESSION_TOKEN": "token",
    "AWS_ENDPOINT_URL_STS": "https://attacker.example",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    "AWS_WEB_IDENTITY_TOKEN_FILE": "/nonexistent",
    "AWS_ROLE_ARN": "arn:aws:iam::999999999999:role/real",
    "AWS_ACCESS_KEY_ID": "AKIAREAL",
    "AWS_REGION": "sa-east-1",
}
"""What a user has set who works with a real account."""


def test_an_unchanged_client_reaches_the_local_aws_only_whatever_the_user_has_set(aws: LocalAws) -> None:
    environment = laid_over({"PATH": "/usr/bin:/bin", **USERS}, aws.access)
    done = subprocess.run(
        (sys.executable, "-c", ASKS), env=environment, capture_output=True, text=True, check=False
    )

    assert done.stdout.split() == [aws.account, aws.region]


def test_access_is_to_the_account_and_region_of_the_server_unless_others_are_named(aws: LocalAws) -> None:
    own = access(aws.server)
    other = access(aws.server, "111122223333", "eu-west-1")

    assert (own.account, own.region) == (aws.server.account, aws.server.region)
    assert other.environment["AWS_ACCESS_KEY_ID"] == "111122223333"
    assert other.environment["AWS_DEFAULT_REGION"] == "eu-west-1"
    assert own.endpoint_url == other.endpoint_url == other.environment["AWS_ENDPOINT_URL"]


def test_variables_that_are_not_of_aws_stay(aws: LocalAws) -> None:
    kept = laid_over({"HOME": "/home/me", "AWS_PROFILE": "work"}, aws.access)

    assert kept["HOME"] == "/home/me"
    assert "AWS_PROFILE" not in kept
