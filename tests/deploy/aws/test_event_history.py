"""The first cause within a stack's history; and the history of a real stack, also when it is gone."""

from __future__ import annotations

import pytest

from petc.deploy.aws import event_history
from petc.deploy.aws.connection import Connection
from petc.deploy.aws.event_history import HistoryEntry, first_failure
from petc.deploy.engine import ResourceEvent
from petc.deploy.targets import Target
from tests.petc_local.running import LocalAws

TARGET = Target("111111111111", "us-west-2")
STACK = "arn:stack"


def entry(time: int, logical_id: str, status: str, reason: str = "", token: str = "t") -> HistoryEntry:
    physical = STACK if logical_id == "stack" else f"physical-{logical_id}"
    event = ResourceEvent(float(time), TARGET, "stack", logical_id, "AWS::X::Y", status, reason)
    return HistoryEntry(event, physical, STACK, token)


def newest_first(*entries: HistoryEntry) -> tuple[HistoryEntry, ...]:
    return tuple(reversed(entries))


def test_the_earliest_failure_counts_and_not_its_echoes() -> None:
    found = first_failure(
        newest_first(
            entry(1, "stack", "CREATE_IN_PROGRESS"),
            entry(2, "Other", "CREATE_FAILED", "Resource creation cancelled"),
            entry(3, "Table", "CREATE_FAILED", "no room"),
            entry(4, "Queue", "CREATE_FAILED", "later"),
            entry(5, "stack", "CREATE_FAILED", "The following resource(s) failed to create: [Table]"),
        ),
        deleting=False,
    )

    assert found is not None
    assert found.event.logical_id == "Table"


def test_failures_of_an_earlier_operation_are_of_no_account() -> None:
    found = first_failure(
        newest_first(
            entry(1, "stack", "UPDATE_IN_PROGRESS"),
            entry(2, "Table", "UPDATE_FAILED", "old"),
            entry(3, "stack", "UPDATE_ROLLBACK_COMPLETE"),
            entry(4, "stack", "UPDATE_IN_PROGRESS"),
            entry(5, "Queue", "UPDATE_FAILED", "new"),
        ),
        deleting=False,
    )

    assert found is not None
    assert found.event.reason == "new"


def test_the_deletion_after_a_failed_creation_hides_no_cause() -> None:
    found = first_failure(
        newest_first(
            entry(1, "stack", "CREATE_IN_PROGRESS"),
            entry(2, "Table", "CREATE_FAILED", "no room"),
            entry(3, "stack", "DELETE_IN_PROGRESS"),
            entry(4, "stack", "DELETE_COMPLETE"),
        ),
        deleting=False,
    )

    assert found is not None
    assert found.event.logical_id == "Table"


def test_a_failed_deletion_has_its_cause_after_its_beginning() -> None:
    found = first_failure(
        newest_first(
            entry(1, "stack", "CREATE_IN_PROGRESS"),
            entry(2, "Table", "CREATE_FAILED", "old"),
            entry(3, "stack", "DELETE_IN_PROGRESS"),
            entry(4, "Bucket", "DELETE_FAILED", "not empty"),
        ),
        deleting=True,
    )

    assert found is not None
    assert found.event.logical_id == "Bucket"


def test_the_stack_itself_counts_when_no_resource_failed() -> None:
    found = first_failure(
        newest_first(
            entry(1, "stack", "UPDATE_IN_PROGRESS"),
            entry(
                2, "stack", "UPDATE_ROLLBACK_IN_PROGRESS", "Export shop-id cannot be updated as it is in use"
            ),
        ),
        deleting=False,
    )

    assert found is not None
    assert found.is_of_stack


def test_a_history_without_failure_has_no_cause() -> None:
    assert first_failure(newest_first(entry(1, "stack", "CREATE_IN_PROGRESS")), deleting=False) is None


def test_a_stack_that_was_never_there_has_no_history(aws: LocalAws) -> None:
    target = Target(aws.account, aws.region)

    assert event_history.read(Connection(aws.region), target, "never-there") == ()


def test_the_history_of_a_deleted_stack_is_read_by_its_id(aws: LocalAws) -> None:
    client = aws.client("cloudformation")
    template = '{"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}'
    stack = client.create_stack(StackName="gone", TemplateBody=template)["StackId"]
    client.get_waiter("stack_create_complete").wait(StackName=stack, WaiterConfig={"Delay": 1})
    client.delete_stack(StackName=stack)
    client.get_waiter("stack_delete_complete").wait(StackName=stack, WaiterConfig={"Delay": 1})

    read = event_history.read(Connection(aws.region), Target(aws.account, aws.region), stack)

    assert read[0].event.status == "DELETE_COMPLETE"
    assert read[-1].event.status == "CREATE_IN_PROGRESS"


@pytest.mark.parametrize("back", [0, 3])
def test_only_what_happened_after_a_moment_is_read(aws: LocalAws, back: int) -> None:
    client = aws.client("cloudformation")
    template = '{"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}'
    stack = client.create_stack(StackName="some", TemplateBody=template)["StackId"]
    client.get_waiter("stack_create_complete").wait(StackName=stack, WaiterConfig={"Delay": 1})
    target, by = Target(aws.account, aws.region), Connection(aws.region)
    every = event_history.read(by, target, stack)

    later = event_history.read(by, target, stack, since=every[back].event.time)

    assert later == tuple(item for item in every if item.event.time > every[back].event.time)
