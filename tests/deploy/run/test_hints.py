"""What helps against failures whose cause petc bootstrap removes."""

from __future__ import annotations

import pytest

from petc.deploy.run.hints import hint


@pytest.mark.parametrize(
    "reason",
    [
        "Account 555555555555 should have 'petc-execution' role with trust relationship to Role 'petc-administration'",
        "User: arn:aws:sts::222222222222:assumed-role/petc-execution/x is not authorized to perform: sns:CreateTopic",
        "CloudWatch Logs role ARN must be set in account settings to enable logging",
    ],
)
def test_what_bootstrap_makes_is_pointed_to(reason: str) -> None:
    assert "run petc bootstrap" in hint(reason)


def test_other_reasons_get_no_hint() -> None:
    assert (
        hint("User: arn:aws:sts::222222222222:assumed-role/app is not authorized to perform: s3:GetObject")
        == ""
    )
