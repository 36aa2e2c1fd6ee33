"""Every permission that the adapters name is in the policies of those who call."""

from __future__ import annotations

import re

import pytest

from petc.deploy.operate import administrator_template, deployer_policies
from petc.deploy.operate.shared import SELF_MANAGED, Served
from petc.resources.actions import limited_to
from petc.source.tree import Json
from petc.verify.rendered import mapping, sequence
from tests.specs import ROOT

ADAPTERS = ROOT / "compiler" / "petc" / "deploy" / "aws"
CALLED = re.compile(r'"([a-z0-9-]+:[A-Z][A-Za-z0-9]+)"')

FREE = {"sts:GetCallerIdentity"}
"""Needs no permission; Service Authorization Reference, "AWS Security Token Service"."""

BOOTSTRAP = {"iam:ListOpenIDConnectProviders"}
"""What only `petc bootstrap` calls, with credentials that may make roles."""


def actions(statements: list[Json]) -> set[str]:
    found = (mapping(statement)["Action"] for statement in statements)
    return {str(item) for one in found for item in (one if isinstance(one, list) else [one])}


def people() -> list[Json]:
    made = mapping(administrator_template.administrator(Served(("1",), "", (), (SELF_MANAGED,)))["Resources"])
    return [
        statement
        for name in ("Planner", "Deployer")
        for statement in sequence(
            mapping(mapping(mapping(made[name])["Properties"])["PolicyDocument"])["Statement"]
        )
    ]


def test_what_the_adapters_call_is_granted() -> None:
    called = {name for file in ADAPTERS.glob("*.py") for name in CALLED.findall(file.read_text("utf-8"))}

    assert len(called) > 30
    assert called - FREE - BOOTSTRAP - actions(people()) == set()


@pytest.mark.parametrize("action", sorted(actions(people()) | actions(list(deployer_policies.in_targets()))))
def test_every_action_that_is_granted_exists(action: str) -> None:
    assert limited_to(action) is not None


def test_an_action_that_takes_no_resource_is_granted_on_every_one() -> None:
    limited = actions([one for one in people() if mapping(one)["Resource"] != ["*"]])

    assert {action for action in limited if limited_to(action) == ()} == set()


def test_the_reader_changes_nothing() -> None:
    verbs = {action.partition(":")[2] for action in actions(list(deployer_policies.in_targets()))}

    assert {
        verb for verb in verbs if not verb.startswith(("Describe", "Get", "List", "Batch", "Detect"))
    } == set()


def test_change_sets_of_the_stage_are_made_and_none_is_executed() -> None:
    made = deployer_policies.for_stage("shop-dev", "/shop/dev", "StackSet-", ("b",), site=False)

    assert "cloudformation:CreateChangeSet" in actions(made)
    assert "cloudformation:ExecuteChangeSet" not in actions(made)
    assert "StackSet-shop-dev-*" in str(made[0])
