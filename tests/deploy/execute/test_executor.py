"""Plans walked against the local AWS: what runs, in which order, and what is said when it does not end well."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest

from petc.deploy.aws.accounts import of_units
from petc.deploy.aws.call_settings import ADMINISTRATION_ROLE, EXECUTION_ROLE
from petc.deploy.aws.connection import Connection
from petc.deploy.desired import DesiredState
from petc.deploy.engine import State
from petc.deploy.execute.events import Ended, Event, ResourceMoved, StepEnded, StepStarted, Waiting, silent
from petc.deploy.execute.executor import execute
from petc.deploy.execute.operation import Limits
from petc.deploy.plan.types import Plan
from petc.diagnostics import Diagnostic, Rejected
from tests.deploy.execute.small import bootstrapped, engine, observed, planned, value_of, wanted
from tests.petc_local.running import LocalAws

VALUES = {"base": "1", "middle": "2", "top": "3"}


class Unrecorded:
    def began(self, operation: str) -> None: ...

    def ended(self, operation: str, state: State) -> None: ...


def plan_of(stage: DesiredState) -> Plan:
    return planned(stage, observed(stage, engine(stage)))


def deploy(stage: DesiredState, token: str = "t1", limits: Limits = Limits()) -> list[Event]:  # noqa: B008
    told: list[Event] = []
    execute(plan_of(stage), engine(stage), token, Unrecorded(), told.append, limits=limits)
    return told


def refused(stage: DesiredState, token: str = "t1", limits: Limits = Limits()) -> Diagnostic:  # noqa: B008
    with pytest.raises(Rejected) as caught:
        deploy(stage, token, limits)
    return caught.value.diagnostics[0]


def update_by_hand(aws: LocalAws, value: str) -> None:
    aws.client("cloudformation").update_stack_set(
        StackSetName="small-dev-01-base",
        TemplateBody=wanted(aws.account, {"base": value}).layers[0].template,
        AdministrationRoleARN=f"arn:aws:iam::{aws.account}:role/{ADMINISTRATION_ROLE}",
        ExecutionRoleName=EXECUTION_ROLE,
        OperationId="of-someone-else",
    )


def test_three_layers_come_to_stand_and_a_second_look_finds_nothing_to_do(aws: LocalAws) -> None:
    stage = wanted(aws.account, VALUES)

    deploy(stage)

    assert value_of(aws, "top") == "3+middle"
    assert plan_of(stage).is_empty


def test_a_run_with_nothing_to_do_makes_at_most_three_calls_per_layer_and_target(aws: LocalAws) -> None:
    stage = wanted(aws.account, VALUES)
    deploy(stage)
    aws.faults.forget_calls()

    plan_of(stage)

    assert sum(aws.faults.calls().values()) <= 3 * 3


def test_a_layer_begins_after_all_that_it_depends_on(aws: LocalAws) -> None:
    told = deploy(wanted(aws.account, VALUES))

    order = [(type(event), event.stem) for event in told if isinstance(event, StepStarted | StepEnded)]
    assert order == [
        (kind, stem) for stem in ("01-base", "02-middle", "03-top") for kind in (StepStarted, StepEnded)
    ]


def test_layers_that_nothing_orders_run_side_by_side(aws: LocalAws) -> None:
    graph = {f"l{number}": () for number in range(4)}
    aws.faults.stall(logical_id="Value", seconds=2, times=0)

    told = deploy(wanted(aws.account, dict.fromkeys(graph, "1"), graph=graph))

    ended = next(event for event in told if isinstance(event, Ended))
    assert ended.seconds < 4


def test_a_changed_layer_alone_is_updated(aws: LocalAws) -> None:
    deploy(wanted(aws.account, VALUES))

    told = deploy(wanted(aws.account, VALUES | {"middle": "9"}), "t2")

    assert value_of(aws, "middle") == "9+base"
    assert [event.stem for event in told if isinstance(event, StepStarted)] == ["02-middle"]


def test_resources_are_told_while_they_move(aws: LocalAws) -> None:
    aws.faults.stall(logical_id="Value", seconds=2)

    told = deploy(wanted(aws.account, {"base": "1"}))

    moved = [event.event for event in told if isinstance(event, ResourceMoved)]
    assert "Value" in {event.logical_id for event in moved}
    assert all(left.time <= right.time for left, right in pairwise(moved))


@pytest.mark.parametrize("layer", ["base", "middle", "top"])
def test_a_failing_resource_is_named_with_its_reason_and_place_in_the_spec(aws: LocalAws, layer: str) -> None:
    stage = wanted(aws.account, VALUES)
    aws.faults.fail(logical_id="Value", stack=f"*-{layer}-*", reason="the quota is used up")

    found = refused(stage)

    assert found.code == "deployment-failed"
    assert f"{aws.account}/us-west-2: Value (AWS::SSM::Parameter): the quota is used up" in found.message
    assert found.pointer == f"/parts/{layer}"
    assert "run petc deploy again" in found.help


@pytest.mark.parametrize("layer", ["base", "middle", "top"])
def test_a_run_after_a_failure_does_what_is_left(aws: LocalAws, layer: str) -> None:
    stage = wanted(aws.account, VALUES)
    aws.faults.fail(logical_id="Value", stack=f"*-{layer}-*")
    refused(stage)

    deploy(stage, "t2")

    assert value_of(aws, "top") == "3+middle"
    assert plan_of(stage).is_empty


def test_after_a_failure_nothing_new_begins_and_what_runs_is_waited_for(aws: LocalAws) -> None:
    graph = {"bad": (), "slow": (), "after": ("slow",)}
    stage = wanted(aws.account, {"bad": "1", "slow": "2", "after": "3"}, graph=graph)
    aws.faults.fail(logical_id="Value", stack="*-bad-*")
    aws.faults.stall(logical_id="Value", stack="*-slow-*", seconds=3)

    found = refused(stage)

    assert "1 of 3 layers are done (02-slow)" in found.help
    assert [step.stem for step in plan_of(stage).steps] == ["01-bad", "03-after"]


def test_the_one_target_of_six_that_fails_is_named(aws: LocalAws) -> None:
    accounts = (aws.account, str(int(aws.account) + 1_000_000), str(int(aws.account) + 2_000_000))
    bootstrapped(aws, *accounts[1:])
    regions = ("us-west-2", "eu-west-1")
    stage = wanted(aws.account, {"base": "1"}, accounts=accounts, regions=regions)
    aws.faults.fail(logical_id="Value", account=accounts[1], region="eu-west-1", reason="no room")

    found = refused(stage)

    assert f"{accounts[1]}/eu-west-1: Value (AWS::SSM::Parameter): no room" in found.message
    deploy(stage, "t2")
    assert value_of(aws, "base", account=accounts[1], region="eu-west-1") == "1"


def test_an_account_without_the_execution_role_is_named(aws: LocalAws) -> None:
    found = refused(wanted(aws.account, {"base": "1"}, accounts=("999999999999",)))

    assert "999999999999/us-west-2: " in found.message
    assert "petc-execution" in found.message


def test_a_failed_update_names_the_resource_and_leaves_the_old_state(aws: LocalAws) -> None:
    deploy(wanted(aws.account, VALUES))
    aws.faults.fail(logical_id="Value", stack="*-middle-*", on=("update",), reason="not now")

    found = refused(wanted(aws.account, VALUES | {"middle": "9"}), "t2")

    assert "Value (AWS::SSM::Parameter): not now" in found.message
    assert value_of(aws, "middle") == "2+base"


def test_a_set_that_someone_else_works_on_is_waited_for(aws: LocalAws) -> None:
    deploy(wanted(aws.account, VALUES))
    aws.faults.stall(logical_id="Value", stack="*-base-*", seconds=3)
    stage = wanted(aws.account, VALUES | {"base": "9"})
    plan = plan_of(stage)
    update_by_hand(aws, "5")
    told: list[Event] = []

    execute(plan, engine(stage), "t2", Unrecorded(), told.append)

    assert any(isinstance(event, Waiting) and "of-someone-else" in event.reason for event in told)
    assert value_of(aws, "base") == "9"


def test_a_set_that_stays_held_stops_the_run_with_its_holder(aws: LocalAws) -> None:
    deploy(wanted(aws.account, VALUES))
    aws.faults.stall(logical_id="Value", stack="*-base-*", seconds=4)
    stage = wanted(aws.account, VALUES | {"base": "9"})
    plan = plan_of(stage)
    update_by_hand(aws, "5")

    with pytest.raises(Rejected) as caught:
        execute(plan, engine(stage), "t2", Unrecorded(), silent, limits=Limits(busy=1))

    assert caught.value.diagnostics[0].code == "operation-in-progress"
    assert "of-someone-else" in caught.value.diagnostics[0].message


def once_per_action(aws: LocalAws, fault: Callable[[str], None]) -> None:
    for action in (
        "CreateStackSet",
        "CreateStackInstances",
        "DescribeStackSetOperation",
        "ListStackInstances",
        "DescribeStackSet",
        "ListStackSets",
        "DescribeStacks",
    ):
        fault(action)


def test_calls_whose_connection_drops_after_they_were_accepted_are_not_made_twice(aws: LocalAws) -> None:
    stage = wanted(aws.account, VALUES)
    once_per_action(aws, lambda action: aws.faults.drop(after=True, action=action))

    deploy(stage)

    operations = aws.client("cloudformation").list_stack_set_operations(StackSetName="small-dev-01-base")
    assert [item["Action"] for item in operations["Summaries"]] == ["CREATE"]
    assert plan_of(stage).is_empty


def test_throttled_calls_are_made_again(aws: LocalAws) -> None:
    stage = wanted(aws.account, VALUES)
    once_per_action(aws, lambda action: aws.faults.throttle(action=action, times=2))

    deploy(stage)

    assert plan_of(stage).is_empty


def test_a_denied_call_names_action_and_way_out(aws: LocalAws) -> None:
    aws.faults.error("AccessDenied", "not you", action="CreateStackInstances", status=403)

    found = refused(wanted(aws.account, VALUES))

    assert found.code == "aws-access-denied"
    assert "cloudformation:CreateStackInstances" in found.message
    assert "petc bootstrap" in found.help


def test_credentials_that_expire_in_the_middle_stop_the_run_and_the_next_goes_on(aws: LocalAws) -> None:
    stage = wanted(aws.account, VALUES)
    aws.faults.error("ExpiredToken", action="DescribeStackSetOperation", skip=1, times=0, status=403)
    found = refused(stage)
    aws.faults.clear()

    deploy(stage, "t2")

    assert found.code == "aws-credentials-expired"
    assert "`petc deploy` picks them up" in found.help
    assert plan_of(stage).is_empty


def test_a_stack_that_was_deleted_by_hand_is_made_again(aws: LocalAws) -> None:
    stage = wanted(aws.account, {"base": "1"})
    deploy(stage)
    client = aws.client("cloudformation")
    client.delete_stack(StackName=client.describe_stacks()["Stacks"][0]["StackId"])

    deploy(stage, "t2")

    assert value_of(aws, "base") == "1"
    assert plan_of(stage).is_empty


def test_a_set_that_was_changed_by_hand_is_seen_and_brought_back(aws: LocalAws) -> None:
    stage = wanted(aws.account, {"base": "1"})
    deploy(stage)
    update_by_hand(aws, "7")

    deploy(stage, "t2")

    assert value_of(aws, "base") == "1"


def test_a_template_that_is_too_large_for_a_call_names_the_setting(aws: LocalAws) -> None:
    found = refused(wanted(aws.account, {"base": "1"}, extra=60_000))

    assert found.code == "template-too-large"
    assert found.pointer == "/targets/templates"
    assert "51,200" in found.message


def test_a_large_template_travels_by_the_bucket(aws: LocalAws) -> None:
    stage = wanted(aws.account, {"base": "1"}, extra=60_000, templates="bucket")
    bucket = stage.buckets["us-west-2"]
    aws.client("s3").create_bucket(
        Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "us-west-2"}
    )

    deploy(stage)

    assert value_of(aws, "base") == "1"
    assert aws.client("s3").head_object(
        Bucket=bucket, Key=f"small/dev/templates/{stage.layers[0].sha256}.yaml"
    )


def test_a_template_over_a_megabyte_is_refused_before_any_call(aws: LocalAws) -> None:
    found = refused(wanted(aws.account, {"base": "1"}, extra=1_000_000, templates="bucket"))

    assert found.code == "template-too-large"
    assert "1,000,000" in found.message


def test_a_missing_artifact_bucket_names_bootstrap(aws: LocalAws) -> None:
    found = refused(wanted(aws.account, {"base": "1"}, templates="bucket"))

    assert found.code == "artifact-bucket-missing"
    assert "petc bootstrap" in found.help


def test_a_stack_set_of_someone_else_by_the_same_name_is_left_alone(aws: LocalAws) -> None:
    stage = wanted(aws.account, {"base": "1"})
    plan = plan_of(stage)
    aws.client("cloudformation").create_stack_set(
        StackSetName="small-dev-01-base", TemplateBody=wanted(aws.account, {"base": "7"}).layers[0].template
    )

    with pytest.raises(Rejected) as caught:
        execute(plan, engine(stage), "t1", Unrecorded(), silent)

    assert caught.value.diagnostics[0].code == "stack-set-foreign"


@pytest.mark.parametrize("jump", [-86_400.0, 86_400.0])
def test_a_wall_clock_that_jumps_changes_nothing(
    aws: LocalAws, monkeypatch: pytest.MonkeyPatch, jump: float
) -> None:
    aws.faults.stall(logical_id="Value", seconds=1, times=0)
    steady, looks = time.time, itertools.count()
    monkeypatch.setattr(time, "time", lambda: steady() + jump * (next(looks) % 2))

    told = deploy(wanted(aws.account, {"base": "1", "middle": "2"}))

    ended = next(event for event in told if isinstance(event, Ended))
    assert ended.succeeded == ("01-base", "02-middle")
    assert 2 <= ended.seconds < 10


def test_a_service_managed_stage_reaches_the_accounts_of_its_units(aws: LocalAws) -> None:
    organizations = aws.client("organizations")
    root = organizations.list_roots()["Roots"][0]["Id"]
    unit = organizations.create_organizational_unit(ParentId=root, Name="u")["OrganizationalUnit"]["Id"]
    members = tuple(str(int(aws.account) + number * 1_000_000) for number in (7, 8))
    for member in members:
        aws.faults.add_account(aws.account, member, unit)
    aws.client("cloudformation").activate_organizations_access()
    accounts = of_units(Connection(aws.region), (unit,))
    stage = replace(wanted(aws.account, VALUES, accounts=accounts), organizational_units=(unit,))

    deploy(stage)

    assert accounts == members
    assert [value_of(aws, "top", account=member) for member in members] == ["3+middle"] * 2
    assert plan_of(stage).is_empty
