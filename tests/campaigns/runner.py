"""Runs one seed of a campaign on a local AWS of its own, in a process of its own."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import pytest

from tests import sdk
from tests.campaigns.kill import kill
from tests.campaigns.walk import walk
from tests.local.running import local_aws

CAMPAIGNS = {"walks": walk, "kills": kill}


def run(job: tuple[str, int]) -> dict[str, object]:
    """Run one seed on a local AWS of its own."""
    name, seed = job
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        for part in ("aws", "home"):
            (Path(folder) / part).mkdir()
        with local_aws(Path(folder) / "aws") as aws, pytest.MonkeyPatch.context() as patch:
            sdk.read_models_once(patch)
            try:
                found = CAMPAIGNS[name](seed, Path(folder) / "home", aws)
            except Exception as fault:  # a campaign goes on, and its result says so
                found = {"seed": seed, "fault": f"{type(fault).__name__}: {fault}"}
    return {**found, "seconds": round(time.monotonic() - began, 1)}
