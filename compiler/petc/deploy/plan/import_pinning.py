"""The present values of exports, written into the templates of those who import them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from petc.deploy.plan import codes
from petc.deploy.plan.layer_state import LayerState
from petc.deploy.plan.templates import Template
from petc.deploy.plan.transition_templates import MOST_ATTRIBUTES, pinned
from petc.deploy.targets import Target
from petc.diagnostics import Rejected


def pinned_by_target(
    case: LayerState,
    exports: Collection[str],
    shed: Collection[str],
    makers: Mapping[tuple[str, Target], LayerState],
) -> dict[Target, Template]:
    """Return for each standing target its template with present values in place of these imports.

    `makers` tells by export and target which layer exports it now.

    Targets that have the same template get the same one again, with a table of values where these differ.
    Raises `Rejected` with `unpinnable-layer` where a template or a value cannot be known.
    """
    found: dict[Target, Template] = {}
    for old, targets in _alike(case):
        if not old.readable:
            raise _unpinnable(case, targets[0], "its template was changed outside petc and cannot be read")
        present = {
            name: {target: _value(case, makers.get((name, target)), name, target) for target in targets}
            for name in sorted(old.imports.intersection(exports))
        }
        made = pinned(old, present, shed)
        found |= dict.fromkeys(targets, made)
    return found


def _alike(case: LayerState) -> Iterator[tuple[Template, tuple[Target, ...]]]:
    """Yield each distinct template with its targets, never more accounts than a mapping has room for."""
    groups: dict[str, list[Target]] = {}
    for target in case.cells:
        if case.exists(target):
            groups.setdefault(case.old(target).digest, []).append(target)
    for targets in groups.values():
        accounts = sorted({target.account for target in targets})
        for start in range(0, len(accounts), MOST_ATTRIBUTES):
            some = set(accounts[start : start + MOST_ATTRIBUTES])
            yield case.old(targets[0]), tuple(target for target in targets if target.account in some)


def _value(case: LayerState, maker: LayerState | None, export: str, target: Target) -> str:
    if maker is not None:
        key = maker.old(target).exports.get(export, "")
        value = maker.deployed(target).outputs.get(key)
        if value is not None:
            return value
    raise _unpinnable(case, target, f"the present value of {export}, which it imports, is not known")


def _unpinnable(case: LayerState, target: Target, why: str) -> Rejected:
    return codes.UNPINNABLE_LAYER.because(
        f"layer {case.layer} in {target} uses a value that is about to change, and {why}",
        help="deploy the layer as it was last compiled, then plan again",
    )
