"""What is deployed beside a stage's layers and in their way: the other engine's stacks, another label, an export."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from petc.deploy.desired import DesiredState
from petc.deploy.observed import Observed, OtherStack
from petc.deploy.plan import codes
from petc.deploy.plan.layer_state import LayerState
from petc.deploy.targets import Target, folded
from petc.diagnostics import Diagnostic

_FORMS = {"stack-sets": "stack sets", "stacks": "plain stacks"}
_OTHER = {"stack-sets": "stacks", "stacks": "stack-sets"}


def of_engine(
    wanted: DesiredState, observed: Observed, every: Collection[LayerState]
) -> Iterator[Diagnostic]:
    """Yield one problem when layers would be created that are deployed in that target under the other engine.

    A layer that is deployed under both, as an interrupted change of the engine left it, is no obstacle.
    """
    there = {(item.layer, item.target): item for item in observed.others if _by_other(wanted, item)}
    hits = [
        there[case.layer, target]
        for case in every
        if case.wanted is not None and not case.frozen
        for target in case.missing
        if (case.layer, target) in there
    ]
    if not hits:
        return
    other = _OTHER[wanted.engine]
    layers = sorted({item.layer for item in hits})
    yield codes.ENGINE_CHANGED.diagnostic(
        f"stage {wanted.stage} of {wanted.spec} is deployed as {_FORMS[other]} in "
        f"{folded(sorted({item.target for item in hits}))} ({', '.join(layers)}), and `targets.engine` is "
        f"{wanted.engine}",
        pointer="/targets/engine",
        help=f"write `engine: {other}`; to change the engine, destroy the stage with `engine: {other}` and deploy "
        f"it again with `engine: {wanted.engine}`, which loses its data",
    )


def _by_other(wanted: DesiredState, item: OtherStack) -> bool:
    return bool(item.layer) and bool(item.set_name) is (wanted.engine == "stacks")


def of_labels(every: Collection[LayerState]) -> Iterator[Diagnostic]:
    """Yield layers that would be created under another label than the one that they are deployed under."""
    deployed = {
        case.layer: case for case in every if case.wanted is None and any(map(case.exists, case.places))
    }
    for case in every:
        old = deployed.get(case.layer)
        if case.wanted is None or case.frozen or old is None or not _created(case, old):
            continue
        label = old.stem.partition("-")[2]
        yield codes.LAYER_LABEL_CHANGED.diagnostic(
            f"layer {case.layer} is deployed as {old.stem}, and its label would make it {case.stem}: a second "
            "layer beside it, whose exports and fixed names are taken",
            pointer=f"/layers/{case.layer}",
            help=f"write `{case.layer}: {label}` under `layers`, or leave the key out if that is the layer's own "
            "name; a label is fixed once the layer is deployed",
        )


def _created(case: LayerState, old: LayerState) -> bool:
    return any(old.exists(target) for target in case.missing)


def of_exports(observed: Observed, every: Collection[LayerState]) -> Iterator[Diagnostic]:
    """Yield exports that a stack of somebody else makes in a target: a name is exported once in each."""
    holders: dict[tuple[str, Target], str] = {
        (name, item.target): item.name for item in observed.others if not item.layer for name in item.exports
    }
    if not holders:
        return
    for case in every:
        if case.new is None or case.frozen:
            continue
        found: dict[tuple[str, str], list[Target]] = {}
        for target in (*case.standing, *case.missing):
            for name in case.new.exports:
                if (name, target) in holders:
                    found.setdefault((name, holders[name, target]), []).append(target)
        for (name, stack), targets in sorted(found.items()):
            yield codes.NAME_IN_USE.diagnostic(
                f"layer {case.layer} exports {name}, which stack {stack} exports in {folded(targets)}",
                help="delete that stack, or rename the spec or the stage, whose names begin the names of exports",
            )
