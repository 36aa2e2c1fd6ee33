"""Runs one seed of a campaign on a local AWS of its own, in a process of its own.

Every seed begins with the same stage of the starter spec, so it is deployed once and copied.
"""

from __future__ import annotations

import contextlib
import random
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import sdk
from tests.campaigns.kill import kill
from tests.campaigns.kill import starts_deployed as kill_starts_deployed
from tests.campaigns.shop import Shop
from tests.campaigns.walk import walk
from tests.petc_local.running import LocalAws, local_aws

CAMPAIGNS = {"walks": walk, "kills": kill}


@dataclass(frozen=True, slots=True)
class Starts:
    """A folder with the two states that campaigns start from: the stage's bootstrap alone, and the stage deployed."""

    folder: Path

    def of(self, campaign: str, seed: int) -> Path:
        """Return the state that a seed starts from."""
        deployed = campaign == "walks" or kill_starts_deployed(random.Random(seed))
        return self.folder / ("deployed" if deployed else "bootstrapped")


def prepared(folder: Path) -> Starts:
    """Return the states to start from, made once; raises `RuntimeError` when the starter spec cannot be deployed."""
    starts = Starts(folder)
    for state in ("bootstrapped", "deployed"):
        place = folder / state
        if (place / "complete").exists():
            continue
        shutil.rmtree(place, ignore_errors=True)
        if state == "deployed":
            shutil.copytree(
                folder / "bootstrapped", place, symlinks=True, ignore=shutil.ignore_patterns("complete")
            )
        for part in ("aws", "home"):
            (place / part).mkdir(parents=True, exist_ok=True)
        with local_aws(place / "aws") as aws:
            shop = Shop(place / "home", aws)
            written = shop.write(shop.spec)
            result = shop.bootstrap() if state == "bootstrapped" else shop.deploy()
            if not written or result.exit_code:
                raise RuntimeError(f"the starter spec is not {state}: {result.stderr or result.output}")
        (place / "complete").touch()
    return starts


@contextlib.contextmanager
def begun(name: str, seed: int, starts: Starts) -> Iterator[tuple[Path, LocalAws]]:
    """Give a seed's copy of the state that it starts from: the project's folder, and the local AWS that runs."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "stage"
        shutil.copytree(starts.of(name, seed), place, symlinks=True)
        with local_aws(place / "aws") as aws, pytest.MonkeyPatch.context() as patch:
            sdk.read_models_once(patch)
            sdk.look_into_few_regions(patch)
            yield place / "home", aws


def run(job: tuple[str, int, Starts]) -> dict[str, object]:
    """Run one seed on a local AWS of its own, and say how long it took."""
    name, seed, starts = job
    start = time.monotonic()
    with begun(name, seed, starts) as (home, aws):
        try:
            found = CAMPAIGNS[name](seed, home, aws)
        except Exception as fault:  # a campaign continues, and its result says so
            found = {"seed": seed, "fault": f"{type(fault).__name__}: {fault}"}
    return {**found, "seconds": round(time.monotonic() - start, 1)}
