"""The status of a stage as text and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from petc.deploy.observed import CURRENT
from petc.deploy.operations.status import (
    ABSENT,
    GroupState,
    LayerStatus,
    Output,
    RunningOperation,
    StageStatus,
)
from petc.deploy.targets import Target, folded
from petc.report.columns import columns, wrapped
from petc.source.tree import Json

_SHOWN = 6
"""Values of one output that are shown; with more targets `--format json` has them all."""


def nowhere(value: str) -> str:
    """Return nothing: an address answers where it says, and not on this machine."""
    return ""


def text(status: StageStatus, width: int, here: Callable[[str], str] = nowhere) -> str:
    """Return the status in lines of at most `width` cells where words allow.

    `here` says where an address answers on this machine, nothing when it does not.
    """
    lines = [f"{status.spec} {status.stage}  {_headline(status)}", ""]
    lines += columns([row for layer in status.layers for row in _rows(layer)], width, "  ")
    for layer in status.layers:
        if layer.running:
            lines += ["", *wrapped(_busy(layer, layer.running), width)]
    outputs = [row for output in status.outputs for row in _values(output, here)]
    if outputs:
        lines += ["", *columns(outputs, width, "  ", whole=True)]
    return "\n".join(lines)


def as_json(status: StageStatus, here: Callable[[str], str] = nowhere) -> Json:
    """Return the status for machines: every target by itself, times as ISO 8601 in UTC; `here` as in `text`."""
    return {
        "spec": status.spec,
        "stage": status.stage,
        "root": status.root,
        "as_generated": status.is_fine,
        "layers": [_layer_json(layer) for layer in status.layers],
        "outputs": [
            {
                "layer": output.layer,
                "name": output.name,
                "description": output.about,
                "values": {str(target): value for target, value in output.values.items()},
                "here": {str(target): at for target, value in output.values.items() if (at := here(value))},
            }
            for output in status.outputs
        ],
    }


def moment(seconds: float) -> str:
    """Return a time as `2026-11-23 18:04`, in UTC; nothing for 0."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M") if seconds else ""


def _headline(status: StageStatus) -> str:
    standing = [layer for layer in status.layers if any(group.standing != ABSENT for group in layer.groups)]
    if not status.targets:
        left = f", and {len(standing)} layers are deployed elsewhere" if standing else ""
        return f"has no target: no account is in its organizational units{left}"
    where = folded(status.targets)
    if not standing:
        return f"is not deployed in {where}"
    if status.is_fine:
        return f"is deployed in {where} and matches generated/ ({status.root[:12]})"
    off = sum(1 for layer in status.layers if not layer.wanted or not all(g.is_fine for g in layer.groups))
    return f"in {where}: {off} of {len(status.layers)} layers differ from generated/"


def _rows(layer: LayerStatus) -> Iterator[tuple[str, ...]]:
    for number, group in enumerate(layer.groups):
        stem = layer.stem if number == 0 else ""
        where = folded(group.targets) if len(layer.groups) > 1 or len(group.targets) > 1 else ""
        yield (
            stem,
            group.standing.lower(),
            group.stack_status,
            moment(group.since),
            where,
            _remark(layer, group),
        )


def _remark(layer: LayerStatus, group: GroupState) -> str:
    if not layer.wanted:
        return "the spec no longer has this layer"
    if group.standing == ABSENT:
        return "not deployed"
    if group.reason and group.standing != CURRENT:
        return group.reason
    return "as generated" if group.generated else "not what is generated"


def _busy(layer: LayerStatus, running: RunningOperation) -> str:
    who = "petc began it" if running.is_ours else "started by someone else, not by petc"
    since = f" since {moment(running.since)} UTC" if running.since else ""
    return f"{layer.stem}: operation {running.id} ({running.action.lower()}) runs{since}; {who}"


def _values(output: Output, here: Callable[[str], str]) -> Iterator[tuple[str, ...]]:
    different: dict[str, list[Target]] = {}
    for target, value in output.values.items():
        different.setdefault(value, []).append(target)
    for number, (value, targets) in enumerate(different.items()):
        name = output.name if number == 0 else ""
        if number == _SHOWN:
            yield (name, "", f"and {len(different) - _SHOWN} more values; --format json shows all")
            return
        yield (name, folded(targets) if len(output.values) > 1 else "", value)
        if at := here(value):
            yield ("", "", f"here: {at}")


def _layer_json(layer: LayerStatus) -> Json:
    running = layer.running
    return {
        "layer": layer.stem,
        "name": layer.name,
        "wanted": layer.wanted,
        "operation": {"id": running.id, "action": running.action, "by_petc": running.is_ours}
        if running
        else None,
        "targets": {
            str(target): {
                "standing": group.standing,
                "stack_status": group.stack_status,
                "changed": datetime.fromtimestamp(group.since, UTC).isoformat() if group.since else None,
                "as_generated": group.generated,
                "reason": group.reason,
            }
            for group in layer.groups
            for target in group.targets
        },
    }
