"""Targets in words."""

from __future__ import annotations

from petc.deploy.targets import Target, folded, product


def test_a_full_product_is_told_by_its_sides() -> None:
    assert folded(product(("1", "2", "3"), ("a", "b"))) == "3 accounts × 2 regions"


def test_a_target_reads_as_it_is_written() -> None:
    assert Target.parse(str(Target("123456789012", "us-west-2"))) == Target("123456789012", "us-west-2")


def test_targets_that_are_no_full_product_are_counted() -> None:
    assert folded(product(("1", "2"), ("a", "b"))[:3]) == "3 targets"


def test_a_single_account_or_region_is_named() -> None:
    assert folded(product(("123456789012",), ("a", "b"))) == "123456789012 × 2 regions"
    assert folded(product(("1", "2"), ("us-west-2",))) == "2 accounts × us-west-2"
