"""The functions on the import path, as in their zips, and real counterparts on 127.0.0.1."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(_ROOT / "lambda_src"), str(_ROOT)]

from petc.diagnostics import Rejected  # noqa: E402
from shared import aws, secrets  # noqa: E402 the line above makes it importable
from tests.lambda_src import deployed as deploying  # noqa: E402
from tests.lambda_src import mariadb, zips  # noqa: E402
from tests.lambda_src.endpoints import Endpoint, LocalAws, Received, Reply  # noqa: E402

Serve = Callable[[Callable[[Received], Reply]], Endpoint]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start HTTP servers that end with the test."""
    with ExitStack() as stack:
        yield lambda respond: stack.enter_context(Endpoint(respond))


@pytest.fixture
def local_aws(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalAws]:
    """Let the real SDK talk to a local AWS with credentials that mean nothing."""
    state = LocalAws()
    for name, value in {
        "AWS_ENDPOINT_URL": serve(state.respond).url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-west-2",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "NO_PROXY": "127.0.0.1",
    }.items():
        monkeypatch.setenv(name, value)
    aws.forget()
    secrets.forget()
    yield state
    aws.forget()
    secrets.forget()


@pytest.fixture(scope="session")
def database_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[mariadb.Server]:
    """Start one MariaDB for the session, or say what is missing."""
    reason = mariadb.missing()
    if reason:
        pytest.skip(reason)
    with mariadb.server(tmp_path_factory.mktemp("mariadb")) as running:
        yield running


@pytest.fixture(scope="session")
def standing(
    database_server: mariadb.Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[deploying.Deployed]:
    """Deploy the reference spec once for the session: of all fixtures here the slowest."""
    with deploying.stage(tmp_path_factory.mktemp("project"), database_server) as made:
        yield made


@pytest.fixture(scope="module")
def deployed(standing: deploying.Deployed) -> Iterator[deploying.Deployed]:
    """The deployed stage, whose database holds the clinic's first owners again after each module."""
    yield standing
    standing.database.run("DELETE FROM owners WHERE id > 5")


@pytest.fixture(scope="session")
def functions(tmp_path_factory: pytest.TempPathFactory) -> dict[str, zips.Unpacked]:
    """The functions' zips, unpacked, or why they cannot be made."""
    try:
        return zips.unpacked(tmp_path_factory.mktemp("functions"))
    except Rejected as rejected:
        missing = [item for item in rejected.diagnostics if item.code == "package-unavailable"]
        if not missing:
            raise
        pytest.skip(f"{missing[0].message}; {missing[0].help}")
