from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from petc_local import owned_file

OWNS = """
import sys
from pathlib import Path
from petc_local import owned_file
with owned_file.owned(Path(sys.argv[1])) as alone:
    print(alone)
"""


def owned_elsewhere(path: Path) -> bool:
    done = subprocess.run((sys.executable, "-c", OWNS, str(path)), capture_output=True, text=True, check=True)
    return done.stdout.strip() == "True"


def test_one_process_owns_a_file_at_a_time(tmp_path: Path) -> None:
    with owned_file.owned(tmp_path / "lock") as alone:
        elsewhere = owned_elsewhere(tmp_path / "lock")

    assert alone
    assert not elsewhere
    assert owned_elsewhere(tmp_path / "lock")
