"""Lint results kept between runs, by the digest of all that they depend on."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from petc import atomic_write
from petc.verify.findings import LintFinding, decoded, encoded

_FORMAT = "1"


def key(parts: tuple[str, ...]) -> str:
    """Return the name of an entry for the texts that a result depends on."""
    digest = hashlib.sha256()
    for part in (_FORMAT, linter_version(), *parts):
        digest.update(f"{len(part)}:".encode())
        digest.update(part.encode())
    return digest.hexdigest()


def load(folder: Path, name: str) -> tuple[LintFinding, ...] | None:
    """Return a kept result, or nothing when there is none or it is damaged."""
    try:
        entry = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(entry, dict) or entry.get("key") != name:
        return None
    if entry.get("digest") != _digest(entry.get("findings")):
        return None
    return decoded(entry.get("findings"))


def save(folder: Path, name: str, findings: tuple[LintFinding, ...]) -> None:
    """Keep a result; a reader sees all of it or nothing.

    A folder that cannot be written loses the time of the next run and nothing else, so it is no error.
    """
    values = encoded(findings)
    text = json.dumps({"key": name, "digest": _digest(values), "findings": values}, sort_keys=True)
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        atomic_write.write(folder / f"{name}.json", text.encode())


def _digest(values: object) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


@cache
def linter_version() -> str:
    """Return a text that changes with cfn-lint's version and with the date of its schemas.

    Read from its files: importing it, or even its packaging metadata, would cost more than the lookup saves.
    """
    spec = find_spec("cfnlint")
    if spec is None or not spec.submodule_search_locations:
        return "absent"
    folder = Path(spec.submodule_search_locations[0])
    texts = []
    for name in ("version.py", "data/schemas/version.json"):
        with suppress(OSError):
            texts.append((folder / name).read_text(encoding="utf-8"))
    return "\n".join(texts)
