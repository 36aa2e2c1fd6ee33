"""What decisions by policies need of MiniStack. `tests/cli/test_decided_calls.py` deploys with them."""

from __future__ import annotations

import pytest
from ministack.core import iam_actions

from petc_local import iam_enforcement

iam_enforcement.install()


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("UpdateStackSet", "arn:aws:cloudformation:us-west-2:111111111111:stackset/app:0"),
        ("CreateStackSet", "*"),
    ],
)
def test_a_call_is_about_the_stack_set_that_it_names(action: str, resource: str) -> None:
    params = {"Action": action, "StackSetName": "app"}
    found = iam_actions.extract_resource_arn(
        "cloudformation", "POST", "/", {}, b"", params, "us-west-2", "111111111111"
    )

    assert found == resource


def test_a_second_installation_changes_nothing() -> None:
    before = iam_actions.extract_resource_arn
    iam_enforcement.install()

    assert iam_actions.extract_resource_arn is before
