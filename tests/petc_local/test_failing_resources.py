from __future__ import annotations

import json
import threading
import time
from typing import Any

from tests.petc_local.running import LocalAws


def template(**values: str) -> str:
    return json.dumps(
        {
            "Resources": {
                name: {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": value}}
                for name, value in values.items()
            }
        }
    )


def settled(aws: LocalAws, name: str) -> dict[str, Any]:
    """Wait until the stack is at rest; a stack that is gone has the status `DELETE_COMPLETE`."""
    client = aws.client("cloudformation")
    while True:
        found: dict[str, Any] = client.describe_stacks(StackName=name)["Stacks"][0]
        if not found["StackStatus"].endswith("IN_PROGRESS"):
            return found
        time.sleep(0.02)


def create(aws: LocalAws, body: str, name: str = "data") -> dict[str, Any]:
    stack = aws.client("cloudformation").create_stack(StackName=name, TemplateBody=body)
    return settled(aws, stack["StackId"])


def test_a_resource_fails_with_the_reason_and_the_stack_rolls_back(aws: LocalAws) -> None:
    aws.faults.fail(logical_id="Second", reason="no capacity in this zone")
    stack = create(aws, template(First="1", Second="2"))
    events = aws.client("cloudformation").describe_stack_events(StackName=stack["StackId"])["StackEvents"]
    failed = [event for event in events if event["ResourceStatus"] == "CREATE_FAILED"]

    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert [(event["LogicalResourceId"], event["ResourceStatusReason"]) for event in failed] == [
        ("Second", "no capacity in this zone")
    ]


def test_a_resource_fails_as_often_as_asked(aws: LocalAws) -> None:
    aws.faults.fail(logical_id="First", times=1)

    assert create(aws, template(First="1"), "one")["StackStatus"] == "ROLLBACK_COMPLETE"
    assert create(aws, template(First="1"), "two")["StackStatus"] == "CREATE_COMPLETE"


def test_a_resource_fails_in_the_named_region_only(aws: LocalAws) -> None:
    aws.faults.fail(logical_id="First", region="eu-central-1", times=0)
    there = aws.client("cloudformation", region="eu-central-1")
    there.create_stack(StackName="data", TemplateBody=template(First="1"))
    here = create(aws, template(First="1"))

    assert here["StackStatus"] == "CREATE_COMPLETE"
    assert there.describe_stacks()["Stacks"][0]["StackStatus"] == "ROLLBACK_COMPLETE"


def test_an_update_fails_and_what_was_there_stays(aws: LocalAws) -> None:
    stack = create(aws, template(First="1", Second="1"))
    aws.faults.fail(logical_id="Second", on=("update",))
    aws.client("cloudformation").update_stack(StackName="data", TemplateBody=template(First="2", Second="2"))

    assert settled(aws, stack["StackId"])["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"


def test_an_update_that_leaves_a_resource_alone_does_not_meet_its_fault(aws: LocalAws) -> None:
    stack = create(aws, template(First="1", Second="1"))
    aws.faults.fail(logical_id="First", on=("update",))
    aws.client("cloudformation").update_stack(StackName="data", TemplateBody=template(First="1", Second="2"))

    assert settled(aws, stack["StackId"])["StackStatus"] == "UPDATE_COMPLETE"


def test_a_rollback_fails_when_what_it_turns_back_fails(aws: LocalAws) -> None:
    stack = create(aws, template(First="1", Second="1"))
    aws.faults.fail(logical_id="Second", on=("update",))
    aws.faults.fail(logical_id="First", on=("update",), skip=1)
    aws.client("cloudformation").update_stack(StackName="data", TemplateBody=template(First="2", Second="2"))

    assert settled(aws, stack["StackId"])["StackStatus"] == "UPDATE_ROLLBACK_FAILED"


def test_a_deletion_fails(aws: LocalAws) -> None:
    stack = create(aws, template(First="1"))
    aws.faults.fail(logical_id="First", on=("delete",), reason="it is in use")
    aws.client("cloudformation").delete_stack(StackName="data")

    assert settled(aws, stack["StackId"])["StackStatus"] == "DELETE_FAILED"


def test_a_slow_resource_keeps_no_other_request_waiting(aws: LocalAws) -> None:
    aws.faults.stall(logical_id="First", seconds=2)
    began = time.monotonic()
    stack = threading.Thread(target=create, args=(aws, template(First="1")))
    stack.start()
    time.sleep(0.1)
    aws.client("sts").get_caller_identity()
    still_stalled = stack.is_alive()
    stack.join()

    assert still_stalled
    assert time.monotonic() - began >= 2
