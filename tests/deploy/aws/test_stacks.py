"""Plain stacks on the local AWS: created, updated, deleted, and recognised when an answer was lost."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from petc.deploy.aws import call_settings
from petc.deploy.aws.engines import engine_for
from petc.deploy.desired import DesiredState
from petc.deploy.engine import Busy, Engine, Progress, State
from petc.deploy.execute.clock import SYSTEM
from petc.deploy.observed import CURRENT
from petc.deploy.plan.types import Operation, OperationKind
from petc.deploy.targets import Target
from petc.diagnostics import Rejected
from tests.deploy.execute.small import connection, engine, observed, planned, value_of, wanted
from tests.petc_local.running import LocalAws

NAME = "small-dev-01-base"


def stage_of(aws: LocalAws, value: str = "1") -> DesiredState:
    return wanted(aws.account, {"base": value}, engine="stacks")


def operation_of(stage: DesiredState, by: Engine) -> Operation:
    (step,) = planned(stage, observed(stage, by)).steps
    (operation,) = step.operations
    return operation


def ended(by: Engine, operation: Operation, token: str) -> Progress:
    for _ in range(100):
        found = by.progress(operation, token)
        if found.state in (State.SUCCEEDED, State.FAILED):
            return found
        SYSTEM.sleep(0.1)
    raise AssertionError(found)


def templates(stage: DesiredState) -> dict[str, str]:
    return {layer.sha256: layer.template for layer in stage.layers}


def made(stage: DesiredState, token: str = "t1") -> Engine:
    by = engine(stage)
    operation = operation_of(stage, by)
    assert by.begin(operation, token, templates(stage)) is None
    assert ended(by, operation, token).state is State.SUCCEEDED
    return by


def is_protected(aws: LocalAws) -> bool:
    (stack,) = aws.client("cloudformation").describe_stacks(StackName=NAME)["Stacks"]
    return bool(stack["EnableTerminationProtection"])


def deletion(stage: DesiredState) -> Operation:
    return Operation("gone", OperationKind.DELETE_STACK, NAME, stage.targets)


def test_a_created_stack_is_seen_with_its_template_and_nothing_is_left_to_do(aws: LocalAws) -> None:
    stage = stage_of(aws)

    made(stage)

    deployed = observed(stage, engine(stage)).layers[NAME].deployed[stage.targets[0]]
    assert (deployed.standing, deployed.template) == (CURRENT, stage.layers[0].template)
    assert deployed.outputs == {"Value": "base"}
    assert planned(stage, observed(stage, engine(stage))).is_empty


def test_an_operation_that_was_never_begun_is_absent(aws: LocalAws) -> None:
    stage = stage_of(aws)
    by = engine(stage)
    operation = operation_of(stage, by)

    assert by.progress(operation, "t1").state is State.ABSENT


def test_another_process_recognises_what_was_begun(aws: LocalAws) -> None:
    aws.faults.stall(logical_id="Value", seconds=2)
    stage = stage_of(aws)
    by = engine(stage)
    operation = operation_of(stage, by)
    by.begin(operation, "t1", templates(stage))

    other = engine(stage)

    assert other.progress(operation, "t1").state is State.RUNNING
    assert other.begin(operation, "t1", templates(stage)) is None
    assert ended(other, operation, "t1").state is State.SUCCEEDED


@pytest.mark.parametrize("action", ["CreateStack", "UpdateStack", "DeleteStack"])
def test_a_call_whose_answer_is_lost_is_made_once(aws: LocalAws, action: str) -> None:
    stage = stage_of(aws)
    if action != "CreateStack":
        made(stage)
    stage = stage_of(aws, "2")
    by = engine(stage)
    operation = deletion(stage) if action == "DeleteStack" else operation_of(stage, by)
    aws.faults.drop(after=True, action=action)

    assert by.begin(operation, "t2", templates(stage)) is None

    assert ended(by, operation, "t2").state is State.SUCCEEDED


def test_an_update_without_a_change_succeeds(aws: LocalAws) -> None:
    stage = stage_of(aws)
    made(stage)
    by = engine(stage)
    operation = Operation("again", OperationKind.UPDATE_STACK, NAME, stage.targets, stage.layers[0].sha256)
    tagged = replace(operation, tags=(("petc:layer", "base"), ("petc:spec", "small"), ("petc:stage", "dev")))

    assert by.begin(tagged, "t2", templates(stage)) is None

    assert by.progress(tagged, "t2").state is State.SUCCEEDED


def test_a_failed_creation_names_its_cause_and_leaves_no_stack(aws: LocalAws) -> None:
    aws.faults.fail(logical_id="Value", reason="the quota is used up")
    stage = stage_of(aws)
    by = engine(stage)
    operation = operation_of(stage, by)
    by.begin(operation, "t1", templates(stage))
    state = ended(by, operation, "t1").state

    cause = by.cause(operation, "t1")

    assert state is State.FAILED
    assert (cause.target, cause.logical_id) == (stage.targets[0], "Value")
    assert cause.reason == "the quota is used up"
    made(stage, "t2")


def test_a_failed_update_names_its_cause_not_that_of_an_earlier_one(aws: LocalAws) -> None:
    made(stage_of(aws))
    stage = stage_of(aws, "2")
    for number, reason in enumerate(("first", "second")):
        aws.faults.fail(logical_id="Value", on=("update",), reason=reason)
        by = engine(stage)
        operation = operation_of(stage, by)
        by.begin(operation, f"u{number}", templates(stage))
        ended(by, operation, f"u{number}")

    assert engine(stage).cause(operation, "u1").reason == "second"
    assert value_of(aws, "base") == "1"


def test_a_stack_that_moves_for_someone_else_is_busy(aws: LocalAws) -> None:
    stage = stage_of(aws)
    made(stage)
    aws.faults.stall(logical_id="Value", seconds=2, on=("update",))
    stage = stage_of(aws, "2")
    by = engine(stage)
    operation = operation_of(stage, by)
    aws.client("cloudformation").update_stack(
        StackName=NAME, TemplateBody=stage_of(aws, "3").layers[0].template
    )

    busy = by.begin(operation, "t2", templates(stage))

    assert busy == Busy("UPDATE_IN_PROGRESS")
    assert observed(stage, by).layers[NAME].busy == "UPDATE_IN_PROGRESS"


def test_a_stack_of_someone_else_is_left_alone(aws: LocalAws) -> None:
    stage = stage_of(aws)
    by = engine(stage)
    operation = operation_of(stage, by)
    client = aws.client("cloudformation")
    client.create_stack(StackName=NAME, TemplateBody=stage_of(aws, "7").layers[0].template)
    client.get_waiter("stack_create_complete").wait(StackName=NAME, WaiterConfig={"Delay": 1})

    with pytest.raises(Rejected) as caught:
        by.begin(operation, "t1", templates(stage))

    assert caught.value.diagnostics[0].code == "stack-exists"


def test_stacks_of_a_protected_stage_are_protected_and_still_deleted_by_plan(aws: LocalAws) -> None:
    stage = replace(stage_of(aws), protected=True)
    by = made(stage)
    assert is_protected(aws)

    by.begin(deletion(stage), "t2", {})

    assert ended(by, deletion(stage), "t2").state is State.SUCCEEDED


def test_a_stack_of_a_stage_that_is_no_longer_protected_is_deleted(aws: LocalAws) -> None:
    stage = stage_of(aws)
    by = made(replace(stage, protected=True))
    assert is_protected(aws)
    by = engine(stage)

    by.begin(deletion(stage), "t2", {})

    assert ended(by, deletion(stage), "t2").state is State.SUCCEEDED


def test_an_update_protects_the_stack_as_the_stage_says_by_now(aws: LocalAws) -> None:
    made(stage_of(aws))
    for token, value, protected in (("t2", "2", True), ("t3", "3", False)):
        stage = replace(stage_of(aws, value), protected=protected)
        by = engine(stage)
        operation = operation_of(stage, by)
        by.begin(operation, token, templates(stage))

        assert ended(by, operation, token).state is State.SUCCEEDED
        assert is_protected(aws) is protected


def test_a_deletion_of_what_is_gone_succeeds(aws: LocalAws) -> None:
    stage = stage_of(aws)
    by = engine(stage)

    by.begin(deletion(stage), "t1", {})

    assert by.progress(deletion(stage), "t1").state is State.SUCCEEDED


def test_activity_holds_only_what_belongs_to_the_operation(aws: LocalAws) -> None:
    made(stage_of(aws))
    stage = stage_of(aws, "2")
    by = engine(stage)
    operation = operation_of(stage, by)
    by.begin(operation, "t2", templates(stage))
    ended(by, operation, "t2")

    statuses = {event.status for event in by.activity(operation, "t2", 0)}

    assert "UPDATE_COMPLETE" in statuses
    assert "CREATE_COMPLETE" not in statuses


def test_stacks_of_another_stage_with_the_same_beginning_are_not_seen(aws: LocalAws) -> None:
    other = Target(aws.account, "us-west-2")
    aws.client("cloudformation").create_stack(
        StackName="small-dev-02-other", TemplateBody=stage_of(aws, "7").layers[0].template
    )
    stage = stage_of(aws)

    seen = engine_for("stacks", connection(stage), call_settings.of(stage)).observe(
        [], "small-dev-", (other,)
    )

    assert dict(seen.layers) == {}


def test_cloudformation_is_handed_the_execution_role_in_every_call(aws: LocalAws) -> None:
    """Without one it acts with petc's own rights; API reference, CreateStack, RoleARN."""
    asked: list[tuple[str, str]] = []

    def note(params: dict[str, str], model: Any, **_: Any) -> None:
        asked.append((model.name, params.get("RoleARN", "")))

    stage = stage_of(aws)
    by = engine(stage)
    events = by.connection.client("cloudformation", "us-west-2").meta.events  # type: ignore[attr-defined]
    events.register("before-parameter-build.cloudformation", note)
    operation = operation_of(stage, by)
    by.begin(operation, "t1", templates(stage))
    assert ended(by, operation, "t1").state is State.SUCCEEDED
    newer = stage_of(aws, "2")
    operation = operation_of(newer, by)
    by.begin(operation, "t2", templates(newer))
    assert ended(by, operation, "t2").state is State.SUCCEEDED
    by.begin(deletion(stage), "t3", {})
    roles = {name: role for name, role in asked if name in ("CreateStack", "UpdateStack", "DeleteStack")}

    assert roles == dict.fromkeys(
        ("CreateStack", "UpdateStack", "DeleteStack"), f"arn:aws:iam::{aws.account}:role/petc-execution"
    )
