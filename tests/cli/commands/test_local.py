"""What `petc local` prints, where, and its exit status."""

from __future__ import annotations

import json
import os
import shlex
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import boto3
import pytest
from click.testing import CliRunner, Result

from petc.cli.commands.local import folder_of
from petc.cli.main import petc
from petc.cli.views import local_status
from petc.local import installation, process, server_record

TEMPLATE = json.dumps(
    {
        "Resources": {
            "Topic": {"Type": "AWS::SNS::Topic"},
            "Key": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
            "Group": {"Type": "AWS::XRay::Group", "Properties": {"GroupName": "slow"}},
        }
    }
)


@pytest.fixture
def out(tmp_path: Path) -> Iterator[Path]:
    """An output folder, beside which a local AWS may be started."""
    yield tmp_path / "generated"
    process.stop(folder_of(None, tmp_path / "generated"))


def run(out: Path, *arguments: str) -> Result:
    return CliRunner().invoke(petc, ["local", *arguments, "--generated", str(out)], env={"NO_COLOR": "1"})


def told(out: Path, *arguments: str) -> dict[str, object]:
    result = run(out, *arguments, "--format", "json")
    assert result.exit_code == 0
    values = json.loads(result.stdout)
    assert isinstance(values, dict)
    return values


def deploy(out: Path) -> None:
    environment = told(out, "start")["environment"]
    assert isinstance(environment, dict)
    client = boto3.client(
        "cloudformation",
        endpoint_url=environment["AWS_ENDPOINT_URL"],
        region_name=environment["AWS_DEFAULT_REGION"],
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
    )
    client.create_stack(StackName="one", TemplateBody=TEMPLATE)


def test_start_says_where_it_answers_and_how_the_cli_reaches_it(out: Path) -> None:
    result = run(out, "start", "--account", "111122223333", "--region", "eu-west-1")
    server = process.running(folder_of(None, out))

    assert result.exit_code == 0
    assert server is not None
    assert f"the local AWS answers at {server.endpoint}, process {server.pid}" in result.stdout
    assert f"  export AWS_ENDPOINT_URL={server.endpoint}\n" in result.stdout
    assert "  export AWS_ACCESS_KEY_ID=111122223333\n" in result.stdout
    assert "  export AWS_DEFAULT_REGION=eu-west-1\n" in result.stdout


def test_a_second_start_says_the_same(out: Path) -> None:
    assert run(out, "start").stdout == run(out, "start").stdout


def test_the_folder_stands_beside_the_output_whatever_the_working_directory(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(out.parent)

    assert folder_of(None, Path("generated")) == out.parent / ".petc" / "local"


@pytest.mark.parametrize("account", ["12345678901", "12345678901x", "١٢٣٤٥٦٧٨٩٠١٢"])
def test_an_account_that_is_none_is_wrong_usage(out: Path, account: str) -> None:
    result = run(out, "start", "--account", account)

    assert result.exit_code == 2
    assert "is not a number of 12 digits" in result.output


def test_status_of_what_does_not_run_is_no_fault(out: Path) -> None:
    result = run(out, "status")

    assert result.exit_code == 0
    assert result.stdout == "the local AWS is not running\n"
    assert told(out, "status") == {"running": False}


def test_status_counts_resources_by_how_real_they_are(out: Path) -> None:
    deploy(out)
    result = run(out, "status")
    lines = [line.split() for line in result.stdout.splitlines()]

    assert result.exit_code == 0
    assert "1 stack, 0 stack sets" in result.stdout
    assert ["1", "AWS::SNS::Topic", "runs"] in [line[:3] for line in lines]
    assert ["1", "AWS::EC2::VPC", "answers"] in [line[:3] for line in lines]
    assert ["1", "AWS::XRay::Group", "recorded"] in [line[:3] for line in lines]
    assert [line[:2] for line in lines[-3:]] == [["1", "runs"], ["1", "answers"], ["1", "recorded"]]
    assert "recorded  is written down and not deployed" in result.stdout


def test_status_for_machines_has_the_same_numbers(out: Path) -> None:
    deploy(out)
    values = told(out, "status")

    assert values["running"] is True
    assert values["totals"] == {"runs": 1, "answers": 1, "recorded": 1}


def test_stop_ends_it_and_says_so(out: Path) -> None:
    run(out, "start")
    result = run(out, "stop")

    assert result.exit_code == 0
    assert result.stdout.startswith("stopped process ")
    assert run(out, "stop").stdout == "the local AWS was not running\n"


def test_reset_deletes_what_was_deployed_and_leaves_it_stopped(out: Path) -> None:
    deploy(out)
    result = run(out, "reset")

    assert result.exit_code == 0
    assert result.stdout.startswith("deleted ")
    assert told(out, "status") == {"running": False}
    assert run(out, "reset").stdout == "there was nothing to delete\n"


def test_a_server_that_was_killed_is_told_once(out: Path) -> None:
    run(out, "start")
    server = process.running(folder_of(None, out))
    assert server is not None
    os.kill(server.pid, signal.SIGKILL)
    while server.lives:
        time.sleep(0.01)
    first, second = run(out, "status"), run(out, "status")

    assert "note[local-stale-record]" in first.stderr.replace(" ", "").replace("note:", "note")
    assert second.stderr == ""


def test_what_is_missing_is_told_with_the_way_out(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installation, "version", lambda: None)
    result = run(out, "start")

    assert result.exit_code == 1
    assert "local-not-installed" in result.stderr
    assert "pip install ministack==" in result.stderr
    assert result.stdout == ""


def test_a_refusal_for_machines_is_json(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installation, "version", lambda: None)
    result = run(out, "start", "--format", "json")

    assert result.exit_code == 1
    assert "local-not-installed" in json.dumps(json.loads(result.stdout))


def test_a_server_that_hangs_is_told_and_can_be_stopped(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(out, "start")
    server = process.running(folder_of(None, out))
    assert server is not None
    monkeypatch.setattr("petc.cli.views.local_status.PATIENCE_S", 0.3)
    monkeypatch.setattr(process, "_STOP_S", 0.3)
    os.kill(server.pid, signal.SIGSTOP)
    status, stop = run(out, "status"), run(out, "stop")

    assert status.exit_code == 1
    assert "local-silent" in status.stderr
    assert stop.exit_code == 0
    assert not server.lives


def test_accounts_join_a_unit_and_stay_in_it(out: Path) -> None:
    joined = run(out, "join", "222222222222", "333333333333", "--unit", "ou-abcd-11112222")
    run(out, "stop")
    environment = told(out, "start")["environment"]
    assert isinstance(environment, dict)
    client = boto3.client(
        "organizations",
        endpoint_url=environment["AWS_ENDPOINT_URL"],
        region_name="us-east-1",
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
    )
    found = client.list_accounts_for_parent(ParentId="ou-abcd-11112222")["Accounts"]

    assert joined.stdout.endswith("holds 222222222222, 333333333333\n")
    assert sorted(account["Id"] for account in found) == ["222222222222", "333333333333"]


def test_what_is_no_id_of_a_unit_is_wrong_usage(out: Path) -> None:
    result = run(out, "join", "222222222222", "--unit", "members")

    assert result.exit_code == 2
    assert "members is no id of an organizational unit, such as ou-abcd-11112222" in result.stderr


DAMAGED = ["[" * 100_000, '{"pid": 1}', '{"pid": 99999999999999999999999}', '{"pid"', "\0", "null"]


@pytest.mark.parametrize("text", DAMAGED)
@pytest.mark.parametrize("action", ["status", "stop", "reset", "start"])
def test_a_damaged_record_is_no_fault_of_petc(out: Path, text: str, action: str) -> None:
    folder = folder_of(None, out)
    folder.mkdir(parents=True)
    for name in ("server.json", "last.json"):
        (folder / name).write_text(text, "utf-8")
    result = run(out, action)

    assert result.exit_code == 0, result.output
    assert action == "reset" or "local-damaged-record" in result.stderr


@pytest.mark.parametrize("text", DAMAGED)
def test_a_damaged_version_of_the_state_is_told(out: Path, text: str) -> None:
    folder = folder_of(None, out)
    (folder / "state").mkdir(parents=True)
    (folder / "state" / "state.json").write_text("{}", "utf-8")
    (folder / "state" / "version.json").write_text(text, "utf-8")
    result = run(out, "start")

    assert result.exit_code == 1
    assert "local-state-version" in result.stderr


def elsewhere(*arguments: str) -> Result:
    """Run petc without naming an output."""
    return CliRunner().invoke(petc, ["local", *arguments], env={"NO_COLOR": "1"})


def test_stop_finds_the_server_that_was_started_for_another_output_of_the_project(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(out.parent)
    nested = out.parent / "build" / "generated"
    run(nested, "start")
    server = process.running(folder_of(None, nested))
    assert server is not None
    result = elsewhere("stop")

    assert result.exit_code == 0
    assert result.stdout == f"stopped process {server.pid}, the local AWS of {nested.parent}\n"
    assert not server.lives


def test_stop_from_a_folder_within_the_project_finds_its_server(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(out, "start")
    (out.parent / "deep" / "er").mkdir(parents=True)
    monkeypatch.chdir(out.parent / "deep" / "er")

    assert elsewhere("stop").stdout.startswith("stopped process ")


def test_stop_from_elsewhere_names_what_runs_and_how_to_stop_it(
    out: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(out, "start")
    server = process.running(folder_of(None, out))
    assert server is not None
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    result = elsewhere("stop")
    (line,) = (line for line in result.stderr.splitlines() if f"process {server.pid} " in line)
    command = shlex.split(line.partition("petc ")[2])

    assert result.exit_code == 0
    assert result.stdout == "the local AWS was not running\n"
    assert server.lives
    assert CliRunner().invoke(petc, command).exit_code == 0
    assert not server.lives


def test_stop_does_not_choose_between_two_servers(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(out.parent)
    places = [out.parent / name / "generated" for name in ("one", "two")]
    for place in places:
        run(place, "start")
    result = elsewhere("stop")
    for place in places:
        assert run(place, "stop").stdout.startswith("stopped process ")

    assert result.stdout == "the local AWS was not running\n"
    assert result.stderr.count("petc local stop --generated") >= 2


def test_all_and_a_folder_do_not_go_together(out: Path) -> None:
    assert run(out, "stop", "--all").exit_code == 2


def test_status_shows_no_control_characters_of_what_is_deployed(out: Path) -> None:
    run(out, "start")
    server = process.running(folder_of(None, out))
    assert server is not None
    held = {
        "types": [{"count": 1, "type": "A\x1b[31m\x9b\u202e", "standing": "x\n", "reason": "\x07"}, {}, 3],
        "totals": {"runs": "\x1b]0;x"},
        "simulated": "\x1b",
        "stacks": None,
    }
    shown = local_status.text(server, held)

    assert all(sign.isprintable() or sign == "\n" for sign in shown)
    assert "A\\x1b[31m" in shown or "\\u{1b}" in shown or "<U+001B>" in shown


@pytest.mark.parametrize(
    "answer", [b"[" * 200_000, b"{}", b"[]", b"\xff", b'{"types": {"a": 1}, "totals": []}']
)
def test_an_answer_that_makes_no_sense_is_no_fault_of_petc(
    out: Path, monkeypatch: pytest.MonkeyPatch, answer: bytes
) -> None:
    run(out, "start")
    server = process.running(folder_of(None, out))
    assert server is not None

    class Other(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            return

    other = ThreadingHTTPServer(("127.0.0.1", 0), Other)
    threading.Thread(target=other.serve_forever, daemon=True).start()
    server_record.write(replace(server, port=other.server_address[1]))
    result = run(out, "status")
    server_record.write(server)
    other.shutdown()
    other.server_close()

    assert result.exit_code in (0, 1), result.output
