"""One local AWS for the tests of this folder; a test that looks at all of it starts its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.local.running import LocalAws, fresh, local_aws


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    with local_aws(tmp_path_factory.mktemp("aws")) as running:
        yield running


@pytest.fixture
def aws(shared: LocalAws) -> Iterator[LocalAws]:
    """The shared server, seen from an account of the test's own, without faults."""
    yield fresh(shared)
    shared.faults.clear()
