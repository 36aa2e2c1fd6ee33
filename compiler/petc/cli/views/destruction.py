"""What a destruction will do, and what it has left, as text."""

from __future__ import annotations

from collections.abc import Sequence

from petc.deploy.desired import DesiredState
from petc.deploy.observed import Observed
from petc.deploy.operations.destruction import HeldResource, losses
from petc.deploy.operations.destruction import residue as kept_back
from petc.deploy.targets import folded
from petc.report.columns import columns

_KEPT = {"Retain": "stays", "Snapshot": "leaves a snapshot"}


def foretold(want: DesiredState, observed: Observed, found: Sequence[HeldResource], width: int) -> str:
    """Return which layers go, which data go with them, and what stays."""
    places = sorted({target for layer in observed.layers.values() for target in layer.deployed})
    where = folded(places) if places else "no target"
    count = len(observed.layers)
    lines = [f"destroys {want.spec} {want.stage}: {count} layer{'' if count == 1 else 's'} in {where}"]
    gone = [(item.stem, item.logical_id, item.type, "goes with its data") for item in losses(found)]
    stays = [(item.stem, item.logical_id, item.type, _KEPT[item.kept]) for item in kept_back(found)]
    return "\n".join((*lines, *columns([*gone, *stays], width, "  ")))


def residue(found: Sequence[HeldResource], others: Sequence[str], width: int) -> str:
    """Return what is left of a stage: resources that stayed, and what services made by themselves."""
    rows = [
        (item.stem, item.logical_id, item.type, f"{_KEPT[item.kept]} in {folded(item.targets)}")
        for item in kept_back(found)
    ]
    if not rows and not others:
        return "destroyed; nothing of it is left"
    lines = ["destroyed; this is left, and costs what it costs until it is deleted by hand:"]
    return "\n".join((*lines, *columns(rows, width, "  "), *(f"  {item}" for item in others)))
