from __future__ import annotations

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import boto3
import pytest

from petc.diagnostics import Rejected
from petc.local import (
    folder_layout,
    installation,
    launch,
    previous_start,
    process,
    process_identity,
    server_record,
)
from petc.local.access import access, laid_over
from petc.local.previous_start import Last
from petc.local.server_record import Running

ACCOUNT, REGION = "111122223333", "eu-west-1"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder whose server is ended after the test."""
    place = tmp_path / ".petc" / "local"
    yield place
    process.stop(place)


def start(folder: Path) -> Running:
    return process.start(folder, account=ACCOUNT, region=REGION)


def refused(folder: Path) -> str:
    with pytest.raises(Rejected) as rejected:
        start(folder)
    return str(rejected.value)


def is_open(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def bystander() -> subprocess.Popen[bytes]:
    return subprocess.Popen((sys.executable, "-c", "import time; time.sleep(60)"))


def test_a_started_server_answers_and_is_found(folder: Path) -> None:
    server = start(folder)

    assert launch.answers(server)
    assert process.running(folder) == server
    assert (server.account, server.region) == (ACCOUNT, REGION)
    assert server.endpoint == f"http://127.0.0.1:{server.port}"


def test_a_second_start_finds_the_first(folder: Path) -> None:
    assert start(folder) == start(folder)


def test_two_starts_at_once_give_one_server(folder: Path) -> None:
    found: list[Running] = []
    threads = [threading.Thread(target=lambda: found.append(start(folder))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 2
    assert found[0] == found[1]


def test_a_start_in_two_processes_at_once_gives_one_server(folder: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from petc.local import process;"
        "print(process.start(Path(sys.argv[1])).pid)"
    )
    starts = [
        subprocess.Popen((sys.executable, "-c", code, str(folder)), stdout=subprocess.PIPE) for _ in range(2)
    ]
    pids = {start.communicate()[0].strip() for start in starts}

    assert len(pids) == 1
    assert pids != {b""}


def test_a_server_outlives_the_session_that_started_it(folder: Path) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path; from petc.local import process;"
        "process.start(Path(sys.argv[1])); os.killpg(0, signal.SIGHUP)"
    )
    done = subprocess.run((sys.executable, "-c", code, str(folder)), start_new_session=True, check=False)
    server = process.running(folder)

    assert done.returncode == -signal.SIGHUP
    assert server is not None
    assert launch.answers(server)


def test_another_account_or_region_starts_the_server_anew_on_the_same_port(folder: Path) -> None:
    first = start(folder)
    second = process.start(folder, account=ACCOUNT, region="eu-west-2")

    assert not first.lives
    assert (second.account, second.region, second.port) == (ACCOUNT, "eu-west-2", first.port)


def test_a_start_that_names_nothing_takes_what_the_last_one_named(folder: Path) -> None:
    first = start(folder)
    process.stop(folder)
    second = process.start(folder)

    assert second.pid != first.pid
    assert (second.account, second.region, second.port) == (first.account, first.region, first.port)


def test_a_port_that_is_taken_meanwhile_is_left_to_its_owner(folder: Path) -> None:
    first = start(folder)
    process.stop(folder)
    with socket.create_server(("127.0.0.1", first.port)):
        second = start(folder)

        assert second.port != first.port
        assert launch.answers(second)


def test_stop_ends_the_process_and_leaves_no_record(folder: Path) -> None:
    server = start(folder)

    assert process.stop(folder) == server
    assert process_identity.birth(server.pid) is None
    assert process.running(folder) is None
    assert process.stop(folder) is None


def test_a_server_that_does_not_listen_to_the_signal_is_killed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "_STOP_S", 0.3)
    server = start(folder)
    os.kill(server.pid, signal.SIGSTOP)
    process.stop(folder)

    assert process_identity.birth(server.pid) is None


def test_a_stopped_process_is_waited_for_and_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = start(folder)
    os.kill(server.pid, signal.SIGSTOP)
    monkeypatch.setattr(launch, "START_S", time.time() - server.started + 0.5)
    said = refused(folder)
    os.kill(server.pid, signal.SIGCONT)

    assert said == f"local-silent: the local AWS, process {server.pid}, runs and does not answer"


def test_a_process_that_got_the_number_of_a_dead_server_is_left_alone(folder: Path) -> None:
    server = start(folder)
    process.stop(folder)
    other = bystander()
    server_record.write(replace(server, pid=other.pid))
    stopped = process.stop(folder)
    alive = other.poll() is None
    other.kill()
    other.wait()

    assert stopped is None
    assert alive
    assert server_record.read(folder) is None


def test_the_record_of_a_killed_server_is_removed_and_told(folder: Path) -> None:
    server = start(folder)
    os.kill(server.pid, signal.SIGKILL)
    while server.lives:
        time.sleep(0.01)
    told = process.clean(folder)

    assert [item.code for item in told] == ["local-stale-record"]
    assert process.clean(folder) == ()
    assert start(folder).pid != server.pid


def test_reset_ends_the_server_and_deletes_its_folder(folder: Path) -> None:
    server = start(folder)
    process.reset(folder)

    assert not server.lives
    assert not folder.exists()
    assert process.reset(folder) is None


def test_a_server_whose_folder_is_deleted_ends_by_itself(folder: Path) -> None:
    server = start(folder)
    shutil.rmtree(folder)
    deadline = time.monotonic() + 10
    while server.lives and time.monotonic() < deadline:
        time.sleep(0.05)

    assert not server.lives
    assert not folder.exists()


def test_a_server_leaves_a_folder_that_another_one_has_begun_anew(folder: Path) -> None:
    first = start(folder)
    shutil.rmtree(folder)
    second = start(folder)
    deadline = time.monotonic() + 10
    while first.lives and time.monotonic() < deadline:
        time.sleep(0.05)

    assert not first.lives
    assert second.lives
    assert process.running(folder) == second
    assert not folder_layout.state(folder).exists()


def test_a_server_that_dies_at_its_start_is_told_with_its_last_words(folder: Path) -> None:
    start(folder)
    process.stop(folder)
    folder_layout.state(folder).write_text("{ torn", "utf-8")
    said = refused(folder)

    assert said.startswith("local-start-failed: the local AWS ended with status 1 while it started:\n")
    assert "JSONDecodeError" in said


def test_state_of_another_version_is_refused_before_anything_starts(folder: Path) -> None:
    start(folder)
    process.stop(folder)
    version = folder_layout.version(folder)
    version.write_text(version.read_text("utf-8").replace(installation.MINISTACK, "1.0.0"), "utf-8")

    assert refused(folder).startswith("local-state-version: ")
    assert server_record.read(folder) is None


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")

    assert refused(tmp_path / "file" / "local").startswith("local-unwritable: ")


def test_without_the_library_nothing_starts(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installation, "version", lambda: None)

    assert refused(folder) == "local-not-installed: the local AWS needs MiniStack, which is not installed"
    assert not folder.exists()


def test_a_second_server_for_the_same_folder_gives_up(folder: Path) -> None:
    server = start(folder)
    done = subprocess.run(
        (
            *(sys.executable, "-m", "petc_local.server", "--folder", str(folder)),
            *("--account", ACCOUNT, "--region", REGION),
        ),
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )

    assert done.returncode == 1
    assert done.stderr == f"another server has {folder}\n"
    assert process.running(folder) == server


def test_a_long_log_is_put_aside(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "_LOG_LIMIT", 10)
    folder.mkdir(parents=True)
    folder_layout.log(folder).write_text("what an earlier server said\n", "utf-8")
    start(folder)

    assert (folder / "server.log.1").read_text("utf-8") == "what an earlier server said\n"
    assert "earlier" not in folder_layout.log(folder).read_text("utf-8")


@pytest.mark.parametrize(
    "text",
    [
        '{"port": 1',
        "[" * 100_000,
        '{"port": 1e999, "account": "123456789012", "region": "us-east-1"}',
        '{"port": 65536, "account": "123456789012", "region": "us-east-1"}',
        '{"port": 0, "account": "--help", "region": "us-east-1"}',
        '{"port": 0, "account": "123456789012", "region": "us\\u009beast"}',
    ],
)
def test_a_torn_choice_of_the_last_start_reads_like_none(folder: Path, text: str) -> None:
    folder.mkdir(parents=True)
    folder_layout.last(folder).write_text(text, "utf-8")

    assert previous_start.read(folder) == Last()


def modes(folder: Path) -> dict[str, int]:
    """Return the modes of all in a folder that are open to others."""
    found = [folder, *folder.rglob("*")]
    return {str(path): mode for path in found if (mode := stat.S_IMODE(path.lstat().st_mode)) & 0o077}


def test_all_that_is_kept_is_for_its_owner_only(folder: Path) -> None:
    server = start(folder)
    client = boto3.client(
        "s3",
        endpoint_url=server.endpoint,
        region_name=REGION,
        aws_access_key_id=ACCOUNT,
        aws_secret_access_key="local",
    )
    client.create_bucket(Bucket="secrets", CreateBucketConfiguration={"LocationConstraint": REGION})
    client.put_object(Bucket="secrets", Key="a/b", Body=b"secret")
    process.stop(folder)

    assert folder_layout.state(folder).exists()
    assert any(path.is_file() for path in folder_layout.objects(folder).rglob("*"))
    assert modes(folder) == {}


def test_what_an_earlier_version_left_open_is_closed(folder: Path, tmp_path: Path) -> None:
    start(folder)
    process.stop(folder)
    (folder_layout.objects(folder) / "bucket").mkdir(parents=True, exist_ok=True)
    (folder_layout.objects(folder) / "bucket" / "key").write_text("secret", "utf-8")
    outside = tmp_path / "outside"
    outside.write_text("of somebody", "utf-8")
    outside.chmod(0o644)
    (folder / "link").symlink_to(outside)
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() else 0o644)
    start(folder)

    assert modes(folder).keys() <= {str(folder / "link")}
    assert stat.S_IMODE(outside.stat().st_mode) == 0o644


def test_a_folder_keeps_its_mark_and_a_copy_has_another(folder: Path, tmp_path: Path) -> None:
    first = start(folder)
    process.stop(folder)
    copy = tmp_path / "copy" / ".petc" / "local"
    shutil.copytree(folder, copy)
    second, other = start(folder), process.start(copy)
    process.stop(copy)

    assert first.mark == second.mark != other.mark
    assert first.mark.startswith("petc-local-")


def test_a_client_does_not_go_on_with_the_server_of_a_copy(folder: Path, tmp_path: Path) -> None:
    """A deployment speaks to a server that is killed, and another checkout's server takes its port."""
    server = start(folder)
    environment = laid_over(os.environ, access(server))
    copy = tmp_path / "copy" / ".petc" / "local"
    shutil.copytree(folder, copy)
    os.kill(server.pid, signal.SIGKILL)
    while server.lives:
        time.sleep(0.01)
    # Its threads may end after its main thread, and hold the port until then.
    while is_open(server.port):
        time.sleep(0.01)
    server_record.remove(copy)
    other = process.start(copy)
    code = "import boto3; boto3.client('sns').create_topic(Name='news')"
    done = subprocess.run(
        (sys.executable, "-c", code), env=environment, capture_output=True, text=True, check=False
    )
    topics = boto3.client(
        "sns",
        endpoint_url=other.endpoint,
        region_name=REGION,
        aws_access_key_id=ACCOUNT,
        aws_secret_access_key="local",
    ).list_topics()["Topics"]
    process.stop(copy)

    assert other.port == server.port
    assert "LocalAwsMismatch" in done.stderr
    assert topics == []


def test_a_server_of_a_version_without_marks_is_started_anew(folder: Path) -> None:
    first = start(folder)
    server_record.write(replace(first, mark=""))
    second = start(folder)

    assert not first.lives
    assert second.mark


def test_a_damaged_record_is_removed_and_told(folder: Path) -> None:
    folder.mkdir(parents=True)
    folder_layout.record(folder).write_text("[" * 100_000, "utf-8")

    assert process.stop(folder) is None
    assert [item.code for item in process.clean(folder)] == []


def test_a_record_that_is_told_once(folder: Path) -> None:
    folder.mkdir(parents=True)
    folder_layout.record(folder).write_text("{", "utf-8")

    assert [item.code for item in process.clean(folder)] == ["local-damaged-record"]
    assert process.clean(folder) == ()
