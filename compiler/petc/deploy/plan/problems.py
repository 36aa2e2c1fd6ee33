"""What keeps a plan from being made: stacks that need recovery, layers left out, templates that cannot follow."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from petc.deploy.desired import DesiredState
from petc.deploy.observed import Deployed, Observed
from petc.deploy.plan import codes
from petc.deploy.plan.export_ordering import Turn
from petc.deploy.plan.layer_state import NEEDS_RECOVERY, LayerState, stuck
from petc.deploy.plan.resource_diff import Comparison
from petc.deploy.targets import Target, folded
from petc.diagnostics import Diagnostic
from petc.source.suggest import closest


def of_standing(wanted: DesiredState, every: Collection[LayerState]) -> Iterator[Diagnostic]:
    """Yield one problem for each layer and state in which stacks are stuck."""
    for case in every:
        found: dict[str, list[Deployed]] = {}
        for item in stuck(case):
            # A sound stack is no news where its stack set gave the instance up.
            broken = item.stack_status in NEEDS_RECOVERY
            found.setdefault(item.stack_status if broken else item.standing, []).append(item)
        for status, items in sorted(found.items()):
            where = folded(item.target for item in items)
            reason = items[0].reason
            yield codes.STACK_NEEDS_RECOVERY.diagnostic(
                f"the stack of layer {case.layer} in {where} is in {status}, from which no update leads on"
                + (f": {reason}" if reason else ""),
                help=f"run petc recover --stage {wanted.stage}",
            )


def of_values(wanted: DesiredState, every: Collection[LayerState]) -> Iterator[Diagnostic]:
    """Yield the template parameters that have no value in some targets, and no default.

    CloudFormation refuses such a stack ("Parameters: [...] must have values"). An account that joined an
    organization unit has no values of its own yet.
    """
    for case in every:
        if case.wanted is None or case.new is None or case.frozen:
            continue
        for name, default in sorted(case.new.defaults.items()):
            if default is not None:
                continue
            lacking = [
                target for target in wanted.targets if name not in case.wanted.parameters.get(target, {})
            ]
            if lacking:
                regions = sorted({target.region for target in lacking})
                yield codes.TARGET_WITHOUT_VALUE.diagnostic(
                    f"parameter {name} of layer {case.layer} has no value in {folded(lacking)}",
                    pointer=f"/targets/regions/{regions[0]}",
                    on_key=True,
                    help="write the value for each account under "
                    + ", ".join(f"`targets.regions.{region}.accounts`" for region in regions),
                )


def of_types(
    every: Collection[LayerState], compared: Mapping[tuple[str, Target], Comparison]
) -> Iterator[Diagnostic]:
    """Yield resources that keep their logical id under another type.

    CloudFormation refuses that ("Update of resource type is not permitted").
    """
    for case in every:
        names = {name for target in case.standing for name in compared[case.name, target].retyped}
        for name in sorted(names):
            yield codes.RESOURCE_TYPE_CHANGED.diagnostic(
                f"resource {name} of layer {case.layer} gets another type, which CloudFormation does not permit",
                help="give the new resource another logical id",
            )


def of_imports(every: Collection[LayerState]) -> Iterator[Diagnostic]:
    """Yield imports of values that a layer exports now and that none will export."""
    makes = {name for case in every for found in case.variants for name in found.exports}
    will_make = {name for case in every if case.new is not None for name in case.new.exports}
    for case in every:
        if case.new is None:
            continue
        for name in sorted(case.new.imports & makes - will_make):
            yield codes.IMPORT_LEFT_BEHIND.diagnostic(
                f"layer {case.layer} imports {name}, which no layer exports any more",
                help=f"add --layer {case.stem}" if case.frozen else "run petc compile",
            )


def of_turns(turns: Collection[Turn]) -> Iterator[Diagnostic]:
    """Yield layers that have to take part and were left out."""
    for layer, stem in sorted({(turn.case.layer, turn.case.stem) for turn in turns if turn.case.frozen}):
        yield codes.LAYER_LEFT_OUT.diagnostic(
            f"layer {layer} imports values that go or change with the named layers",
            help=f"add --layer {stem}",
        )


def of_selection(wanted: DesiredState, observed: Observed, only: Collection[str]) -> Iterator[Diagnostic]:
    """Yield layers that were named and do not exist, and those that a named one needs and that are not there."""
    layers = {layer.layer: layer for layer in wanted.layers}
    names = {name for layer in wanted.layers for name in (layer.layer, layer.stem)}
    removed = {name.removeprefix(wanted.prefix) for name in observed.layers if name.startswith(wanted.prefix)}
    for name in sorted(set(only) - names - removed):
        near = closest(name, names | removed)
        yield codes.UNKNOWN_LAYER.diagnostic(
            f"--layer {name} names no layer of stage {wanted.stage}",
            help=f"did you mean {near}" if near else f"the layers are {', '.join(sorted(layers))}",
        )
    for layer in wanted.layers:
        if not {layer.layer, layer.stem} & set(only):
            continue
        for name in layer.depends_on:
            needed = layers[name]
            if {needed.layer, needed.stem} & set(only):
                continue
            held = observed.layers.get(needed.name)
            missing = [
                target
                for target in wanted.targets
                if held is None or target not in held.deployed or not held.deployed[target].exists
            ]
            if missing:
                yield codes.LAYER_NOT_DEPLOYED.diagnostic(
                    f"layer {layer.layer} depends on {name}, which is not deployed in {folded(missing)}",
                    help=f"add --layer {needed.stem}",
                )
