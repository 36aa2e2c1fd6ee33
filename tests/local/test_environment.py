from __future__ import annotations

from pathlib import Path

import pytest

from petc.local.environment import server_environment

FOLDER = Path("/somewhere")


def made(inherited: dict[str, str]) -> dict[str, str]:
    return server_environment(inherited, FOLDER, port=4601, account="111122223333", region="eu-west-1")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BIND_HOST", "127.0.0.1"),
        ("SFTP_ENABLED", "0"),
        ("IOT_MTLS_ENABLED", "0"),
        ("DOCKER_HOST", "unix:///nonexistent/petc-runs-no-containers"),
        ("LAMBDA_EXECUTOR", "local"),
        ("PERSIST_STATE", "1"),
        ("GATEWAY_PORT", "4601"),
        ("MINISTACK_ACCOUNT_ID", "111122223333"),
        ("MINISTACK_REGION", "eu-west-1"),
    ],
)
def test_the_server_has_its_own_settings_whatever_is_set(name: str, value: str) -> None:
    assert made({name: "something else"})[name] == value


@pytest.mark.parametrize("name", ["AWS_PROFILE", "AUTH", "USE_SSL", "SERVICES", "LOCALSTACK_PERSISTENCE"])
def test_what_is_set_for_something_else_does_not_reach_the_server(name: str) -> None:
    assert name not in made({name: "1"})


def test_what_a_process_needs_stays() -> None:
    assert made({"PATH": "/bin", "LANG": "C"}) == made({}) | {"PATH": "/bin", "LANG": "C"}
