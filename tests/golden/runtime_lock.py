"""Print the part of dev.txt that running petc takes, and setuptools, which builds petc from a commit.

Run by `make lock`, in an environment that was installed from dev.txt.
"""

from __future__ import annotations

import re
import sys
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

LOCK = Path(__file__).parents[2] / "requirements" / "dev.txt"

HEAD = """\
# What petc needs to run, with every version and hash: the part of dev.txt that `make lock` finds to be
# required by petc, and setuptools, with which pip builds petc from a commit.
"""


def blocks(lock: str) -> dict[NormalizedName, str]:
    """Return each requirement of a lock with its hashes, as written, by its normalized name."""
    found = re.findall(r"^[A-Za-z0-9][^\n]*\\\n(?:    --hash=[^\n]*\n?)+", lock, re.MULTILINE)
    return {
        canonicalize_name(re.split(r"[=; ]", block, maxsplit=1)[0]): block.rstrip("\n") for block in found
    }


def closure(name: str) -> set[NormalizedName]:
    """Return the normalized names of all that the installed distribution `name` requires in this Python."""
    seen: set[NormalizedName] = set()
    waiting = [canonicalize_name(name)]
    while waiting:
        current = waiting.pop()
        for line in metadata.requires(current) or ():
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                required = canonicalize_name(requirement.name)
                if required not in seen:
                    seen.add(required)
                    waiting.append(required)
    return seen


def runtime(lock: str) -> str:
    """Return the text of run.txt for the text of dev.txt. Raises `KeyError` for a requirement without a lock."""
    known = blocks(lock)
    names = sorted(closure("petc") | {canonicalize_name("setuptools")})
    return HEAD + "".join(f"{known[name]}\n" for name in names)


if __name__ == "__main__":
    sys.stdout.write(runtime(LOCK.read_text("utf-8")))
