"""What the tests of this folder share: an index without network, and a local AWS to upload to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from petc.deploy.aws.connection import Connection
from tests.deploy.package.wheelhouse import Wheelhouse
from tests.local.running import LocalAws, fresh, local_aws


@pytest.fixture
def wheelhouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Wheelhouse:
    """An index that pip uses instead of every other."""
    folder = tmp_path / "wheelhouse"
    folder.mkdir()
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return Wheelhouse(folder)


@pytest.fixture(scope="session")
def shared_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    with local_aws(tmp_path_factory.mktemp("aws")) as running:
        yield running


@pytest.fixture
def aws(shared_aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalAws]:
    """The local AWS, seen from an account of the test's own; the environment leads there."""
    own = fresh(shared_aws)
    for name, value in own.access.environment.items():
        monkeypatch.setenv(name, value)
    yield own
    shared_aws.faults.clear()


@pytest.fixture
def connection(aws: LocalAws) -> Connection:
    return Connection(aws.region)
