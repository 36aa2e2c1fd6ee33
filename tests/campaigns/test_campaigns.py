"""A few fixed seeds of the campaigns; `make walks` and `make kills` run the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.campaigns.kill import kill
from tests.campaigns.walk import walk
from tests.local.running import local_aws


def folders(home: Path) -> tuple[Path, Path]:
    found = home / "aws", home / "home"
    for folder in found:
        folder.mkdir()
    return found


@pytest.mark.parametrize("seed", [1, 2])
def test_each_edit_ends_as_its_plan_says_or_is_refused_before_the_first_step(
    seed: int, tmp_path: Path
) -> None:
    state, home = folders(tmp_path)
    with local_aws(state) as aws:
        found = walk(seed, home, aws, steps=2)

    assert found["fault"] == "", found
    assert len(found["ends"]) == 2  # type: ignore[arg-type]


def test_killed_deployments_converge(tmp_path: Path) -> None:
    state, home = folders(tmp_path)
    with local_aws(state) as aws:
        found = kill(1, home, aws)

    assert found["fault"] == "", found
    assert found["kills"]
