"""The lock file of a function, `requirements.txt`: single versions with the hashes of their wheels, nothing else.

pip's own format can do far more: name archives by URL or path, include files, take options that have sources
built. All of that may run code on the machine that packages, so this reader knows a small part of the format
and refuses the rest. pip never sees the file: it is given what was read, written out again.

Source: pip documentation, "Requirements File Format" and "Secure installs".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from petc.diagnostics import Code, Diagnostic, Rejected
from petc.output import codes

_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
"""PyPA specifications, "Names and normalization"."""
_VERSION = r"[A-Za-z0-9]+(?:[.!_+-][A-Za-z0-9]+)*"
"""The signs of PyPA's "Version specifiers"; no `*`, which stands for many versions."""
_HASH = r"--hash=sha256:[0-9a-f]{64}"
_PINNED = re.compile(rf"({_NAME})(\[ ?{_NAME}(?: ?, ?{_NAME})* ?\])? ?== ?({_VERSION})((?: {_HASH})+)")
_WITHOUT_HASH = re.compile(rf"{_NAME}(?:\[[^\]]*\])? ?== ?{_VERSION}(?: --hash=(?!sha256:)\S+)*")
_MARKER = re.compile(rf"{_NAME}(?:\[[^\]]*\])? ?== ?{_VERSION} ?;.*")
_DIRECT = re.compile(
    rf"{_NAME}(?:\[[^\]]*\])? ?@.*|\S*(?:://|/|\\).*|\.\S*|\S+\.(?:whl|zip|tar|tgz|gz|bz2|xz)\b.*"
)
_INCLUDE = re.compile(r"(?:-[rce]|--(?:requirement|constraint|editable)(?![a-z-])).*")
_INDEX = re.compile(
    r"(--index-url|-i|--extra-index-url)[ =](https://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:/[\w.~%/+-]*)?)",
    re.ASCII,
)
"""An index: an HTTPS address without a user, so that no credential stands in the file."""
_NEEDLESS = frozenset({"--only-binary :all:", "--only-binary=:all:", "--require-hashes"})
"""Options that say what holds in any case."""

_HOW = "write the file with pip-compile --generate-hashes"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One locked distribution: its name with extras, its version, and the SHA-256 of every wheel that it may be."""

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
class RequirementsLock:
    """A lock file: the indexes that it names, as options of pip, and its requirements in their order."""

    options: tuple[str, ...] = ()
    requirements: tuple[Requirement, ...] = ()


def parsed(content: bytes, file: str) -> RequirementsLock:
    """Return what a lock file says.

    Raises `Rejected` with every line that is no single version with hashes: `asset-unlocked`; `package-marker`
    for an environment marker, which pip would judge by the Python that runs petc; and `package-option` for an
    option other than the address of an index.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise codes.ASSET_UNLOCKED.because(f"{file} is not UTF-8 text", _HOW) from None
    options, requirements = [], []
    problems: list[Diagnostic] = []
    for line in _lines(text):
        if line.startswith("-"):
            if found := _INDEX.fullmatch(line):
                options.append(f"{found[1]} {found[2]}")
            elif line not in _NEEDLESS:
                problems.append(_option(line, file))
        elif found := _PINNED.fullmatch(line):
            name, extras, version = found[1], (found[2] or "").replace(" ", ""), found[3]
            hashes = tuple(dict.fromkeys(item.rpartition(":")[2] for item in found[4].split()))
            requirements.append(Requirement(name, f"{name}{extras}=={version}", hashes))
        else:
            problems.append(_unlocked(line, file))
    if problems:
        raise Rejected(tuple(dict.fromkeys(problems)))
    return RequirementsLock(tuple(options), tuple(requirements))


def _lines(text: str) -> Iterator[str]:
    """Yield the lines as pip joins them: a backslash continues, a comment ends with its line.

    Blanks are one space. Other control characters stay in the line, whose form then refuses them.
    """
    joined = re.sub(r"\\\r?\n", " ", re.sub(r"(?m)^[ \t]*#.*$", "", text))
    for line in joined.split("\n"):
        bare = re.sub(r"[ \t]+", " ", re.sub(r"(^|[ \t])#.*$", "", line.removesuffix("\r"))).strip(" ")
        if bare:
            yield bare


def _option(line: str, file: str) -> Diagnostic:
    if _INCLUDE.fullmatch(line):
        problem = f"'{_short(line)}' leads to another file, whose content the digest would not cover"
        return _error(codes.ASSET_UNLOCKED, f"in {file} {problem}", _HOW)
    if re.match(r"(?:--index-url|-i|--extra-index-url)(?![a-z-])", line):
        return _error(
            codes.PACKAGE_OPTION,
            f"in {file} an index is not one HTTPS address without a user",
            "write `--index-url https://HOST/PATH` on a line of its own; credentials and proxies belong in"
            " pip's own configuration",
        )
    return _error(
        codes.PACKAGE_OPTION,
        f"in {file} the option '{_short(line)}' could change what pip takes, or have sources built, which runs"
        " them",
        "remove it; petc takes wheels only, by the hashes of the lock, and pip's own configuration says where"
        " they are",
    )


def _unlocked(line: str, file: str) -> Diagnostic:
    shown = _short(line.partition(" --")[0])
    if _MARKER.fullmatch(line):
        return _error(
            codes.PACKAGE_MARKER,
            f"in {file} '{shown}' has a marker, which would be judged by the Python that runs petc",
            "lock for the function's runtime alone: leave the marker out, or the requirement",
        )
    if _DIRECT.fullmatch(line):
        return _error(
            codes.ASSET_UNLOCKED,
            f"in {file} '{shown}' names an archive or a folder by its address, and pip may run code of it to"
            " learn what it is",
            "name a version that an index has, as NAME==VERSION, and " + _HOW,
        )
    if _WITHOUT_HASH.fullmatch(line):
        return _error(codes.ASSET_UNLOCKED, f"in {file} '{shown}' has no --hash=sha256", _HOW)
    if not re.match(rf"{_NAME}(?:\[[^\]]*\])? ?== ?{_VERSION}(?: |$)", line):
        return _error(codes.ASSET_UNLOCKED, f"in {file} '{shown}' names no single version with '=='", _HOW)
    return _error(
        codes.ASSET_UNLOCKED,
        f"in {file} '{_short(line)}' holds more than a version and its --hash=sha256 of 64 hexadecimal digits",
        _HOW,
    )


def _short(text: str) -> str:
    line = "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)
    line = re.sub(r"(://)[^/@\s]*@", r"\1***@", line)
    return line if len(line) <= 80 else line[:77] + "..."


def _error(code: Code, message: str, way_out: str) -> Diagnostic:
    return code.diagnostic(message, help=way_out)
