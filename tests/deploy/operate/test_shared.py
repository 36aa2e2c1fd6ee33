"""Whom a shared role or bucket serves."""

from __future__ import annotations

from petc.deploy.operate.shared import Served, joined, noted, read

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
