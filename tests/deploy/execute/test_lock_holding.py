"""Two deployments of one stage: the second waits or stops, and knows for whom."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from petc.deploy.aws.connection import Connection
from petc.deploy.aws.exclusive_object import LockObject, of_stage
from petc.deploy.execute import lock
from petc.deploy.execute.events import Event, Noted, Waiting, silent
from petc.diagnostics import Rejected
from tests.petc_local.running import LocalAws

BUCKET = "locks-of-tests"


@dataclass(frozen=True, slots=True)
class Quick:
    """A clock that hardly waits."""

    def monotonic(self) -> float:
        return 0.0

    def sleep(self, seconds: float) -> None:
        threading.Event().wait(0.05)


@pytest.fixture
def machine_lock(aws: LocalAws) -> Iterator[LockObject]:
    bucket = f"{BUCKET}-{aws.account}"
    place = {"LocationConstraint": aws.region}
    aws.client("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration=place)
    yield of_stage(Connection(aws.region), bucket, "shop", "dev")


def dead() -> lock.Holder:
    """Return a process of this machine that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return replace(lock.this_process(), pid=process.pid, id="dead")


def elsewhere() -> lock.Holder:
    return replace(lock.this_process(), user="alice", host="build-3", machine="another", pid=4711, id="e")


def test_a_second_process_on_this_machine_is_told_who_was_first(tmp_path: Path) -> None:
    with (
        lock.here(tmp_path, "dev", silent),
        pytest.raises(Rejected, match=f"process {os.getpid()}") as caught,
        lock.here(tmp_path, "dev", silent),
    ):
        pass

    assert caught.value.diagnostics[0].code == "stage-held"


def test_stages_do_not_hold_each_other(tmp_path: Path) -> None:
    with lock.here(tmp_path, "dev", silent), lock.here(tmp_path, "prod", silent):
        pass


def test_a_stage_is_free_after_the_process_that_held_it_was_killed(tmp_path: Path) -> None:
    program = (
        "import sys, time, pathlib\n"
        "from petc.deploy.execute import lock\n"
        "from petc.deploy.execute.events import silent\n"
        f"with lock.here(pathlib.Path({str(tmp_path)!r}), 'dev', silent):\n"
        "    print('held', flush=True)\n"
        "    time.sleep(60)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    with pytest.raises(Rejected), lock.here(tmp_path, "dev", silent):
        pass
    process.kill()
    process.wait()

    with lock.here(tmp_path, "dev", silent):
        pass


def test_who_waits_is_told_for_whom_and_goes_on_when_the_stage_is_free(tmp_path: Path) -> None:
    told: list[Event] = []
    first = lock.here(tmp_path, "dev", silent)
    first.__enter__()

    def note(event: Event, /) -> None:
        told.append(event)
        if len(told) == 2:
            first.__exit__(None, None, None)

    with lock.here(tmp_path, "dev", note, wait=True, clock=Quick()):
        pass

    assert isinstance(told[0], Waiting)
    assert f"process {os.getpid()}" in told[0].reason


def test_a_second_machine_is_told_who_was_first(machine_lock: LockObject) -> None:
    assert machine_lock.take(elsewhere().to_bytes())

    with pytest.raises(Rejected) as caught, lock.everywhere(machine_lock, "dev", silent):
        pass

    assert "alice on build-3 (process 4711) since " in caught.value.diagnostics[0].message


def test_a_stage_is_free_for_other_machines_afterwards(machine_lock: LockObject) -> None:
    with lock.everywhere(machine_lock, "dev", silent):
        assert machine_lock.look() is not None

    assert machine_lock.look() is None


def test_the_lock_of_a_dead_process_of_this_machine_is_taken_over(machine_lock: LockObject) -> None:
    machine_lock.take(dead().to_bytes())

    with lock.everywhere(machine_lock, "dev", silent) as held:
        lying = machine_lock.look()

    assert lying is not None
    assert lock.of_bytes(lying.content) == held.me


def test_a_dead_process_of_another_machine_is_not_known_to_be_dead(machine_lock: LockObject) -> None:
    machine_lock.take(replace(dead(), machine="another").to_bytes())

    with pytest.raises(Rejected), lock.everywhere(machine_lock, "dev", silent):
        pass


def test_a_lock_without_a_sign_of_life_is_taken_over(
    machine_lock: LockObject, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine_lock.take(elsewhere().to_bytes())
    monkeypatch.setattr(lock, "STALE_SECONDS", 0.0)

    with lock.everywhere(machine_lock, "dev", silent) as held:
        lying = machine_lock.look()

    assert lying is not None
    assert lock.of_bytes(lying.content) == held.me


def test_a_lock_is_renewed_while_it_is_held(machine_lock: LockObject) -> None:
    with lock.everywhere(machine_lock, "dev", silent, beat=0.05) as held:
        first = machine_lock.look()
        threading.Event().wait(1.0)
        later = machine_lock.look()
        held.check()

    assert first is not None
    assert later is not None
    assert first.mark != later.mark
    assert machine_lock.look() is None


def test_a_renewal_on_its_way_at_the_end_leaves_no_lock_behind(
    aws: LocalAws, machine_lock: LockObject
) -> None:
    with lock.everywhere(machine_lock, "dev", silent, beat=60.0) as held:
        aws.faults.delay(0.5, after=True, service="s3", action="PutObject", times=1)
        renewal = threading.Thread(target=held.renew)
        renewal.start()
        threading.Event().wait(0.25)
    renewal.join()

    assert aws.faults.fired() == 1
    assert machine_lock.look() is None


def test_a_holder_whose_lock_was_taken_over_begins_nothing_more(machine_lock: LockObject) -> None:
    with lock.everywhere(machine_lock, "dev", silent) as held:
        lying = machine_lock.look()
        assert lying is not None
        machine_lock.renew(elsewhere().to_bytes(), lying.mark)
        held.renew()

        with pytest.raises(Rejected, match="took over"):
            held.check()

    assert machine_lock.look() is not None


def test_a_lock_whose_answer_was_lost_is_ours(aws: LocalAws, machine_lock: LockObject) -> None:
    aws.faults.drop(after=True, service="s3", times=1)

    with lock.everywhere(machine_lock, "dev", silent):
        assert aws.faults.fired() == 1


def test_without_a_bucket_there_is_no_lock_between_machines(aws: LocalAws) -> None:
    machine_lock = of_stage(Connection(aws.region), "no-such-bucket-here", "shop", "dev")

    told: list[Event] = []

    with lock.among_machines(machine_lock, "dev", told.append) as check:
        check()

    assert any(isinstance(event, Noted) and "artifact bucket" in event.message for event in told)


@pytest.mark.parametrize("content", [b"", b"null", b"[]", b'{"pid": 1}', b"\xff", b"[" * 100_000])
def test_what_is_no_holder_is_not_read_as_one(content: bytes) -> None:
    assert lock.of_bytes(content) is None


@pytest.mark.parametrize("pid", [2**31, 2**63, 2**200, 0, -1])
def test_a_process_id_that_can_be_none_is_dead(pid: int) -> None:
    """0 and below name groups of processes, which a lock never does (kill(2))."""
    assert replace(lock.this_process(), pid=pid).is_dead


def test_petc_deploys_on_a_system_that_locks_no_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "fcntl", None)
    told: list[Event] = []
    with lock.here(tmp_path, "dev", told.append):
        pass

    assert [event.message for event in told if isinstance(event, Noted)] == [
        "this system locks no files: run one petc at a time in this folder"
    ]


def test_every_command_is_imported_without_posix() -> None:
    """Windows has none of these modules, and no SIGHUP."""
    script = (
        "import signal, sys\n"
        "for name in ('fcntl', 'pwd', 'grp', 'resource', 'termios', 'pty', 'tty'): sys.modules[name] = None\n"
        "from petc.deploy.execute import lock, run, signals\n"
        "from petc.cli.main import COMMANDS, petc\n"
        "assert all(petc.get_command(None, name) for name in COMMANDS if name != 'local')\n"
        "assert lock.fcntl is None\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

    assert done.stderr == ""


@pytest.mark.parametrize("how", ["link", "folder"])
def test_a_lock_file_that_is_none_is_refused_and_left_alone(tmp_path: Path, how: str) -> None:
    other = tmp_path / "other"
    other.write_text("precious")
    if how == "link":
        (tmp_path / "dev.lock").symlink_to(other)
    else:
        (tmp_path / "dev.lock").mkdir()

    with pytest.raises(Rejected) as caught, lock.here(tmp_path, "dev", silent):
        pass

    assert caught.value.diagnostics[0].code == "deploy-folder-unwritable"
    assert other.read_text() == "precious"
