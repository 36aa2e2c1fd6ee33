"""A function's lock file, read: what to fetch and by which hashes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from petc.diagnostics import Diagnostic, Rejected, Severity

_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})(?=\s|$)")
_WHERE = re.compile(r"(--index-url|-i|--extra-index-url|--find-links|-f|--trusted-host|--no-index)(\s|=|$)")
"""Options that say where to look; others (`--no-binary`) would have sources built, which runs them."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class Requirement:
    """One locked distribution: how the file names it, and the SHA-256 of every file that may be taken for it."""

    name: str
    spelled: str
    hashes: tuple[str, ...]

    def __str__(self) -> str:
        """Return the name with its version, as a message shows it."""
        return self.spelled

    @property
    def line(self) -> str:
        """The requirement as pip reads it."""
        return " ".join((self.spelled, *(f"--hash=sha256:{item}" for item in self.hashes)))


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock file: its options for pip (such as `--index-url`), and its requirements in their order."""

    options: tuple[str, ...] = ()
    requirements: tuple[Requirement, ...] = ()


def parsed(text: str, file: str) -> Lock:
    """Return what a lock file says, whose form `petc.output.assets` has checked.

    Raises `Rejected` with `package-marker` for a requirement with an environment marker: pip would judge it
    by the Python that runs petc, and the package would differ from machine to machine. And with
    `package-option` for an option that does more than say where wheels are.
    """
    options, requirements = [], []
    problems: list[Diagnostic] = []
    for line in _lines(text):
        if line.startswith("-"):
            if _WHERE.match(line):
                options.append(line)
            elif not line.startswith("--only-binary"):  # which holds for everything anyway
                problems.append(_option(line.split()[0], file))
            continue
        match = _NAME.match(line)
        spelled = line.split(" --")[0].strip()
        if match is None:  # the form was checked before
            raise ValueError(f"not a requirement: {line}")
        if ";" in spelled:
            problems.append(_marker(spelled, file))
        hashes = tuple(dict.fromkeys(_HASH.findall(line)))
        requirements.append(Requirement(match.group(), spelled, hashes))
    if problems:
        raise Rejected(tuple(problems))
    return Lock(tuple(options), tuple(requirements))


def _lines(text: str) -> Iterator[str]:
    """Yield the lines as pip joins them: a backslash continues, a comment ends with its line."""
    joined = re.sub(r"\\\r?\n", " ", re.sub(r"(?m)^\s*#.*$", "", text))
    for line in joined.splitlines():
        bare = " ".join(re.sub(r"(^|\s)#.*$", "", line).split())
        if bare:
            yield bare


def _option(option: str, file: str) -> Diagnostic:
    return Diagnostic(
        "package-option",
        Severity.ERROR,
        f"in {file} '{option}' would change what pip takes, not where it looks",
        help="remove it; petc takes wheels only, by the hashes of the lock",
    )


def _marker(spelled: str, file: str) -> Diagnostic:
    return Diagnostic(
        "package-marker",
        Severity.ERROR,
        f"in {file} '{spelled}' has a marker, which would be judged by the Python that runs petc",
        help="lock for the function's runtime alone: leave the marker out, or the requirement",
    )
