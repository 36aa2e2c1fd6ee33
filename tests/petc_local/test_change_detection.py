"""When the server saves, seen by the file that it writes."""

from __future__ import annotations

import json
import time
from pathlib import Path

from petc.local import folder_layout
from tests.petc_local.running import REGION, LocalAws, grant_stack_sets, local_aws

TEMPLATE = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}})


def written(aws: LocalAws, after: int = 0) -> int:
    """Return when the state was last written, in ns; waits a while for a time after the given one."""
    path = folder_layout.state(aws.server.folder)
    for _ in range(60):
        if path.exists() and path.stat().st_mtime_ns > after:
            return path.stat().st_mtime_ns
        time.sleep(0.05)
    return path.stat().st_mtime_ns if path.exists() else 0


def test_what_goes_on_after_the_last_call_is_saved_too(tmp_path: Path) -> None:
    with local_aws(tmp_path / "aws") as aws:
        grant_stack_sets(aws)
        client = aws.client("cloudformation")
        client.create_stack_set(StackSetName="all", TemplateBody=TEMPLATE)
        aws.faults.pace("all", 1.5)
        client.create_stack_instances(StackSetName="all", Accounts=[aws.account], Regions=[REGION])
        time.sleep(1.0)
        during = written(aws)
        after = written(aws, during)
        state = folder_layout.state(aws.server.folder).read_text("utf-8")

    assert after > during
    assert "AWS::SNS::Topic" in state
    assert '"CREATE_COMPLETE"' in state


def test_nothing_is_saved_while_targets_are_simulated(tmp_path: Path) -> None:
    with local_aws(tmp_path / "aws") as aws:
        aws.client("cloudformation").create_stack_set(StackSetName="all", TemplateBody=TEMPLATE)
        before = written(aws)
        aws.faults.simulate(
            "all", account=aws.account, region=REGION, accounts=("111122223333",), regions=(REGION,)
        )
        aws.client("sns").create_topic(Name="later")
        after = written(aws, before)
    kept = folder_layout.state(tmp_path / "aws").stat().st_mtime_ns

    assert before == after == kept
