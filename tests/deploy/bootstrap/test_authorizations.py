"""The policies of the execution role hold every action of which the local AWS's own list says that it is needed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from petc.deploy.bootstrap import permissions
from petc.verify.rendered import resources
from petc_local.authorization import questions
from petc_local.authorization.call_forms import RequiredCall
from petc_local.authorization.questions import Change
from petc_local.authorization.table import NEEDS
from tests.deploy.bootstrap.deciding import holders
from tests.deploy.bootstrap.stages import ACCOUNT, asked, stages

MADE_BEFORE = {"iam:CreateServiceLinkedRole"}
"""What `petc bootstrap` has made; a stage may make it too where its roles are known."""


def needed(name: str) -> Iterator[RequiredCall]:
    """Yield the calls for the resources of a stage: made, deleted, and each property that is set changed."""
    _, made = stages()[name]
    for item in resources(made.view):
        needs = NEEDS[item.type]
        for change in (
            Change("create", item.logical_id, "", "", {}, item.properties),
            Change("delete", item.logical_id, "", "", item.properties, {}),
            Change("update", item.logical_id, "", "", {}, item.properties),
        ):
            yield from questions.calls(needs, change)


@pytest.mark.parametrize("name", [name for name in stages() if name not in ("petclinic-prod", "museum-open")])
def test_no_action_of_the_list_is_missing(name: str) -> None:
    granted = {action.lower() for action, _ in holders(asked(name, ACCOUNT))["petc-execution"].actions}

    missing = {call.action for call in needed(name) if call.action.lower() not in granted}

    assert missing - MADE_BEFORE == set()


@pytest.mark.parametrize("kind", sorted(NEEDS))
def test_each_type_alone_is_granted_what_it_needs(kind: str) -> None:
    """Otherwise a stage would have an action only because another type happens to need it, too."""
    needs = NEEDS[kind]
    granted = {action.lower() for action in permissions.needed([kind], "us-west-2")}

    missing = {
        call.action
        for call in (*needs.create, *needs.update, *needs.delete, *needs.read)
        if call.action.lower() not in granted
    }

    # Layers attach web ACLs to stages of APIs only.
    assert {action for action in missing if not action.startswith("elasticloadbalancing:")} == set()
