"""A stage is found where it stands, and is not taken for another one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from petc.deploy.aws import call_settings, stage_ownership
from petc.deploy.desired import DesiredState
from petc.deploy.execute.events import silent
from petc.deploy.execute.executor import execute
from petc.deploy.plan.planner import plan
from petc.deploy.targets import Target, product
from petc.diagnostics import Rejected
from tests.deploy.execute.small import connection, engine, observed, planned, wanted
from tests.deploy.execute.test_executor import Unrecorded
from tests.petc_local.running import LocalAws, fresh

TWO = ("us-west-2", "us-east-2")


def deployed(stage: DesiredState) -> DesiredState:
    execute(planned(stage, observed(stage, engine(stage))), engine(stage), "t", Unrecorded(), silent)
    return stage


def looked(stage: DesiredState) -> list[str]:
    """Return the codes with which the stage is refused, and what else its message says."""
    try:
        stage_ownership.require(
            connection(stage), call_settings.of(stage), stage.engine, stage.prefix, stage.targets
        )
    except Rejected as refused:
        return [f"{item.code}: {item.message}. {item.help}" for item in refused.diagnostics]
    return []


def test_a_stage_that_was_never_deployed_has_no_other_home(aws: LocalAws) -> None:
    assert looked(wanted(aws.account, {"base": "1"})) == []


def test_a_stage_at_home_is_not_looked_for_elsewhere(aws: LocalAws) -> None:
    stage = deployed(wanted(aws.account, {"base": "1"}))
    aws.faults.forget_calls()

    assert looked(stage) == []
    assert aws.faults.calls()["cloudformation:ListStackSets"] == 1


def test_a_stage_whose_first_region_moved_names_the_line_that_keeps_its_home(aws: LocalAws) -> None:
    deployed(wanted(aws.account, {"base": "1"}))
    (told,) = looked(wanted(aws.account, {"base": "1"}, regions=("us-east-2",)))

    assert told.startswith("home-moved: the stack sets of stage dev of small are in us-west-2")
    assert "write `home: us-west-2` under `targets`" in told


def test_a_stage_in_both_regions_that_drops_the_first_is_refused_and_goes_on_with_its_home(
    aws: LocalAws,
) -> None:
    deployed(wanted(aws.account, {"base": "1"}, regions=TWO))
    moved = wanted(aws.account, {"base": "1"}, regions=("us-east-2",))
    told = looked(moved)
    named = replace(moved, home="us-west-2")
    deployed(named)
    after = observed(named, engine(named))

    assert [line.split(":")[0] for line in told] == ["home-moved"]
    assert looked(named) == []
    assert list(after.layers["small-dev-01-base"].deployed) == list(moved.targets)
    assert plan(named, after).is_empty


def test_another_administrator_does_not_deploy_beside_the_first(aws: LocalAws) -> None:
    deployed(wanted(aws.account, {"base": "1"}))
    other = fresh(aws)
    stage = replace(wanted(other.account, {"base": "1"}), targets=product((aws.account,), ("us-west-2",)))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in other.access.environment.items():
            patch.setenv(name, value)
        (told,) = looked(stage)

    assert told.startswith("administrator-moved: stacks of stage dev of small are in")
    assert "`targets.administrator`" in told


def test_a_stage_of_another_spec_with_the_same_full_name_is_named(aws: LocalAws) -> None:
    deployed(wanted(aws.account, {"base": "1"}))
    other = wanted(aws.account, {"base": "1"})
    made = aws.client("cloudformation")
    tags = [{"Key": "petc:spec", "Value": "small-dev"}, {"Key": "petc:stage", "Value": "x"}]
    made.create_stack_set(
        StackSetName="small-dev-x-01-base", TemplateBody=other.layers[0].template, Tags=tags
    )
    mine = replace(other, stage="dev-x", layers=())
    (told,) = looked(mine)

    assert told.startswith(
        "stage-of-another-spec: the stack set small-dev-x-01-base belongs to stage x of small-dev"
    )
    assert looked(other) == []


def test_plain_stacks_in_a_region_that_the_stage_left_are_deleted(aws: LocalAws) -> None:
    deployed(wanted(aws.account, {"base": "1"}, engine="stacks"))
    moved = wanted(aws.account, {"base": "1"}, regions=("us-east-2",), engine="stacks")
    seen = observed(moved, engine(moved))
    deployed(moved)
    after = observed(moved, engine(moved))

    assert Target(aws.account, "us-west-2") in seen.layers["small-dev-01-base"].deployed
    assert list(after.layers["small-dev-01-base"].deployed) == [Target(aws.account, "us-east-2")]


def test_a_plain_stack_of_another_spec_with_the_same_full_name_is_named(aws: LocalAws) -> None:
    stage = replace(wanted(aws.account, {"base": "1"}, engine="stacks"), stage="dev-x")
    aws.client("cloudformation").create_stack(
        StackName="small-dev-x-01-base",
        TemplateBody=stage.layers[0].template,
        Tags=[{"Key": "petc:spec", "Value": "small-dev"}, {"Key": "petc:stage", "Value": "x"}],
    )
    with pytest.raises(Rejected) as refused:
        observed(stage, engine(stage))

    (told,) = refused.value.diagnostics
    assert told.code == "stage-of-another-spec"
    assert "belongs to stage x of small-dev" in told.message
