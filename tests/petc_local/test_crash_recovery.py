from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

from petc.local import folder_layout
from petc_local.crash_recovery import INTERRUPTED
from tests.petc_local.running import LocalAws, local_aws

TEMPLATE = json.dumps(
    {
        "Resources": {
            "First": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "first"}},
            "Second": {"Type": "AWS::SNS::Topic", "DependsOn": "First"},
        }
    }
)

_FIRST = '"First":{"PhysicalResourceId":"arn:aws:sns:'


def killed_in_the_middle(aws: LocalAws) -> None:
    """Create a stack whose second resource takes for ever, and kill the server when the first one is saved.

    The template is saved too, so the name of a resource in the file says nothing of it.
    """
    aws.faults.stall(logical_id="Second", seconds=60)
    aws.client("cloudformation").create_stack(StackName="half", TemplateBody=TEMPLATE)
    path = folder_layout.state(aws.server.folder)
    while not (path.exists() and _FIRST in path.read_text("utf-8")):
        time.sleep(0.05)
    os.kill(aws.server.pid, signal.SIGKILL)
    while aws.server.lives:
        time.sleep(0.01)


def test_a_stack_in_the_middle_of_its_creation_has_failed_after_a_kill_and_can_be_deleted(
    tmp_path: Path,
) -> None:
    with local_aws(tmp_path / "aws") as aws:
        killed_in_the_middle(aws)
    with local_aws(tmp_path / "aws") as aws:
        client = aws.client("cloudformation")
        (stack,) = client.describe_stacks()["Stacks"]
        client.delete_stack(StackName="half")
        client.get_waiter("stack_delete_complete").wait(StackName="half", WaiterConfig={"Delay": 0})
        topics = aws.client("sns").list_topics()["Topics"]

    assert stack["StackStatus"] == "CREATE_FAILED"
    assert stack["StackStatusReason"] == INTERRUPTED
    assert topics == []
