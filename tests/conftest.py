"""Settings that every test shares."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests import lint_results, sdk
from tests.petc_local.running import LocalAws, local_aws

# A build must not fail by luck of the draw; on a desk new examples are wanted.
settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("desk", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "desk")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Start more workers than there are processors: half of the time a test waits for a server."""
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return processors + processors // 2


@pytest.fixture(scope="session", autouse=True)
def run_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep petc's state, such as the key of journals, out of the home folder of the person who runs the tests.

    What takes long and is the same for all tests of a run is done once: lint results, models of the SDK.
    """
    base = tmp_path_factory.getbasetemp()
    run = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        patch.setenv(lint_results.VARIABLE, str(run / "lint"))
        sdk.read_models_once(patch)
        sdk.look_into_few_regions(patch)
        yield


@pytest.fixture(scope="session")
def shared_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    """A local AWS that the tests of a worker share, each from an account of its own (`running.fresh`)."""
    with local_aws(tmp_path_factory.mktemp("aws")) as running:
        yield running


@pytest.fixture(autouse=True)
def variables_of_aws_clients() -> Iterator[None]:
    """Put back what AWS clients read from the environment: the next test must not reach the server of this one."""
    before = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    yield
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        if name not in before:
            del os.environ[name]
    os.environ.update(before)
