"""What lies on disk and in S3 is believed only as far as petc can tell that it wrote it itself."""

from __future__ import annotations

import hashlib
import http.server
import json
import os
import pty
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from petc import deployment
from petc.deploy.aws import connection as connection_module
from petc.deploy.aws.connection import Connection
from petc.deploy.aws.exclusive_object import of_stage
from petc.deploy.desired import bootstrap_bucket
from petc.deploy.execute import journal, lock, signed_lines
from tests.cli.commands.test_deploy import AFTER, BEFORE
from tests.cli.operating import DAY, Project, deployed
from tests.petc_local.running import LocalAws, fresh

DEPLOY = ("deploy", "--stage", "dev", "--yes", *DAY)
EVIL = "attacker@evil.example"


@pytest.fixture
def mine(local: LocalAws, tmp_path: Path) -> Iterator[Project]:
    """A project whose stage is deployed, for one test alone."""
    yield deployed(tmp_path, fresh(local))
    local.faults.clear()


@pytest.fixture
def bare(empty: Project) -> Iterator[Project]:
    """A project whose account has roles and buckets, and no layer."""
    assert empty.run("bootstrap", "--stage", "dev", "--yes").exit_code == 0
    yield empty
    empty.aws.faults.clear()


def notification(project: Project) -> tuple[str, str]:
    """Return a template that is deployed, and one that sends its alarms to somebody else."""
    text = (project.home / "generated" / "dev" / "12-notification.yaml").read_text()
    assert "shop-team@example.com" in text
    return text, text.replace("shop-team@example.com", EVIL)


def bodies(project: Project) -> str:
    client = project.aws.client("cloudformation")
    names = [stack["StackName"] for stack in client.describe_stacks()["Stacks"]]
    return "".join(str(client.get_template(StackName=name)["TemplateBody"]) for name in names)


def marked(*said: object) -> bytes:
    """Return a journal with the sums of earlier versions, which anybody can make."""
    total, lines = "", []
    for one in said:
        body = json.dumps(one, sort_keys=True, separators=(",", ":"))
        total = hashlib.sha256(f"{total}\n{body}".encode()).hexdigest()[:16]
        lines.append(f"{total} {body}\n")
    return "".join(lines).encode()


@pytest.mark.parametrize("form", [1, 2])
def test_a_journal_that_came_with_the_checkout_deploys_nothing(mine: Project, form: int) -> None:
    _, evil = notification(mine)
    sha = hashlib.sha256(evil.encode()).hexdigest()
    operation = {
        "id": "evil-1",
        "kind": "update-set",
        "name": "shop-dev-12-notification",
        "targets": [f"{mine.aws.account}/{mine.aws.region}"],
        "template": sha,
        "parameters": [],
        "overrides": [],
        "cleared": [],
        "capabilities": ["CAPABILITY_NAMED_IAM"],
        "tags": [],
        "retain": False,
    }
    step = {
        "id": "evil",
        "layer": "notification",
        "stem": "12-notification",
        "phase": "only",
        "after": [],
        "operations": [operation],
    }
    head = {
        "journal": form,
        "spec": "shop",
        "stage": "dev",
        "engine": "stack-sets",
        "account": mine.aws.account,
        "root": "r",
        "seen": "s",
        "token": "0" * 32,
        "steps": [step],
        "templates": {sha: evil},
    }
    folder = mine.home / ".petc" / "deploy"
    folder.joinpath("dev.journal").write_bytes(marked(head, {"began": "evil-1"}))
    mine.aws.faults.forget_calls()

    result = mine.run("deploy", "--stage", "dev", *DAY)

    assert result.exit_code == 0, result.stderr
    assert "warning[journal-rebuilt]" in result.stderr
    assert "nothing to do" in result.stdout
    assert EVIL not in bodies(mine)
    assert not [call for call in mine.aws.faults.calls() if ":Update" in call or ":Create" in call]
    assert not (folder / "dev.journal").exists()


def test_even_a_journal_of_our_own_asks_for_nothing(mine: Project) -> None:
    """Whoever has the key may call operations begun; AWS is asked about them and told nothing."""
    folder = mine.home / ".petc" / "deploy"
    record = journal.reopen(folder, "dev")
    head = json.loads(record.path.read_text().splitlines()[0].partition(" ")[2])
    record.close()
    ours = journal.start(folder, replace(signed_lines.head_of(head), token="f" * 32))
    for step in signed_lines.head_of(head).steps:
        if step.stem == "12-notification":
            ours.began(step.operations[-1].id)
    ours.close()
    mine.aws.faults.forget_calls()

    result = mine.run("deploy", "--stage", "dev", *DAY)

    assert result.exit_code == 0, result.stderr
    assert mine.aws.faults.calls().get("cloudformation:DescribeStackSetOperation", 0) > 0
    assert not [
        call
        for call in mine.aws.faults.calls()
        if call.startswith("cloudformation:") and (":Update" in call or ":Create" in call)
    ]


def test_a_template_that_somebody_put_under_our_key_is_refused(bare: Project) -> None:
    text, evil = notification(bare)
    sha = hashlib.sha256(text.encode()).hexdigest()
    bare.aws.client("s3").put_object(
        Bucket=bootstrap_bucket(bare.aws.account, bare.aws.region),
        Key=f"shop/dev/templates/{sha}.yaml",
        Body=evil.encode(),
        Metadata={"petc-sha256": sha},
        ChecksumAlgorithm="CRC32",
    )

    result = bare.run(*DEPLOY)

    assert result.exit_code == 1
    assert "error[package-differs]" in result.stderr
    assert EVIL not in bodies(bare)


def test_everything_in_the_artifact_bucket_lies_below_spec_and_stage(bare: Project) -> None:
    assert bare.run(*DEPLOY).exit_code == 0
    bucket = bootstrap_bucket(bare.aws.account, bare.aws.region)
    found = bare.aws.client("s3").list_objects_v2(Bucket=bucket)["Contents"]

    assert found
    assert {item["Key"].split("/")[0:2] == ["shop", "dev"] for item in found} == {True}


def test_a_deployment_that_changes_nothing_of_what_it_said_is_no_success(
    mine: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when CloudFormation is handed something else than what was generated."""
    mine.change(BEFORE, AFTER)
    carried: list[object] = []
    monkeypatch.setattr(deployment, "carry_out", lambda *arguments, **_: carried.append(arguments))

    result = mine.run(*DEPLOY)

    assert result.exit_code == 1
    assert len(carried) == 1
    assert "error[not-settled]" in result.stderr
    assert "the same plan is left as was just carried out" in result.stderr
    assert result.stdout.count("json -> text") == 2


def dead() -> lock.Holder:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return replace(lock.this_process(), pid=process.pid, id="dead")


def test_the_locks_of_a_killed_process_go_although_there_is_nothing_to_do(mine: Project) -> None:
    bucket = bootstrap_bucket(mine.aws.account, mine.aws.region)
    killed = dead().to_bytes()
    mine.home.joinpath(".petc/deploy/dev.lock").write_bytes(killed)
    client = mine.aws.client("s3")
    client.put_object(Bucket=bucket, Key="shop/dev/lock.json", Body=killed)

    result = mine.run(*DEPLOY)

    assert result.exit_code == 0
    assert "nothing to do" in result.stdout
    assert "shop/dev/lock.json" not in str(client.list_objects_v2(Bucket=bucket, Prefix="shop/dev/lock"))
    assert mine.home.joinpath(".petc/deploy/dev.lock").read_bytes() == b""


def test_the_lock_of_a_process_that_lives_stays(mine: Project) -> None:
    bucket = bootstrap_bucket(mine.aws.account, mine.aws.region)
    mine.home.joinpath(".petc/deploy/dev.lock").write_bytes(dead().to_bytes())
    client = mine.aws.client("s3")
    other = replace(lock.this_process(), machine="another").to_bytes()
    client.put_object(Bucket=bucket, Key="shop/dev/lock.json", Body=other)

    assert mine.run(*DEPLOY).exit_code == 0
    assert client.get_object(Bucket=bucket, Key="shop/dev/lock.json")["Body"].read() == other


@pytest.mark.parametrize("content", ["[" * 100_000, '{"pid": 99999999999999999999999}', "\x00", ""])
def test_a_lock_object_that_petc_did_not_write_is_somebody_elses(mine: Project, content: str) -> None:
    mine.change(BEFORE, AFTER)
    bucket = bootstrap_bucket(mine.aws.account, mine.aws.region)
    mine.aws.client("s3").put_object(Bucket=bucket, Key="shop/dev/lock.json", Body=content.encode())

    result = mine.run(*DEPLOY)

    assert result.exit_code == 1
    assert "error[stage-held]: stage dev is being deployed by another process" in result.stderr


@pytest.mark.parametrize("what", ["file", "full", "lock"])
def test_without_a_place_for_the_journal_nothing_is_deployed(bare: Project, what: str) -> None:
    folder = bare.home / ".petc" / "deploy"
    shutil.rmtree(folder, ignore_errors=True)
    if what == "file":
        folder.write_text("")
    elif what == "full":
        folder.mkdir()
        (folder / "dev.lock").symlink_to("/dev/full")
    else:
        (folder / "dev.lock").mkdir(parents=True)

    result = bare.run(*DEPLOY)

    assert result.exit_code == 1
    assert "error[deploy-folder-unwritable]" in result.stderr
    assert ".petc/deploy/dev." in result.stderr
    assert "make .petc/deploy a folder" in result.stderr
    assert bare.aws.client("cloudformation").list_stack_sets()["Summaries"] == []


def test_a_journal_that_finds_no_room_midway_stops_and_the_rerun_does_the_rest(bare: Project) -> None:
    """RLIMIT_FSIZE stands for a full disk: both fail in the middle of a line."""
    limited = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)), -1)); "
        "from petc.cli.main import main; main()"
    )
    environment = bare.aws.environment() | {"NO_COLOR": "1"}
    size = 5500
    done = subprocess.run(
        [sys.executable, "-c", limited, str(size), *DEPLOY],
        cwd=bare.home,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    again = bare.run(*DEPLOY)

    assert done.returncode == 1, done.stderr
    assert "error[deploy-folder-unwritable]" in done.stderr
    assert "file too large" in done.stderr
    assert again.exit_code == 0, again.stderr
    assert bare.run(*DEPLOY).stdout.startswith("nothing to do")


def test_a_reason_on_a_terminal_neither_colours_nor_turns_it(bare: Project) -> None:
    reason = "bad \u009b31mEVIL\u009b0m \u202e rtl \u2067"
    bare.aws.faults.fail(logical_id="*", reason=reason, times=1)
    written = on_a_terminal(bare, *DEPLOY)

    assert "EVIL" in written
    assert not {"\u009b", "\u202e", "\u2067"} & set(written)


def test_a_reason_that_no_xml_can_hold_is_read_and_said_by_every_later_command(bare: Project) -> None:
    bare.aws.faults.fail(logical_id="*", reason="bad \x1b[31mEVIL\x07 reason", times=1)

    failed = bare.run(*DEPLOY)
    after = {
        name: bare.run(name, "--stage", "dev").exit_code for name in ("status", "events", "recover", "plan")
    }
    again = bare.run(*DEPLOY)

    assert failed.exit_code == 1
    assert "EVIL" in failed.stderr
    assert "\x1b" not in failed.stderr + failed.stdout
    assert set(after.values()) == {0}
    assert again.exit_code == 0, again.stderr


PAGE = b"<html><head><title>Proxy</title></head><body>Log in</body></html>"


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The URL of a proxy that answers everything with its own page."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(PAGE)))
            self.end_headers()
            self.wfile.write(PAGE)

        do_GET = do_POST = do_HEAD = do_PUT = answer  # noqa: N815

        def log_message(self, *_: object) -> None: ...

    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda seconds: None)
    monkeypatch.setattr(connection_module, "_ATTEMPTS", 1)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


COMMANDS = ("deploy", "plan", "status", "events", "drift", "recover", "destroy", "bootstrap")


def test_a_page_of_a_proxy_ends_every_command_with_a_sentence(empty: Project, page: str) -> None:
    ended = {name: empty.run(name, "--stage", "dev", AWS_ENDPOINT_URL=page) for name in COMMANDS}

    assert {name: result.exit_code for name, result in ended.items()} == dict.fromkeys(COMMANDS, 1)
    assert all("error[aws-unreachable]" in result.stderr for result in ended.values())
    assert not any("Log in" in result.stderr + result.stdout for result in ended.values())


@pytest.mark.parametrize("command", ["status", "events", "recover"])
def test_reasons_that_are_looked_up_are_as_harmless(bare: Project, command: str) -> None:
    bare.aws.faults.fail(logical_id="*", reason="bad \u009b31mEVIL \u202e", times=1)
    assert bare.run(*DEPLOY).exit_code == 1
    written = on_a_terminal(bare, command, "--stage", "dev")

    assert ("EVIL" in written) is (command != "recover")
    assert not {"\u009b", "\u202e"} & set(written)


def on_a_terminal(project: Project, *arguments: str) -> str:
    """Return what a command writes on a terminal of its own."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", "from petc.cli.main import main; main()", *arguments],
        cwd=project.home,
        env=project.aws.environment() | {"TERM": "xterm"},
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    written = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:
            break
        if not part:
            break
        written += part
    os.close(ours)
    process.wait()
    return written.decode()


def test_the_lock_key_is_told_apart_where_joined_names_are_alike() -> None:
    connection = Connection("us-west-2", _account="111111111111")

    assert of_stage(connection, "b", "a-b", "c").key != of_stage(connection, "b", "a", "b-c").key


@pytest.mark.parametrize(
    ("command", "call"),
    [
        (("bootstrap", "--stage", "dev", "--yes"), "CreateChangeSet"),
        (("bootstrap", "--stage", "dev", "--yes"), "ExecuteChangeSet"),
        (DEPLOY, "CreateStackInstances"),
        (DEPLOY, "PutObject"),
    ],
)
def test_a_call_whose_answer_was_lost_is_not_made_twice(
    empty: Project, command: tuple[str, ...], call: str
) -> None:
    if command is DEPLOY:
        assert empty.run("bootstrap", "--stage", "dev", "--yes").exit_code == 0
    empty.aws.faults.drop(after=True, action=call, times=1)
    result = empty.run(*command)
    fired = empty.aws.faults.fired()
    empty.aws.faults.clear()
    client = empty.aws.client("cloudformation")

    assert fired == 1
    assert result.exit_code == 0, result.stderr
    for one in client.list_stack_sets()["Summaries"]:
        operations = client.list_stack_set_operations(StackSetName=one["StackSetName"])["Summaries"]
        assert len(operations) == 1


@pytest.mark.parametrize(
    "command", [("drift", "--stage", "dev"), ("plan", "--stage", "dev", "--change-sets")]
)
def test_a_look_whose_first_answer_was_lost_ends_well(mine: Project, command: tuple[str, ...]) -> None:
    mine.change(BEFORE, AFTER)
    call = "DetectStackSetDrift" if command[0] == "drift" else "CreateChangeSet"
    mine.aws.faults.drop(after=True, action=call, times=1)
    result = mine.run(*command, *(DAY if command[0] == "plan" else ()))

    assert mine.aws.faults.fired() == 1
    assert result.exit_code == 0, result.stderr
