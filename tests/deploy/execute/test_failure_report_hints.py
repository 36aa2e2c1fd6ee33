"""What helps against failures whose cause petc bootstrap removes, or which a new account brings."""

from __future__ import annotations

import pytest

from petc.deploy.execute.failure_report import hint


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


@pytest.mark.parametrize(
    ("reason", "way_out"),
    [
        (
            'Resource handler returned message: "Specified ReservedConcurrentExecutions for function decreases '
            "account's UnreservedConcurrentExecution below its minimum value of [10]. (Service: Lambda, Status Code: "
            '400)"',
            "--quota-code L-B99A9384",
        ),
        (
            "Access denied for operation 'AWS::CloudFront::Distribution: Your account must be verified before you can "
            "add new CloudFront resources. To verify your account, please contact AWS Support'",
            "AWS Support",
        ),
        ("Unable to assume the service linked role. Please verify that it exists.", "run petc deploy again"),
    ],
)
def test_what_a_new_account_lacks_has_a_way_out(reason: str, way_out: str) -> None:
    assert way_out in hint(reason)


def test_other_reasons_get_no_hint() -> None:
    assert (
        hint("User: arn:aws:sts::222222222222:assumed-role/app is not authorized to perform: s3:GetObject")
        == ""
    )
