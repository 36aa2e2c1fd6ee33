"""Locked requirements as wheels: fetched by pip for the function's platform, kept and checked.

A file counts by its SHA-256 alone: the lock names those that are right, so it
does not matter from which index, mirror or machine it came.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from petc.deploy.package import codes, pip
from petc.deploy.package.wheel_contents import Wheel, unpacked
from petc.diagnostics import Rejected
from petc.output.requirements import Requirement, RequirementsLock

_MACHINES = {"x86_64": "x86_64", "arm64": "aarch64"}
_OLDEST_GLIBC = 17
_AMAZON_LINUX_2 = 26
_AMAZON_LINUX_2023 = 34
"""The second number of the C library: Amazon Linux 2 has 2.26, Amazon Linux 2023 has 2.34; Amazon Linux 2023
User Guide, "Comparing AL2 and AL2023"."""
_ON_AMAZON_LINUX_2 = frozenset({"3.8", "3.9", "3.10", "3.11"})
"""Python runtimes on Amazon Linux 2, later ones are on 2023; AWS Lambda Developer Guide, "Lambda runtimes"."""


def obtained(lock: RequirementsLock, runtime: str, architecture: str, cache: Path) -> tuple[Wheel, ...]:
    """Return a wheel for each requirement, in the order of the lock; pip is asked for those not in the cache.

    `runtime` and `architecture` are the function's, such as `python3.13` and `arm64`. Raises `Rejected` with
    `package-unavailable`, `package-wheel` or `package-runtime`.
    """
    if not lock.requirements:
        return ()
    version = runtime.removeprefix("python")
    if version == runtime:
        raise codes.PACKAGE_RUNTIME.because(
            f"requirements.txt is for Python, and {runtime} does not read it",
            "remove the file, or set `runtime`",
        )
    folder = cache / f"{runtime}-{architecture}"
    missing = tuple(item for item in lock.requirements if _kept(folder, item) is None)
    if missing:
        _fetch(lock.options, missing, version, architecture, folder)
    return tuple(_wheel(folder, item, runtime, architecture) for item in lock.requirements)


def platforms(version: str, architecture: str) -> tuple[str, ...]:
    """Return the platform tags whose wheels run there, best first.

    PyPA specifications, "Platform compatibility tags": a tag names the oldest C library that will do.
    """
    newest = _AMAZON_LINUX_2 if version in _ON_AMAZON_LINUX_2 else _AMAZON_LINUX_2023
    machine = _MACHINES[architecture]
    tags = tuple(f"manylinux_2_{minor}_{machine}" for minor in range(newest, _OLDEST_GLIBC - 1, -1))
    return (*tags, f"manylinux2014_{machine}")


def _kept(folder: Path, requirement: Requirement) -> bytes | None:
    """Return a cached wheel's bytes when they are right; what was damaged counts as not there."""
    for digest in requirement.hashes:
        try:
            content = (folder / f"{digest}.whl").read_bytes()
        except OSError:
            continue
        if hashlib.sha256(content).hexdigest() == digest:
            return content
    return None


def _fetch(
    options: Sequence[str], missing: Sequence[Requirement], version: str, architecture: str, folder: Path
) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as place:
            done = _pip(options, missing, version, architecture, Path(place))
            if done.returncode != 0:
                raise _unavailable(missing, version, architecture, done.stderr)
            for path in sorted(Path(place).glob("*.whl")):
                path.replace(folder / f"{hashlib.sha256(path.read_bytes()).hexdigest()}.whl")
    except OSError as fault:
        reason = (fault.strerror or type(fault).__name__).lower()
        raise codes.PACKAGE_UNAVAILABLE.because(
            f"{folder} cannot keep wheels: {reason}",
            "make room, or grant yourself the right to write there",
        ) from None


def _pip(
    options: Sequence[str], missing: Sequence[Requirement], version: str, architecture: str, place: Path
) -> subprocess.CompletedProcess[str]:
    lines = place / "requirements.txt"
    lines.write_text("\n".join((*options, *(item.line for item in missing), "")), "utf-8")
    runtime = ["--implementation", "cp", "--python-version", version]
    for tag in platforms(version, architecture):
        runtime += ["--platform", tag]
    return pip.download(lines, runtime, place)


def _unavailable(missing: Iterable[Requirement], version: str, architecture: str, stderr: str) -> Rejected:
    names = ", ".join(str(item) for item in missing)
    text = " ".join(stderr.split())
    where = f"for Python {version} on {architecture}"
    if "No module named pip" in text:
        return codes.PACKAGE_UNAVAILABLE.because(
            f"the Python that runs petc has no pip, which fetches {names}",
            f"install it with `{Path(sys.executable).name} -m ensurepip`",
        )
    if "DO NOT MATCH THE HASHES" in text:
        return codes.PACKAGE_UNAVAILABLE.because(
            f"what the index holds for {names} {where} has another hash than the lock",
            "write the lock again with pip-compile --generate-hashes, and read what changed",
        )
    if "(from versions: none)" in text and "connection" in text.lower():
        return codes.PACKAGE_UNAVAILABLE.because(
            f"the package index does not answer, and {names} {where} was not fetched before",
            "run petc package once with a connection; it keeps what it fetched",
        )
    if "No matching distribution" in text or "none of the wheel's tags" in text.lower():
        return codes.PACKAGE_UNAVAILABLE.because(
            f"the index has no wheel of {names} {where} that the lock names",
            "lock a version with such a wheel; petc builds nothing from sources",
        )
    errors = [line for line in stderr.splitlines() if line.startswith("ERROR:")]
    reason = errors[0].removeprefix("ERROR:").strip() if errors else text[-200:] or "it says nothing"
    return codes.PACKAGE_UNAVAILABLE.because(
        f"pip cannot fetch {names} {where}: {reason}", "look at pip's configuration"
    )


def _wheel(folder: Path, requirement: Requirement, runtime: str, architecture: str) -> Wheel:
    content = _kept(folder, requirement)
    if content is None:
        raise codes.PACKAGE_UNAVAILABLE.because(
            f"pip fetched no wheel of {requirement} for {runtime} on {architecture}",
            "lock a version with such a wheel; petc builds nothing from sources",
        )
    return unpacked(content, str(requirement))
