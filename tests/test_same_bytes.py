"""Same input, same bytes: on every Python that petc supports, and whatever the hash seed is."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

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


def compiled(python: str, out: Path, seed: str, libraries: str = "") -> str:
    """Compile the reference spec in a process of its own, and return the digest of what came out."""
    environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": "Asia/Seoul" if seed == "7" else "UTC"}
    if libraries:
        environment["PYTHONPATH"] = libraries
    subprocess.run(
        [python, "-c", COMPILE, str(out)], cwd=specs.ROOT, env=environment, check=True, capture_output=True
    )
    return digest_of(out)


def test_three_hash_seeds_and_two_time_zones(tmp_path: Path) -> None:
    """Sets and clocks leave no trace."""
    digests = {compiled(sys.executable, tmp_path / seed / "out", seed) for seed in ("0", "1", "7")}

    assert len(digests) == 1


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_other_pythons(version: str, tmp_path: Path) -> None:
    """The same bytes under each Python that is installed here; CI compares them all."""
    python = shutil.which(f"python{version}")
    if python is None or subprocess.run([python, "--version"], capture_output=True).returncode:
        pytest.skip(f"python{version} is not installed; .github/workflows/ci.yml compares all three")
    environment = tmp_path / "venv"
    subprocess.run([python, "-m", "venv", "--without-pip", str(environment)], check=True, capture_output=True)
    site = next(Path(sys.prefix).glob("lib/python3*/site-packages"))
    pure = tmp_path / "pure"
    pure.mkdir()
    # Only what compile needs, and only what has no compiled part: jsonschema's rpds is compiled for one Python.
    probe = "import troposphere, awacs, yaml, click, jsonschema"
    libraries = os.pathsep.join((str(specs.ROOT / "compiler"), str(site)))
    ready = subprocess.run(
        [str(environment / "bin" / "python"), "-c", probe],
        env={**os.environ, "PYTHONPATH": libraries},
        capture_output=True,
    )
    if ready.returncode:
        pytest.skip(
            f"the libraries of this environment do not load under python{version}; see .ci/same-bytes"
        )
    assert compiled(sys.executable, tmp_path / "a" / "out", "0") == compiled(
        str(environment / "bin" / "python"), tmp_path / "b" / "out", "0", libraries
    )
