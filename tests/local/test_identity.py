from __future__ import annotations

import os
import subprocess
import sys

from petc.local import identity


def test_a_process_is_born_once() -> None:
    assert identity.birth(os.getpid()) is not None
    assert identity.birth(os.getpid()) == identity.birth(os.getpid())


def test_two_processes_are_told_apart() -> None:
    child = subprocess.Popen((sys.executable, "-c", "input()"), stdin=subprocess.PIPE)
    born = identity.birth(child.pid)
    child.communicate(b"\n")

    assert born != identity.birth(os.getpid())


def test_a_process_that_ended_and_is_not_waited_for_is_none() -> None:
    child = subprocess.Popen((sys.executable, "-c", ""), stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.read()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    born = identity.birth(child.pid)
    child.wait()

    assert born is None
    assert identity.birth(child.pid) is None


def test_ps_tells_the_same_where_there_is_no_proc() -> None:
    assert identity._from_ps(os.getpid())
    assert identity._from_ps(os.getpid()) == identity._from_ps(os.getpid())
    assert identity._from_ps(2**22 - 1) is None
