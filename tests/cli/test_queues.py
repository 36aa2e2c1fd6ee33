"""Queues on a local AWS: messages invoke a function, failed ones end in the dead-letter queue, data are guarded."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from petc.local import environment
from tests import specs
from tests.cli.operating import DAY, Project
from tests.cli.test_decided_calls import prepared, two_accounts
from tests.petc_local.running import LocalAws, fresh, local_aws

GOLDEN = specs.ROOT / "tests" / "golden"

PATIENCE = 90
"""Seconds in which a message is received twice, hidden for six seconds each time."""


def written(home: Path, aws: LocalAws, targets: str = "", engine: str = "") -> Project:
    """Return the golden architecture with queues, for an account, with a function that gives up soon."""
    at = Project(home, aws)
    shutil.copytree(GOLDEN / "sources" / "labels", home / "sources" / "labels")
    text = (GOLDEN / "parcel-queues" / "spec" / "spec.yaml").read_text("utf-8")
    for old, new in (
        ("../../sources", "../sources"),
        ("eu-west-1", aws.region),
        ("targets: {accounts", f"targets: {{{engine}accounts"),
        ("111122223333", targets or aws.account),
        ("timeout_seconds: 10", "timeout_seconds: 1"),
        ("max_receives: 3", "max_receives: 2"),
    ):
        assert old in text
        text = text.replace(old, new)
    at.spec.parent.mkdir()
    at.spec.write_text(text, "utf-8")
    done = at.run("compile", "--no-lint", *DAY)
    assert done.exit_code == 0, done.output
    return at


@pytest.fixture(scope="module")
def parcels(local: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Deploy the architecture to an account of its own."""
    at = written(tmp_path_factory.mktemp("parcels"), fresh(local))
    done = at.run("bootstrap", "--stage", "live", "--yes")
    assert done.exit_code == 0, done.output
    at.deploy("live")
    return at


def url(at: Project, name: str) -> str:
    """Return the address of a queue by its logical id."""
    (found,) = [each for each in at.aws.client("sqs").list_queues()["QueueUrls"] if f"-{name}-" in each]
    return str(found)


def waiting(at: Project, name: str) -> int:
    """Return the messages in a queue, hidden ones too."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = at.aws.client("sqs").get_queue_attributes(QueueUrl=url(at, name), AttributeNames=names)
    return sum(int(value) for value in found["Attributes"].values())


def until(came: Callable[[], bool]) -> bool:
    """Return whether something came true in time."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if came():
            return True
        time.sleep(0.2)
    return False


def logged(at: Project) -> str:
    """Return what the function printed."""
    found: dict[str, Any] = at.aws.client("logs").filter_log_events(
        logGroupName="/parcels/live/function/label"
    )
    return "\n".join(item["message"] for item in found["events"])


def test_a_message_is_handled_and_a_failed_one_is_kept(parcels: Project) -> None:
    """Both come in one batch or two: only what failed is tried again."""
    sqs = parcels.aws.client("sqs")
    for body in ({"address": "3 Quay Street"}, {"weight": 4}):
        sqs.send_message(QueueUrl=url(parcels, "QueueLabelsQueue"), MessageBody=json.dumps(body))

    assert until(lambda: waiting(parcels, "DeadLettersLabelsQueue") == 1)
    assert until(lambda: waiting(parcels, "QueueLabelsQueue") == 0)
    (kept,) = sqs.receive_message(QueueUrl=url(parcels, "DeadLettersLabelsQueue"))["Messages"]
    assert json.loads(kept["Body"]) == {"weight": 4}
    assert logged(parcels).count("3 Quay Street") == 1


def test_the_function_is_told_where_to_send(parcels: Project) -> None:
    lambda_ = parcels.aws.client("lambda")
    found = lambda_.get_function_configuration(FunctionName="parcels-live-label")

    assert found["Environment"]["Variables"]["ROUTES_QUEUE_URL"] == url(parcels, "QueueRoutesQueue")


def test_nothing_is_left_to_do_and_a_queue_is_not_deleted_unless_it_is_named(parcels: Project) -> None:
    before = parcels.run("plan", "--stage", "live", *DAY)
    for lines in (
        "  routes-queue:\n    description: parcels to put on a route\n"
        "    visibility_seconds: 120\n    retention_days: 7\n",
        "    uses: {routes-queue: {access: send}}\n",
        "routes-queue: {access: receive, backlog: 100}, ",
    ):
        text = parcels.spec.read_text("utf-8")
        assert lines in text
        parcels.spec.write_text(text.replace(lines, ""), "utf-8")
    compiled = parcels.run("compile", "--no-lint", *DAY)
    after = parcels.run("plan", "--stage", "live", *DAY)
    allowed = (f"--allow-delete={name}RoutesQueue" for name in ("Queue", "DeadLetters"))
    named = parcels.run("plan", "--stage", "live", *DAY, *allowed)

    assert before.stdout.startswith("nothing to do")
    assert compiled.exit_code == 0, compiled.output
    assert after.exit_code == 1, after.output
    assert "QueueRoutesQueue" in after.output
    assert named.exit_code == 0, named.output


def test_the_rights_of_bootstrap_suffice_to_make_change_and_delete_an_event_source(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with local_aws(tmp_path_factory.mktemp("aws"), variables={environment.IAM: "1"}) as server:
        aws, member = two_accounts(server)
        at = written(tmp_path, aws, member, f'engine: stacks, administrator: "{aws.account}", ')
        asked = prepared(at, member, "live")
        at.deploy("live", **asked.deployer)
        at.change("batch_size: 5", "batch_size: 6")
        at.deploy("live", **asked.deployer)
        (source,) = asked.client("lambda").list_event_source_mappings()["EventSourceMappings"]
        gone = at.run("destroy", "--stage", "live", "--yes", "--allow-delete", "all", **asked.deployer)

    assert source["BatchSize"] == 6
    assert gone.exit_code == 0, gone.stderr
