"""One local AWS for the tests of this folder, each seen from an account of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.deploy.execute.small import bootstrapped
from tests.local.running import LocalAws, fresh, local_aws


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    with local_aws(tmp_path_factory.mktemp("aws")) as running:
        yield running


@pytest.fixture
def aws(shared: LocalAws, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalAws]:
    """The shared server with the roles of stack sets, reached by whatever the test's process calls."""
    mine = fresh(shared)
    for name in list(os.environ):
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    for name, value in mine.access.environment.items():
        monkeypatch.setenv(name, value)
    yield bootstrapped(mine)
    shared.faults.clear()
