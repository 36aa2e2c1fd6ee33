"""Which checks run together: the linter only where its findings would say something new."""

from __future__ import annotations

from typing import Any

from petc.verify.all import verified
from tests.verify import sample


def codes(**resources: Any) -> set[str]:
    found = verified(sample.view(sample.template(**resources)), ("us-west-2",), None, "2026-11-23")
    return {item.code for item in found}


def test_the_linter_looks_at_what_fits() -> None:
    assert codes(Odd=sample.resource("AWS::No::Such")) == {"lint-e3006"}


def test_the_linter_does_not_look_at_what_must_be_split() -> None:
    """Its minutes over thousands of resources would tell nothing that the split does not change."""
    many = {f"Odd{number}": sample.resource("AWS::No::Such") for number in range(501)}

    assert codes(**many) == {"quota-exceeded"}
