"""The console blocks of a document: run in a copy of the project, and written anew from what they print.

A block holds commands (`$ …`), each followed by what it prints. The blocks of one section share one copy of the
reference project; a `diff` block before them is an edit of its spec.
A command that ends in `--watch` is left running while the edit before it, `diff while watching`, is made.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DAY = "2026-11-23"
"""The day that the documents are as of: exceptions of the reference spec end some time after it."""

COPIED = ("spec", "schemas", "lambda_src", "frontend", "generated")
SPEC = "spec/petclinic.yaml"
_WRAPPER = """\
#!/bin/sh
case "$1" in validate|compile|lint|package|plan|deploy) set -- "$@" --as-of {day} ;; esac
exec {python} -c 'from petc.cli import main; main()' "$@"
"""
_BLOCK = re.compile(r"^```(?P<info>[^\n]*)\n(?P<body>.*?)^```$|^(?P<heading>#{1,3}) [^\n]*$", re.M | re.S)
_STATUS = re.compile(r"^\d\d:\d\d:\d\d ")
_PATIENCE_SECONDS = 900
_SETTLING_SECONDS = 0.5
"""How long a watch may take from its status line until it looks at the files again; people are slower."""


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: what its fence says, its lines, where they stand, and the section that it belongs to."""

    info: str
    body: str
    start: int
    end: int
    section: int


def blocks(text: str) -> tuple[Block, ...]:
    """Return the fenced blocks of a document."""
    found: list[Block] = []
    section = 0
    for match in _BLOCK.finditer(text):
        if match.group("heading"):
            section += 1
        else:
            found.append(
                Block(
                    match.group("info").strip(),
                    match.group("body"),
                    match.start("body"),
                    match.end("body"),
                    section,
                )
            )
    return tuple(found)


def project(folder: Path) -> Path:
    """Make a copy of the reference project as a fresh clone has it, with lint results kept from a first compile."""
    home = folder / "project"
    for name in COPIED:
        shutil.copytree(ROOT / name, home / name, ignore=shutil.ignore_patterns("__pycache__"))
    kept = ROOT / ".petc" / "lint"
    if kept.is_dir():
        # Results go by the digest of all that they depend on, so another compile's are as good as our own.
        shutil.copytree(kept, home / ".petc" / "lint")
    wrapper = folder / "bin" / "petc"
    wrapper.parent.mkdir()
    wrapper.write_text(_WRAPPER.format(day=DAY, python=shlex.quote(sys.executable)), "utf-8")
    wrapper.chmod(0o755)
    printed = _run("petc compile", home)
    if not (home / ".petc" / "compile.json").is_file():
        raise AssertionError(f"the reference spec does not compile:\n{printed}")
    (home / ".petc" / "compile.json").unlink()
    return home


def rewritten(text: str, home: Path) -> str:
    """Return a document with what its commands print today; a block that says the same already stays as it is."""
    parts: list[str] = []
    done = 0
    section, place = -1, home
    pending = ""
    for block in blocks(text):
        if block.info not in ("console", "diff", "diff while watching"):
            continue
        if block.section != section:
            section, place = block.section, home.parent / f"section-{block.section}"
            shutil.rmtree(place, ignore_errors=True)
            shutil.copytree(home, place)
        if block.info == "diff":
            edit(place, block.body)
        elif block.info == "diff while watching":
            pending = block.body
        else:
            body = "".join(
                f"$ {command}\n{_watched(command, place, pending) if 'watch' in command else _run(command, place)}"
                for command in commands(block.body)
            )
            if normalised(body) != normalised(block.body):
                parts += [text[done : block.start], body]
                done = block.end
    return "".join((*parts, text[done:]))


def commands(body: str) -> Iterator[str]:
    """Yield the commands of a console block."""
    yield from (line.removeprefix("$ ") for line in body.splitlines() if line.startswith("$ "))


def normalised(body: str) -> str:
    """Return output without what differs by machine and moment.

    That is seconds, clock times, digests, byte counts (numbers of four digits and more), and the width of columns.
    """
    body = re.sub(r"\d+\.\d s\b", "0.0 s", body)
    body = re.sub(r"\b\d\d:\d\d:\d\d\b", "00:00:00", body)
    body = re.sub(r"\([0-9a-f]{12}\)", "(digest)", body)
    body = re.sub(r"\b\d{1,3}(,\d{3})+\b", "0,000", body)
    return "\n".join(" ".join(line.split()) for line in body.splitlines())


def edit(place: Path, difference: str) -> None:
    """Replace the lines that begin with `-` by those that begin with `+`, others stay, in a copy's reference spec."""
    lines = difference.splitlines()
    old = "\n".join(line[1:] for line in lines if not line.startswith("+"))
    new = "\n".join(line[1:] for line in lines if not line.startswith("-"))
    path = place / SPEC
    before = path.read_text("utf-8")
    if before.count(old) != 1:
        raise AssertionError(f"{SPEC} does not hold these lines exactly once:\n{old}")
    path.write_text(before.replace(old, new), "utf-8")


def _environment(place: Path) -> dict[str, str]:
    known = {key: value for key, value in os.environ.items() if not key.startswith("GITHUB_")}
    return {
        **known,
        "PATH": f"{place.parent / 'bin'}:{os.environ['PATH']}",
        "NO_COLOR": "1",
        "COLUMNS": "100",
    }


def _run(command: str, place: Path) -> str:
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=place,
        env=_environment(place),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_PATIENCE_SECONDS,
        check=False,
    )
    return done.stdout.replace(f"{place}/", "")


def _watched(command: str, place: Path, difference: str) -> str:
    """Return what a command prints that goes on until it is interrupted, with an edit after its first status."""
    with subprocess.Popen(
        ["bash", "-c", f"exec {command}"],
        cwd=place,
        env=_environment(place),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # A test run in the background ignores interrupts, and its children would inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as running:
        assert running.stdout is not None
        patience = threading.Timer(_PATIENCE_SECONDS, running.kill)
        patience.start()
        printed: list[str] = []
        seen = 0
        for line in running.stdout:
            printed.append(line)
            if _STATUS.match(line):
                seen += 1
                if seen == 1:
                    time.sleep(_SETTLING_SECONDS)
                    edit(place, difference)
                else:
                    running.send_signal(signal.SIGINT)
        patience.cancel()
        if seen < 2:
            raise AssertionError(f"{command} did not come to a second status:\n{''.join(printed)}")
        return "".join(printed)
