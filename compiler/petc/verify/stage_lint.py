"""cfn-lint over each template of a stage and over the joined view in parts, in two processes, with kept results."""

from __future__ import annotations

import gc
import multiprocessing
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from petc.diagnostics import Diagnostic, Severity
from petc.resources import schemas
from petc.resources.schemas import FALLBACK_REGION
from petc.source.tree import pointer
from petc.verify import accepted, codes, join, slices, store
from petc.verify.accepted import Located
from petc.verify.findings import LintFinding
from petc.verify.rendered import Json, View, mapping, resources

_SEVERITIES = {"E": Severity.ERROR, "W": Severity.WARNING, "I": Severity.NOTE}

# The joined view is never deployed as one template, so that it exceeds what one template may hold means
# nothing: counts of resources, outputs, parameters and mappings, each with its "approaching" twin.
_NOT_FOR_JOINED = frozenset({"E2010", "I2010", "E3010", "I3010", "E6010", "I6010", "E7010", "I7010"})

_PROCESSES = 2

# Rules about the life of Lambda runtimes ask for today's date; nothing else in cfn-lint 1.58 does.
_PERISHABLE = ("AWS::Lambda::Function", "AWS::Serverless::Function")


@dataclass(frozen=True, slots=True)
class _Task:
    """What one run of the linter looks at: a layer's template, or its part of the joined view."""

    position: int
    is_joined: bool
    key: str
    template: Mapping[str, Json] = field(compare=False, repr=False)


def check(
    view: View, regions: tuple[str, ...], cache: Path | None = None, today: str = ""
) -> tuple[Diagnostic, ...]:
    """Return the findings of cfn-lint for the templates of a stage, placed by the spec pointer.

    All levels and experimental rules are on. The code is `lint-` and the rule in lower case.
    `cache` is a folder for results; when all are there, cfn-lint is not even imported. `today` (ISO date)
    belongs to the key of results that depend on it.
    The order is that of the layers, then of the joined view, then of the place in the template.
    For a region that cfn-lint does not know another one stands in, with a note: it would raise an exception.
    """
    known = schemas.regions()
    judged = tuple(sorted({name if name in known else FALLBACK_REGION for name in regions}))
    found = _diagnostics(view, _found(view, judged, cache, today))
    return (*(_not_linted(name) for name in regions if name not in known), *found)


def _not_linted(region: str) -> Diagnostic:
    return codes.REGION_NOT_LINTED.diagnostic(
        f"cfn-lint has no resource schemas of {region}, so its templates were checked by those of {FALLBACK_REGION}",
        pointer=pointer("targets", "regions", region),
        on_key=True,
        help="`pip install --upgrade cfn-lint` brings the resources of newer regions",
    )


def _found(view: View, regions: tuple[str, ...], cache: Path | None, today: str) -> tuple[Located, ...]:
    tasks = _tasks(view, regions, today)
    results: dict[_Task, tuple[LintFinding, ...]] = {}
    if cache is not None:
        for task in tasks:
            kept = store.load(cache, task.key)
            if kept is not None:
                results[task] = kept
    missing = tuple(task for task in tasks if task not in results)
    if missing:
        for task, found in zip(missing, _run(missing, regions), strict=True):
            results[task] = found
            if cache is not None:
                store.save(cache, task.key, found)
    own = [
        Located(task.position, finding) for task in tasks if not task.is_joined for finding in results[task]
    ]
    origins = join.origins(view)
    whole = dict.fromkeys(
        finding
        for task in tasks
        if task.is_joined
        for finding in results[task]
        if _is_about(finding, task.position, origins)
    )
    return (*own, *_only_joined(origins, whole, own))


def _is_about(finding: LintFinding, position: int, origins: join.Origins) -> bool:
    """Whether a part of the joined view shows this for its own layer, and not for one that it leans on."""
    if len(finding.path) < 2:
        return True
    section = str(finding.path[0])
    # A part has the parameters and mappings that it needs; whether all are used shows in their own template.
    return (
        section in ("Resources", "Outputs")
        and origins.get((section, str(finding.path[1])), (position,))[0] == position
    )


def _tasks(view: View, regions: tuple[str, ...], today: str) -> tuple[_Task, ...]:
    own = [
        _Task(
            position,
            False,
            store.key((*regions, *_perishable(rendered.text, today), rendered.text)),
            rendered.template,
        )
        for position, rendered in enumerate(view)
    ]
    joined = []
    for part in slices.slices(view, (*regions, FALLBACK_REGION)[0]):
        text = part.text
        key = store.key(("joined", *regions, *_perishable(text, today), text))
        joined.append(_Task(part.position, True, key, part.template))
    return (*own, *joined)


def _perishable(text: str, today: str) -> tuple[str, ...]:
    return (today,) if any(name in text for name in _PERISHABLE) else ()


def _run(tasks: tuple[_Task, ...], regions: tuple[str, ...]) -> tuple[tuple[LintFinding, ...], ...]:
    """Return the findings of each task, in the order of the tasks."""
    # Nearly all that cfn-lint makes is freed by its reference count; the collector's walks over it, and
    # the pages that they copy in forked children, cost a sixth of the time.
    collecting = gc.isenabled()
    gc.disable()
    try:
        return _linted(tasks, regions)
    finally:
        if collecting:
            gc.enable()


def _linted(tasks: tuple[_Task, ...], regions: tuple[str, ...]) -> tuple[tuple[LintFinding, ...], ...]:
    from petc.verify import lint  # half a second that a run with all results kept does not pay

    lint.warm(regions)
    if len(tasks) == 1 or not _may_fork():
        return tuple(lint.findings(task.template, regions) for task in tasks)
    # Largest first keeps both processes busy to the end.
    order = sorted(
        range(len(tasks)),
        key=lambda number: (-len(mapping(tasks[number].template.get("Resources"))), number),
    )
    work = [(number, tasks[number].template, regions) for number in order]
    with multiprocessing.get_context("fork").Pool(_PROCESSES) as pool:
        done = dict(pool.imap_unordered(lint.numbered, work, chunksize=1))
    return tuple(done[number] for number in range(len(tasks)))


def _may_fork() -> bool:
    """Whether this machine can fork and has a second processor for it."""
    if "fork" not in multiprocessing.get_all_start_methods():
        return False
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return processors >= _PROCESSES


def _only_joined(
    origins: join.Origins, whole: Iterable[LintFinding], own: Iterable[Located]
) -> tuple[Located, ...]:
    """Return what shows in the joined view only, with the names of the layer that it is about."""
    seen = {(item.position, item.finding.rule, item.finding.path) for item in own}
    anywhere = {(item.finding.rule, item.finding.path) for item in own}
    located: list[Located] = []
    for finding in whole:
        if finding.rule in _NOT_FOR_JOINED:
            continue
        origin = origins.get((str(finding.path[0]), str(finding.path[1]))) if len(finding.path) > 1 else None
        if origin is None:
            if (finding.rule, finding.path) not in anywhere:
                located.append(Located(None, finding))
            continue
        position, name = origin
        path = (finding.path[0], name, *finding.path[2:])
        if (position, finding.rule, path) not in seen:
            located.append(Located(position, LintFinding(finding.rule, finding.message, path)))
    return tuple(located)


def _diagnostics(view: View, found: tuple[Located, ...]) -> Iterable[Diagnostic]:
    pointers = {(item.position, item.logical_id): item.pointer for item in resources(view)}
    for item in accepted.remaining(view, found):
        finding = item.finding
        file = "joined view" if item.position is None else view[item.position].file
        inside = "/".join(str(part) for part in finding.path[2:])
        place = f" at {inside}" if inside else ""
        yield Diagnostic(
            f"lint-{finding.rule.lower()}",
            _SEVERITIES.get(finding.rule[:1], Severity.ERROR),
            f"{finding.message.rstrip('.')} ({finding.rule}{place})",
            pointer=pointers.get((item.position, finding.logical_id)) if item.position is not None else None,
            artifact=f"{file}:{finding.path[1]}" if len(finding.path) > 1 else file,
        )
    yield from accepted.check(view, found)
