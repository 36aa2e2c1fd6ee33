"""A holder that is known to be dead."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from petc.deploy.execute.lock import this_process


def test_this_process_is_alive() -> None:
    assert not this_process().is_dead


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="zombies are told by /proc")
def test_a_killed_process_is_dead_before_its_parent_has_noticed() -> None:
    with subprocess.Popen((sys.executable, "-c", "import time; time.sleep(60)")) as child:
        alive = replace(this_process(), pid=child.pid).is_dead
        child.kill()
        deadline = time.monotonic() + 10
        while not (dead := replace(this_process(), pid=child.pid).is_dead) and time.monotonic() < deadline:
            time.sleep(0.01)

    assert (alive, dead) == (False, True)
