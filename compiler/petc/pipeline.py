"""The phases in order, one function for each command.

    text -> located tree -> stage tree -> conforming tree -> Stage -> rules -> access graph
         -> layer templates -> rendered bytes -> verification -> artifacts

Translators raise `Rejected` with every problem of their phase; checkers return diagnostics. Only this module
collects them, and decides whether the next phase is worth running.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias

from petc.artifacts import Artifacts
from petc.diagnostics import Diagnostic, Rejected, Severity, limited, ordered
from petc.model import exceptions, secrets_in_text
from petc.model.decode import decode
from petc.model.neighbours import collisions
from petc.model.rules.credentials import SECRET
from petc.model.rules.rule import Case
from petc.model.rules.table import findings
from petc.model.schema import conforming
from petc.model.stage_tree import stage_tree
from petc.model.types import Stage
from petc.output.assets import asset_digest, package_digest
from petc.output.folder import compare, left_over, read_stage, write_stage
from petc.source.masking import masked
from petc.source.overlay import overlay, stage_names
from petc.source.parse import parse
from petc.source.placing import merged, once, placed
from petc.source.read import read_spec
from petc.source.tree import Node, plain
from petc.verify import codes as verify_codes
from petc.verify import quotas
from petc.verify.rendered import View


@dataclass(frozen=True, slots=True)
class Request:
    """What a command was asked for.

    `stages` is empty for all. `today` touches messages only, never what is compiled. `shown` is the spec's
    path as messages show it. `cache` is a folder for lint results, or None.
    """

    spec: Path
    shown: str
    today: date
    stages: tuple[str, ...] = ()
    out: Path = Path("generated")
    lint: bool = True
    check: bool = False
    cache: Path | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """A stage that passed every check of the spec, with the tree that knows the positions."""

    stage: Stage
    tree: Node
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class FunctionSources:
    """A folder that a function is built from, and the digest of what counts in it."""

    function: str
    folder: Path
    digest: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command found and made. `sources` holds the text of every file that a diagnostic speaks of."""

    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    artifacts: tuple[Artifacts, ...] = ()
    changed: tuple[str, ...] = ()
    asset_folders: tuple[tuple[str, str], ...] = ()
    """Folders of function sources that went in, each with its digest."""
    stages: tuple[str, ...] = ()
    """The stages that were looked at; none when the spec could not be read."""
    judged: tuple[Judged, ...] = ()
    """The stages that compiled, typed; for who deploys them."""

    @property
    def failed(self) -> bool:
        """Whether the command exits with status 1."""
        return any(item.is_error for item in self.diagnostics)


def validate(request: Request) -> Outcome:
    """Judge the spec as compile does, and write nothing: shape, rules, templates, and what is verified in them.

    What compile refuses is refused here. The linter runs only where the spec itself reaches into templates, by
    overrides and by exceptions for rules of the linter: what petc makes by itself passes it.
    """

    def validated(judged: Judged) -> Outcome:
        assets = _sound(judged, request)
        _, found = _made(judged, assets, request, _checks(judged.stage, request))
        return Outcome((*judged.diagnostics, *found))

    return _per_stage(request, validated)


def compile_spec(request: Request) -> Outcome:
    """Judge the spec, emit and verify the templates, and write them; with `check` compare instead of write.

    Nothing is written when the spec or the verification has an error, in whichever of the stages.
    """
    sound: list[tuple[str, Artifacts]] = []

    def compiled(judged: Judged) -> Outcome:
        assets = _sound(judged, request)
        judged = dataclasses.replace(judged, stage=with_assets(judged, assets))
        made, verified = _made(judged, assets, request, verification if request.lint else measurement)
        used = tuple(sorted({(str(asset.folder), asset.digest) for asset in assets}))
        found = (*judged.diagnostics, *verified)
        if any(item.is_error for item in found):
            return Outcome(found, artifacts=(made,))
        if request.check:
            stale = compare(request.out / judged.stage.stage, made.files, made.manifest)
            return Outcome((*found, *stale), artifacts=(made,), asset_folders=used, judged=(judged,))
        sound.append((judged.stage.stage, made))
        return Outcome(found, artifacts=(made,), asset_folders=used)

    outcome = _per_stage(request, compiled)
    if sound and not outcome.failed:
        outcome = _written(outcome, sound, request.out)
    if request.stages or not outcome.stages:
        return outcome
    severity = Severity.ERROR if request.check else Severity.WARNING
    forgotten = left_over(request.out, outcome.stages, severity)
    return dataclasses.replace(outcome, diagnostics=ordered((*outcome.diagnostics, *forgotten)))


def _sound(judged: Judged, request: Request) -> tuple[FunctionSources, ...]:
    """Return the sources of a stage without errors; raises `Rejected` with all that was found of another."""
    try:
        assets = digests(judged, request)
    except Rejected as rejected:
        raise Rejected((*judged.diagnostics, *rejected.diagnostics)) from None
    if any(item.is_error for item in judged.diagnostics):
        raise Rejected(judged.diagnostics)
    return assets


Verify: TypeAlias = "Callable[[View, Stage, Request], tuple[Diagnostic, ...]]"


def _made(
    judged: Judged, assets: Iterable[FunctionSources], request: Request, verify: Verify
) -> tuple[Artifacts, tuple[Diagnostic, ...]]:
    """Return the artifacts of a sound stage, and what the verification finds in them, placed at the spec.

    Raises `Rejected`, placed, for overrides that cannot be applied and values that cannot be rendered.
    """
    # Half of a compile's imports, which a spec with errors does not need.
    from petc.synthesis import emitted

    stage = with_assets(judged, assets)
    try:
        made = emitted(stage, request.spec.name)
    except Rejected as rejected:
        raise Rejected((*judged.diagnostics, *placed(rejected.diagnostics, judged.tree))) from None
    return made, placed(verify(made.view, stage, request), judged.tree)


def _checks(stage: Stage, request: Request) -> Verify:
    """Return the verification that a stage needs to be refused as compile would refuse it."""
    reaches_in = bool(stage.overrides) or any(
        entry.accepts.startswith("lint-") for entry in stage.exceptions.values()
    )
    return verification if request.lint and reaches_in else inspection


def _written(outcome: Outcome, sound: Iterable[tuple[str, Artifacts]], out: Path) -> Outcome:
    """Write every stage's folder, and return the outcome with what changed and with what was in the way."""
    found, changed = list(outcome.diagnostics), list(outcome.changed)
    for stage, made in sound:
        try:
            written = write_stage(out / stage, made.files, made.manifest)
        except Rejected as rejected:
            told = rejected.diagnostics
        else:
            told = written.warnings
            changed += [f"{stage}/{path}" for path in (*written.changed, *written.removed)]
        found += [
            dataclasses.replace(item, stage=stage) if len(outcome.stages) > 1 else item for item in told
        ]
    return dataclasses.replace(outcome, diagnostics=ordered(found), changed=tuple(changed))


def lint(request: Request) -> Outcome:
    """Verify what stands in the output folder, placed at the spec; refuse a torn or edited folder."""

    def linted(judged: Judged) -> Outcome:
        folder = read_stage(request.out / judged.stage.stage)
        made = Artifacts.of_folder(folder)
        found = placed(verification(made.view, judged.stage, request), judged.tree)
        return Outcome(found, artifacts=(made,))

    return _per_stage(request, linted)


def judged_with_sources(request: Request) -> Outcome:
    """Judge the spec, and return its stages with the digest of each function's sources: what packing needs."""

    def judged(one: Judged) -> Outcome:
        if any(item.is_error for item in one.diagnostics):
            return Outcome(one.diagnostics)
        stage = with_assets(one, digests(one, request))
        return Outcome(one.diagnostics, judged=(dataclasses.replace(one, stage=stage),))

    return _per_stage(request, judged)


def with_assets(judged: Judged, assets: Iterable[FunctionSources]) -> Stage:
    """Return the stage with the digest of what each function is packed from filled in."""
    folders: dict[str, list[tuple[str, str]]] = {}
    for asset in assets:
        folders.setdefault(asset.function, []).append((asset.folder.name, asset.digest))
    joined = {}
    for name, found in folders.items():
        function = judged.stage.functions[name]
        joined[name] = package_digest(found, function.handler, function.runtime, function.architecture)
    return dataclasses.replace(judged.stage, assets=MappingProxyType(joined))


def verification(view: View, stage: Stage, request: Request) -> tuple[Diagnostic, ...]:
    """Return what the verification finds in the templates, without what the spec accepts.

    With an error for each exception that was made for the verification and that it does not need.
    """
    from petc.verify.all import verified  # a compile without lint does not need it

    regions = tuple(sorted(stage.targets.regions))
    inline = stage.targets.templates == "inline"
    found = verified(view, regions, request.cache, request.today.isoformat(), inline)
    remaining = (item for item in found if not exceptions.accepts(stage, item))
    return (*remaining, *exceptions.needless(found, stage, _of_verification))


def inspection(view: View, stage: Stage, request: Request) -> tuple[Diagnostic, ...]:
    """Return what the verification finds without the linter: links, names, alarms, quotas and limits."""
    from petc.verify.all import inspected

    found = inspected(view, stage.targets.templates == "inline")
    remaining = (item for item in found if not exceptions.accepts(stage, item))
    return (*remaining, *exceptions.needless(found, stage, _of_inspection))


def measurement(view: View, stage: Stage, request: Request) -> tuple[Diagnostic, ...]:
    """Return what a compile without the linter finds in the templates: what exceeds a quota, or comes near."""
    found = quotas.check(view, quotas.published(), stage.targets.templates == "inline")
    return tuple(item for item in found if not exceptions.accepts(stage, item))


def _of_inspection(code: str) -> bool:
    """Whether the verification finds what a code stands for without the linter."""
    return _of_verification(code) and not code.startswith("lint-")


def _of_verification(code: str) -> bool:
    """Whether only the verification finds what a code stands for, so that rules cannot miss it."""
    return code.startswith("lint-") or any(code == known.name for known in verify_codes.CODES)


def _per_stage(request: Request, command: Callable[[Judged], Outcome]) -> Outcome:
    """Run a command for each stage, and collect: positions filled in, equal findings once, sorted."""
    sources: dict[str, str] = {}
    by_stage: dict[str, tuple[Diagnostic, ...]] = {}
    outcomes: list[Outcome] = []
    try:
        content = read_spec(request.spec)
        sources[request.shown] = content.decode("utf-8", "replace")
        base = parse(content, request.shown)
        names = tuple(dict.fromkeys(request.stages)) or stage_names(base)
        if not names:
            overlay(base, "")  # refuses, and says what a stage is
        for name in names:
            try:
                outcome = command(_judged(base, name, request.today))
            except Rejected as rejected:
                by_stage[name] = rejected.diagnostics
                continue
            by_stage[name] = outcome.diagnostics
            outcomes.append(outcome)
    except Rejected as rejected:
        return Outcome(ordered(rejected.diagnostics), sources)
    found = ordered(merged(by_stage))
    secret = [item.location for item in found if item.code == SECRET and item.location]
    hidden = (*secret, *secrets_in_text.places(base)) if found else ()
    sources[request.shown] = masked(sources[request.shown], hidden)
    return Outcome(
        limited(found),
        sources,
        tuple(made for outcome in outcomes for made in outcome.artifacts),
        tuple(path for outcome in outcomes for path in outcome.changed),
        tuple(sorted({folder for outcome in outcomes for folder in outcome.asset_folders})),
        tuple(by_stage),
        tuple(judged for outcome in outcomes for judged in outcome.judged),
    )


def _judged(base: Node, name: str, today: date) -> Judged:
    """Return one stage, typed and judged by every rule. Raises `Rejected`, placed, when it has no sound shape."""
    tree = stage_tree(base, name)
    try:
        stage = decode(conforming(plain(tree)), name)
    except Rejected as rejected:
        raise Rejected(once(placed(rejected.diagnostics, tree))) from None
    found = exceptions.accepted(findings(Case(stage, today)), stage, today, later=_of_verification)
    together = collisions(stage, _longer_named(base, name))
    return Judged(stage, tree, placed((*found, *together), tree))


def _longer_named(base: Node, name: str) -> Iterator[Stage]:
    """Yield the stages whose names begin with a stage's name and a hyphen, but for those of no sound shape."""
    for other in stage_names(base):
        if other.startswith(f"{name}-"):
            try:
                yield decode(conforming(plain(stage_tree(base, other))), other)
            except Rejected:
                continue


def digests(judged: Judged, request: Request) -> tuple[FunctionSources, ...]:
    """Return the digests of each function's sources, its own folder first.

    Raises `Rejected` with every folder that cannot be used.
    """
    found: list[FunctionSources] = []
    problems: list[Diagnostic] = []
    for name, function in judged.stage.functions.items():
        for key, source in (("source", function.source), ("shared", function.shared)):
            if not source:
                continue
            folder = Path(os.path.normpath(request.spec.parent / source))
            try:
                found.append(FunctionSources(name, folder, asset_digest(folder)))
            except Rejected as rejected:
                at = f"{function.at}/{key}"
                located = (dataclasses.replace(item, pointer=at) for item in rejected.diagnostics)
                problems += placed(located, judged.tree)
    if problems:
        raise Rejected(tuple(dict.fromkeys(problems)))
    return tuple(found)
