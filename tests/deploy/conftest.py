"""What the tests of this folder share: an index without network, and a local AWS."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from petc.deploy.aws.connection import Connection
from tests.deploy.execute.small import bootstrapped
from tests.deploy.package.wheelhouse import Wheelhouse
from tests.petc_local.running import LocalAws, fresh


@pytest.fixture
def wheelhouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Wheelhouse:
    """An index that pip uses instead of every other."""
    folder = tmp_path / "wheelhouse"
    folder.mkdir()
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return Wheelhouse(folder)


@pytest.fixture
def aws(shared_aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalAws]:
    """The shared server with the roles of stack sets, reached by whatever the test's process calls."""
    mine = fresh(shared_aws)
    for name in list(os.environ):
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    for name, value in mine.access.environment.items():
        monkeypatch.setenv(name, value)
    yield bootstrapped(mine)
    shared_aws.faults.clear()


@pytest.fixture
def connection(aws: LocalAws) -> Connection:
    return Connection(aws.region)
