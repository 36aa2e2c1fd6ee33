"""The local AWS as tests see it that bring their own clients: an account without faults, the environment untouched."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.petc_local.running import LocalAws, fresh


@pytest.fixture
def aws(shared_aws: LocalAws) -> Iterator[LocalAws]:
    """The shared server, seen from an account of the test's own, without faults."""
    yield fresh(shared_aws)
    shared_aws.faults.clear()
