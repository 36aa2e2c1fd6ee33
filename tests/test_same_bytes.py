"""Same input, same bytes, whatever the hash seed and the time zone; .ci/same-bytes compares the Pythons."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from tests import specs

COMPILE = (
    "import sys; sys.argv = ['petc', 'compile', '--no-lint', '--out', sys.argv[1]]; "
    "from petc.cli import main; main()"
)


def digest_of(folder: Path) -> str:
    """Return one digest over the names and contents of a folder."""
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and ".petc" not in path.parts:
            total.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def compiled(out: Path, seed: str) -> str:
    """Compile the reference spec in a process of its own, and return the digest of what came out."""
    environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": "Asia/Seoul" if seed == "7" else "UTC"}
    subprocess.run(
        [sys.executable, "-c", COMPILE, str(out)],
        cwd=specs.ROOT,
        env=environment,
        check=True,
        capture_output=True,
    )
    return digest_of(out)


def test_three_hash_seeds_and_two_time_zones(tmp_path: Path) -> None:
    """Sets and clocks leave no trace."""
    digests = {compiled(tmp_path / seed / "out", seed) for seed in ("0", "1", "7")}

    assert len(digests) == 1
