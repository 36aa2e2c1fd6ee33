"""Every permission that the adapters name is in the policies of those who call."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from petc.deploy.bootstrap import administrator_template, deployer_policies
from petc.deploy.bootstrap.consumers import SELF_MANAGED, STACKS, Served, ServedStage
from petc.deploy.preflight import table
from petc.resources.actions import limited_to
from petc.source.tree import Json
from petc.verify.rendered import mapping, sequence
from tests.specs import ROOT

ADAPTERS = ROOT / "compiler" / "petc" / "deploy" / "aws"
CALLED = re.compile(r'"([a-z0-9-]+:[A-Z][A-Za-z0-9]+)"')

FREE = {"sts:GetCallerIdentity"}
"""Needs no permission; Service Authorization Reference, "AWS Security Token Service"."""

BOOTSTRAP = {
    "cloudformation:ExecuteChangeSet",
    "iam:CreateServiceLinkedRole",
    "iam:GetRole",
    "iam:ListOpenIDConnectProviders",
    "iam:ListRoles",
}
"""What only `petc bootstrap` calls, with credentials that may make roles."""


STAGES = tuple(
    ServedStage("shop", stage, way, ("111111111111",), ("111111111111",), (), ("b",), True, True)
    for stage, way in (("dev", SELF_MANAGED), ("local", STACKS))
)


def actions(statements: list[Json]) -> set[str]:
    found = (
        mapping(statement)["Action"] for statement in statements if mapping(statement)["Effect"] == "Allow"
    )
    return {str(item) for one in found for item in (one if isinstance(one, list) else [one])}


def people() -> list[Json]:
    served = Served(("1",), ways=(SELF_MANAGED,), stages=STAGES)
    made = mapping(administrator_template.administrator(served)["Resources"])
    return [
        statement
        for name in ("Planner", "Deployer")
        for statement in sequence(
            mapping(mapping(mapping(made[name])["Properties"])["PolicyDocument"])["Statement"]
        )
    ]


def sids(statements: list[Json]) -> list[str]:
    return [str(mapping(statement)["Sid"]) for statement in statements]


def test_each_statement_of_a_policy_has_a_name_of_its_own() -> None:
    made = deployer_policies.changing((*STAGES, *(replace(one, spec="other") for one in STAGES)), [])

    assert len(sids(made)) == len(set(sids(made)))


def test_only_plain_stacks_bring_rights_on_stacks_and_on_those_of_the_stage_alone() -> None:
    sets = actions(deployer_policies.changing([replace(STAGES[0], in_administrator=False)], []))
    (plain,) = [
        mapping(one) for one in deployer_policies.writing(STAGES[1]) if mapping(one)["Sid"] == "PlainStacks"
    ]

    assert not sets & {
        "cloudformation:CreateStack",
        "cloudformation:UpdateStack",
        "cloudformation:DeleteStack",
    }
    assert "stack/shop-local-*" in str(plain["Resource"])


def test_stack_sets_reach_the_stage_s_accounts_and_units_alone() -> None:
    stage = replace(STAGES[0], places=("ou-abcd-11112222", "222222222222"))
    (found,) = [
        str(mapping(one)["Resource"])
        for one in deployer_policies.changing([stage], [])
        if mapping(one)["Sid"] == "StackSets"
    ]

    assert "stackset/shop-dev-*" in found
    assert "stackset-target/shop-dev-*/ou-abcd-11112222" in found
    assert "stackset-target/shop-dev-*/222222222222" in found
    assert "stackset-target/*" not in found


def test_stack_sets_of_a_delegated_administrator_lie_in_the_management_account() -> None:
    made = str(deployer_policies.changing([replace(STAGES[0], is_delegated=True)], []))

    assert "cloudformation:*:*:stackset/shop-dev-*" in made
    assert "organizations:ListDelegatedAdministrators" in actions(deployer_policies.reading([]))


def test_look_ups_of_the_preflight_are_granted_and_only_read() -> None:
    assert set(table.actions()) <= actions(deployer_policies.reading([]))
    assert set(table.actions()) <= actions(deployer_policies.in_targets())
    assert all(action.partition(":")[2].startswith(("Describe", "Get", "List")) for action in table.actions())


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
    made = deployer_policies.writing(STAGES[0])

    assert "cloudformation:CreateChangeSet" in actions(made)
    assert "cloudformation:ExecuteChangeSet" not in actions(made)
    assert "StackSet-shop-dev-*" in str(made[0])
