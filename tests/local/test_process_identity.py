from __future__ import annotations

import os
import subprocess
import sys

from petc.local import process_identity


def test_a_process_is_born_once() -> None:
    assert process_identity.birth(os.getpid()) is not None
    assert process_identity.birth(os.getpid()) == process_identity.birth(os.getpid())


def test_two_processes_are_told_apart() -> None:
    child = subprocess.Popen((sys.executable, "-c", "input()"), stdin=subprocess.PIPE)
    born = process_identity.birth(child.pid)
    child.communicate(b"\n")

    assert born != process_identity.birth(os.getpid())


def test_a_process_that_ended_and_is_not_waited_for_is_none() -> None:
    child = subprocess.Popen((sys.executable, "-c", ""), stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.read()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    born = process_identity.birth(child.pid)
    child.wait()

    assert born is None
    assert process_identity.birth(child.pid) is None


def test_ps_tells_the_same_where_there_is_no_proc() -> None:
    assert process_identity._from_ps(os.getpid())
    assert process_identity._from_ps(os.getpid()) == process_identity._from_ps(os.getpid())
    assert process_identity._from_ps(2**22 - 1) is None
