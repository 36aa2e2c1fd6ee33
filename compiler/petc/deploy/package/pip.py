"""pip, run so that nothing but petc decides what it does; the user's configuration says only where wheels are.

pip takes every option of its command line from `PIP_*` variables and configuration files too, and
`python -m pip` takes modules from the working directory. A checkout or a configuration made for another
purpose could so have sources built, or another pip run. Therefore pip starts with that directory off its path,
without configuration files, and with a short list of settings handed over.

Source: pip documentation, "Configuration"; Python documentation, "Command line and environment", `-P`.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

REACH = (
    *("index-url", "extra-index-url", "find-links", "no-index"),
    *("proxy", "cert", "client-cert", "trusted-host", "keyring-provider"),
    *("cache-dir", "no-cache-dir"),
)
"""The settings of pip that say where wheels are and how to get there. None of them names what is taken."""

_SECTIONS = ("global", "download", ":env:")
"""Later ones win; pip documentation, "Configuration", "Precedence"."""


def download(lines: Path, options: Sequence[str], place: Path) -> subprocess.CompletedProcess[str]:
    """Have pip fetch the wheels of a requirements file into a folder; it builds and runs nothing of them.

    `place` is an empty folder. `options` are pip's, and stand before those that nothing may change.
    """
    command = ["download", "--quiet", "--no-input", "--retries", "1", "--timeout", "15", *options]
    command += ["--no-deps", "--require-hashes", "--only-binary", ":all:"]
    command += ["--dest", str(place), "--requirement", str(lines)]
    return _run(command, {**_plain(os.environ), **_reach(), "PIP_CONFIG_FILE": os.devnull})


def _run(arguments: Sequence[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "pip", "--disable-pip-version-check", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def _plain(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if not name.upper().startswith("PIP_")}


def _reach() -> dict[str, str]:
    """Return the user's settings of `REACH` as variables, from pip's files and from the environment."""
    listed = _run(["config", "list"], os.environ)
    found: dict[str, str] = {}
    for section in _SECTIONS:
        for line in listed.stdout.splitlines():
            key, equals, value = line.partition("=")
            name = key.removeprefix(f"{section}.")
            if equals and name != key and name in REACH:
                found[f"PIP_{name.upper().replace('-', '_')}"] = _unquoted(value)
    return found


def _unquoted(value: str) -> str:
    """Return a value that `pip config list` prints as Python writes a text."""
    try:
        return str(ast.literal_eval(value))
    except (ValueError, SyntaxError):
        return ""
