"""A local AWS for the commands that need one, and a stage that stands in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.operating import Project, deployed, project
from tests.petc_local.running import LocalAws, fresh, local_aws


@pytest.fixture(scope="session")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    """A local AWS that the tests of a worker share."""
    with local_aws(tmp_path_factory.mktemp("aws")) as running:
        yield running


@pytest.fixture
def empty(local: LocalAws, tmp_path: Path) -> Project:
    """A compiled project, whose account holds nothing."""
    return project(tmp_path, fresh(local))


@pytest.fixture(scope="module")
def standing(local: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose stage is deployed, for tests that change nothing of it."""
    return deployed(tmp_path_factory.mktemp("standing"), fresh(local))


@pytest.fixture
def own(local: LocalAws, tmp_path: Path) -> Project:
    """A project whose stage is deployed, for one test alone."""
    return deployed(tmp_path, fresh(local))
