"""A compile with nothing to do: recognised by digests alone, before anything heavy is imported.

After a successful compile the digests of all that went in and all that came out are remembered beside the
output, with what was said. As long as every one of them still fits, the same would come out and be said again.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from petc import __version__, atomic_write
from petc.diagnostics import Diagnostic, Location, Rejected, Related, Severity
from petc.output.assets import asset_digest
from petc.output.folder import StageFolder, read_stage
from petc.output.manifest import digest
from petc.source.read import read_spec

FILE = "compile.json"

LIBRARIES = ("awacs", "cfnlint", "jsonschema", "troposphere", "yaml")
"""What a compile uses besides petc: another version may emit, render or find something else."""


@dataclass(frozen=True, slots=True)
class Memory:
    """One remembered compile: for which question, from which inputs, to which outputs, and what it said.

    `question` joins everything that is asked besides the files: stages, day, lint or not.
    `sources` maps each folder of function sources to its digest, `roots` each stage's folder to the digest of
    its manifest.
    """

    question: str
    petc: str
    spec: str
    sources: Mapping[str, str]
    roots: Mapping[str, str]
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class Recalled:
    """A remembered compile that would come out the same: what it said, and the folders that it wrote."""

    diagnostics: tuple[Diagnostic, ...]
    folders: tuple[StageFolder, ...]


def recall(cache: Path, question: str, spec: Path) -> Recalled | None:
    """Return the remembered compile when it would come out the same today, or None. Never fails."""
    try:
        memory = _from_json(json.loads((cache / FILE).read_text("utf-8")))
        same = (
            memory.question == question
            and memory.petc == fingerprint()
            and memory.spec == digest(read_spec(spec))
            and all(asset_digest(Path(folder)) == known for folder, known in memory.sources.items())
        )
        if not same:
            return None
        folders = {root: read_stage(Path(root)) for root in memory.roots}
        if any(digest(folder.manifest.to_bytes()) != memory.roots[root] for root, folder in folders.items()):
            return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, Rejected):
        return None
    return Recalled(memory.diagnostics, tuple(folders.values()))


def remember(cache: Path, memory: Memory) -> None:
    """Keep a compile for the next run; where that cannot be written, the next run only takes longer."""
    text = json.dumps(asdict(memory), default=lambda item: item.value, sort_keys=True)
    with contextlib.suppress(OSError):
        cache.mkdir(parents=True, exist_ok=True)
        atomic_write.write(cache / FILE, text.encode())


def fingerprint() -> str:
    """Return a digest that changes with petc itself, the libraries that its output depends on, and Python.

    Of petc's files name, size and time count, of each library those of the file that pip wrote first.
    """
    folders = (str(Path(__file__).parent), *_data_folders())
    files = [entry for folder in folders for entry in _files(folder)]
    for name in LIBRARIES:
        found = find_spec(name)  # looks for the file, imports nothing
        if found and found.origin:
            status = os.stat(found.origin)  # noqa: PTH116 - a Path would cost more than the call
            files.append((found.origin, status.st_size, status.st_mtime_ns))
    lines = sorted(f"{path} {size} {time}" for path, size, time in files)
    return digest("\n".join((__version__, sys.version, *lines)).encode())


def _data_folders() -> tuple[str, ...]:
    found = find_spec("petc.bundled.schemas")
    return tuple(found.submodule_search_locations or ()) if found else ()


def _files(folder: str) -> Iterable[tuple[str, int, int]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.name != "__pycache__":
                    yield from _files(entry.path)
            elif entry.name.endswith((".py", ".json")):
                status = entry.stat()
                yield entry.path, status.st_size, status.st_mtime_ns


def _from_json(data: dict[str, Any]) -> Memory:
    return Memory(**{**data, "diagnostics": tuple(_diagnostic(item) for item in data["diagnostics"])})


def _diagnostic(data: dict[str, Any]) -> Diagnostic:
    related = tuple(
        Related(item["message"], _location(item["location"]), item["pointer"]) for item in data["related"]
    )
    changes = {
        "severity": Severity(data["severity"]),
        "location": _location(data["location"]),
        "related": related,
    }
    return Diagnostic(**{**data, **changes})


def _location(data: dict[str, Any] | None) -> Location | None:
    return Location(**data) if data else None
