from __future__ import annotations

import io
import json
import os
import signal
import time
import zipfile
from pathlib import Path

from petc.local import folder_layout, process
from tests.petc_local.running import ACCOUNT, REGION, LocalAws, local_aws

TEMPLATE = json.dumps(
    {
        "Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "news"}}},
        "Outputs": {"Arn": {"Value": {"Ref": "Topic"}, "Export": {"Name": "the-topic"}}},
    }
)


def group(expression: str) -> str:
    """Return a template with a resource that is only recorded."""
    properties = {"GroupName": "slow", "FilterExpression": expression}
    return json.dumps({"Resources": {"Group": {"Type": "AWS::XRay::Group", "Properties": properties}}})


def saved(aws: LocalAws, text: str) -> bool:
    """Wait until the file of the state holds a text, for at most a few seconds."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        path = folder_layout.state(aws.server.folder)
        if path.exists() and text in path.read_text("utf-8"):
            return True
        time.sleep(0.05)
    return False


def names(aws: LocalAws) -> tuple[list[str], list[str], list[str]]:
    client = aws.client("cloudformation")
    return (
        [stack["StackStatus"] for stack in client.describe_stacks()["Stacks"]],
        [export["Name"] for export in client.list_exports()["Exports"]],
        [topic["TopicArn"].rpartition(":")[2] for topic in aws.client("sns").list_topics()["Topics"]],
    )


def zipped(source: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("main.py", source)
    return buffer.getvalue()


def test_what_is_deployed_is_there_after_a_stop_and_a_start(tmp_path: Path) -> None:
    with local_aws(tmp_path / "aws") as aws:
        aws.client("cloudformation").create_stack(StackName="one", TemplateBody=TEMPLATE)
    with local_aws(tmp_path / "aws") as aws:
        found = names(aws)

    assert found == (["CREATE_COMPLETE"], ["the-topic"], ["news"])


def test_a_killed_server_has_saved_what_was_deployed(tmp_path: Path) -> None:
    with local_aws(tmp_path / "aws") as aws:
        aws.client("cloudformation").create_stack(StackName="one", TemplateBody=TEMPLATE)
        assert saved(aws, "the-topic")
        os.kill(aws.server.pid, signal.SIGKILL)
        while aws.server.lives:
            time.sleep(0.01)
    with local_aws(tmp_path / "aws") as aws:
        found = names(aws)

    assert found == (["CREATE_COMPLETE"], ["the-topic"], ["news"])


def test_objects_and_functions_are_there_after_a_start(tmp_path: Path) -> None:
    with local_aws(tmp_path / "aws") as aws:
        aws.client("s3").create_bucket(
            Bucket="things", CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        aws.client("s3").put_object(Bucket="things", Key="a/b", Body=b"\0binary")
        aws.client("lambda").create_function(
            FunctionName="echo",
            Runtime="python3.11",
            Handler="main.handle",
            Role=f"arn:aws:iam::{ACCOUNT}:role/any",
            Code={"ZipFile": zipped("def handle(event, context):\n    return event['n'] + 1\n")},
        )
    with local_aws(tmp_path / "aws") as aws:
        body = aws.client("s3").get_object(Bucket="things", Key="a/b")["Body"].read()
        answer = aws.client("lambda").invoke(FunctionName="echo", Payload=b'{"n": 41}')["Payload"].read()

    assert body == b"\0binary"
    assert answer == b"42"


def test_accounts_and_regions_are_kept_apart_over_a_start(tmp_path: Path) -> None:
    with local_aws(tmp_path / "aws") as aws:
        aws.client("sns", account="210987654321", region="eu-west-1").create_topic(Name="far")
    with local_aws(tmp_path / "aws") as aws:
        here = aws.client("sns").list_topics()["Topics"]
        there = aws.client("sns", account="210987654321", region="eu-west-1").list_topics()["Topics"]

    assert here == []
    assert [topic["TopicArn"] for topic in there] == ["arn:aws:sns:eu-west-1:210987654321:far"]


def test_stack_sets_and_recorded_resources_are_there_after_a_start(tmp_path: Path) -> None:
    with local_aws(tmp_path / "aws") as aws:
        aws.client("cloudformation").create_stack_set(StackSetName="all", TemplateBody=TEMPLATE)
        aws.client("cloudformation").create_stack(StackName="one", TemplateBody=group("fault"))
    with local_aws(tmp_path / "aws") as aws:
        client = aws.client("cloudformation")
        sets = client.list_stack_sets()["Summaries"]
        # A recorded resource that is not known any more cannot be changed.
        client.update_stack(StackName="one", TemplateBody=group("error"))
        (stack,) = client.describe_stacks()["Stacks"]

    assert [item["StackSetName"] for item in sets] == ["all"]
    assert stack["StackStatus"] == "UPDATE_COMPLETE"


def test_a_call_that_changes_nothing_leaves_the_file_alone(tmp_path: Path) -> None:
    with local_aws(tmp_path / "aws") as aws:
        aws.client("sns").create_topic(Name="first")
        assert saved(aws, "first")
        before = folder_layout.state(aws.server.folder).stat()
        aws.client("sns").create_topic(Name="first")
        time.sleep(1.2)
        after = folder_layout.state(aws.server.folder).stat()

    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_nothing_is_left_after_a_reset(tmp_path: Path) -> None:
    with local_aws(tmp_path / "aws") as aws:
        aws.client("cloudformation").create_stack(StackName="one", TemplateBody=TEMPLATE)
    process.reset(tmp_path / "aws")
    with local_aws(tmp_path / "aws") as aws:
        found = names(aws)

    assert found == ([], [], [])
