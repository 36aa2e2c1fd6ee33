"""Whether git tracks a file: then it came, or may come, from somebody else's commit."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

_SECONDS = 10.0


def is_tracked(path: Path) -> bool:
    """Whether the file stands in the index of the git repository around it; False where git cannot tell."""
    command = ["git", "-c", "core.fsmonitor=false", "ls-files", "--error-unmatch", "--", path.name]
    try:
        done = subprocess.run(
            command,
            cwd=path.parent,
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0
