"""From a generated resource to its line of the spec, and back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from petc.artifacts import Artifacts
from petc.layers.base import CONTEXT
from petc.model.stage_tree import stage_tree
from petc.output.folder import read_stage
from petc.pipeline import Request
from petc.source.overlay import overlay, stage_names
from petc.source.parse import parse
from petc.source.read import read_spec
from petc.source.tree import Node, locate
from petc.verify.rendered import mapping, resources


@dataclass(frozen=True, slots=True)
class Origin:
    """A generated resource and the place of the spec that it comes from.

    `place` is `FILE:LINE:COLUMN`, `excerpt` that line; `why` and `overridden` are empty where nothing is said.
    """

    logical_id: str
    type: str
    stage: str
    file: str
    pointer: str
    place: str
    line: int
    excerpt: str
    why: str
    overridden: str


@dataclass(frozen=True, slots=True)
class Origins:
    """The resources that a question is about, and the logical ids of all, for a suggestion."""

    matches: tuple[Origin, ...]
    logical_ids: tuple[str, ...]


def origins(request: Request, subject: str) -> Origins:
    """Return where a resource comes from (a logical id), or what comes from a place of the spec.

    A place is `FILE:LINE`, or a JSON pointer, which stands for all below it. Reads the output folder and the
    spec, judges nothing. Raises `Rejected` when one of them cannot be read.
    """
    content = read_spec(request.spec)
    base = parse(content, request.shown)
    lines = tuple(content.decode().splitlines())
    matches: list[Origin] = []
    ids: set[str] = set()
    names = request.stages or stage_names(base)
    if not names:
        overlay(base, "")  # refuses, and says what a stage is
    for name in names:
        tree = stage_tree(base, name)
        made = Artifacts.of_folder(read_stage(request.out / name))
        for origin in _of_stage(made, tree, lines):
            ids.add(origin.logical_id)
            if _is_about(origin, subject):
                matches.append(origin)
    return Origins(tuple(matches), tuple(sorted(ids)))


def _is_about(origin: Origin, subject: str) -> bool:
    if subject.startswith("/"):
        return f"{origin.pointer}/".startswith(subject.rstrip("/") + "/")
    file = origin.place.split(":", 1)[0]
    return subject in (origin.logical_id, f"{file}:{origin.line}", f"{Path(file).name}:{origin.line}")


def _of_stage(made: Artifacts, tree: Node, lines: tuple[str, ...]) -> Iterator[Origin]:
    for resource in resources(made.view):
        metadata = mapping(resource.body.get("Metadata"))
        pointer = resource.pointer or ""
        place = locate(tree, pointer, on_key=True)
        yield Origin(
            logical_id=resource.logical_id,
            type=resource.type,
            stage=made.manifest.stage,
            file=resource.file,
            pointer=pointer,
            place=f"{place.file}:{place.line}:{place.column}",
            line=place.line,
            excerpt=lines[place.line - 1].strip() if place.line <= len(lines) else "",
            why=str(mapping(metadata.get(CONTEXT)).get("why", "")),
            overridden=str(mapping(mapping(metadata.get("petc")).get("overridden")).get("reason", "")),
        )
