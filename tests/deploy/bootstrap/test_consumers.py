"""Whom a shared role or bucket serves."""

from __future__ import annotations

from dataclasses import replace

from petc.deploy.bootstrap.consumers import Served, ServedStage, joined, noted, read
from petc.source.tree import Json

STAGE = ServedStage(
    "shop", "dev", "self-managed", ("111111111111",), ("111111111111",), ("acme/shop",), ("b",), True, True
)
DEV = Served(("111111111111",), "", ("acme/shop",), ("self-managed",))
PROD = Served(("222222222222",), "o-abcdefghij", (), ("service-managed",))


def test_a_second_stage_adds_to_the_first() -> None:
    assert joined(DEV, PROD) == Served(
        ("111111111111", "222222222222"), "o-abcdefghij", ("acme/shop",), ("self-managed", "service-managed")
    )


def test_the_same_stage_again_adds_nothing() -> None:
    assert joined(DEV, DEV) == DEV


def test_what_was_noted_is_read_back() -> None:
    assert read({"Metadata": noted(PROD)}) == PROD


def test_a_template_that_says_nothing_serves_nobody() -> None:
    assert read({"Resources": {}}) == Served()


def test_stages_are_noted_and_read_back() -> None:
    served = Served(stages=(STAGE, replace(STAGE, stage="prod", is_delegated=True)), boundaries=("x",))

    assert read({"Metadata": noted(served)}) == served


def test_a_stage_that_is_bootstrapped_again_keeps_its_repositories() -> None:
    again = Served(stages=(replace(STAGE, repositories=("acme/other",), has_site=False),))
    (found,) = joined(again, Served(stages=(STAGE,))).stages

    assert found.repositories == ("acme/other", "acme/shop")
    assert not found.has_site


def test_metadata_of_somebody_else_serve_no_stage() -> None:
    strange: list[Json] = ["shop", {"spec": "shop"}, {"spec": "*", "stage": "dev", "way": "stacks"}, None]

    assert read({"Metadata": {"petc": {"stages": strange}}}).stages == ()
