"""A few fixed seeds of the campaigns; `make walks` and `make kills` run the others."""

from __future__ import annotations

import pytest

from tests.campaigns.kill import kill
from tests.campaigns.runner import Starts, begun, prepared
from tests.campaigns.walk import walk


@pytest.fixture(scope="module")
def starts(tmp_path_factory: pytest.TempPathFactory) -> Starts:
    return prepared(tmp_path_factory.mktemp("starts"))


@pytest.mark.parametrize("seed", [1, 2])
def test_each_edit_ends_as_its_plan_says_or_is_refused_before_the_first_step(
    seed: int, starts: Starts
) -> None:
    with begun("walks", seed, starts) as (home, aws):
        found = walk(seed, home, aws, steps=2)

    assert found["fault"] == "", found
    assert len(found["ends"]) == 2  # type: ignore[arg-type]


def test_killed_deployments_converge(starts: Starts) -> None:
    with begun("kills", 15, starts) as (home, aws):
        found = kill(15, home, aws)

    assert found["fault"] == "", found
    assert found["kills"]
