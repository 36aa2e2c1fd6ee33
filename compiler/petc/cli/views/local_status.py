"""What `petc local status` says: for people and for machines."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from petc.local import codes
from petc.local.admin_request import ask
from petc.local.server_record import Running
from petc.report.cells import visible

PATIENCE_S = 30.0
"""How long the server may take to count, in seconds."""

_MEANING = {
    "runs": "does its job on this machine",
    "answers": "is shown by the API of its service; nothing acts behind it",
    "recorded": "is written down and not deployed: nothing but its properties is kept",
}
"""What each standing of a resource type means."""


def described(server: Running) -> dict[str, object]:
    """Return what is known of a server without asking it, for JSON."""
    return {
        "running": True,
        "endpoint": server.endpoint,
        "port": server.port,
        "pid": server.pid,
        "started": datetime.fromtimestamp(server.started).astimezone().isoformat(timespec="seconds"),
        "account": server.account,
        "region": server.region,
        "log": str(server.log),
    }


def inventory(server: Running) -> dict[str, object]:
    """Return what is deployed to a server; raises `Rejected` with `local-silent`."""
    try:
        return ask(server.endpoint, "GET", "inventory", timeout=PATIENCE_S, token=server.token)
    except (OSError, ValueError) as fault:
        message = f"the local AWS, process {server.pid}, does not answer: {fault}"
        way_out = f"read {server.log}; petc local stop ends it"
        raise codes.LOCAL_SILENT.because(message, way_out) from None


def text(server: Running, held: Mapping[str, object]) -> str:
    """Return the status as text: the server, stacks and stack sets by number, resources by type and standing.

    Names of types come from templates, so control characters are shown as escapes.
    """
    since = datetime.fromtimestamp(server.started).strftime("%Y-%m-%d %H:%M:%S")
    lines = [f"the local AWS answers at {server.endpoint}, process {server.pid}, since {since}"]
    lines.append(f"{_number(held, 'stacks', 'stack')}, {_number(held, 'stack_sets', 'stack set')}")
    if simulated := _shown(held.get("simulated") or ""):
        lines.append(f"besides, {simulated} stack instances are simulated: nothing is there")
    types = _rows(held.get("types"))
    if types:
        lines += ("", *_table(types), "", *_legend(held.get("totals")))
    return "\n".join(lines)


def _table(types: tuple[Mapping[str, object], ...]) -> list[str]:
    rows = [("count", "type", "standing", "because")]
    rows += [
        (_cell(row, "count"), _cell(row, "type"), _cell(row, "standing"), _cell(row, "reason"))
        for row in types
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return [
        f"  {count.rjust(widths[0])}  {kind.ljust(widths[1])}  {standing.ljust(widths[2])}  {why}".rstrip()
        for count, kind, standing, why in rows
    ]


def _legend(totals: object) -> list[str]:
    counts = totals if isinstance(totals, dict) else {}
    width = max((len(_shown(counts.get(name, 0))) for name in _MEANING), default=1)
    return [
        f"  {_shown(counts.get(name, 0)).rjust(width)} {name.ljust(8)}  {meaning}"
        for name, meaning in _MEANING.items()
    ]


def _cell(row: Mapping[str, object], name: str) -> str:
    return _shown(row.get(name, ""))


def _shown(value: object) -> str:
    return visible(str(value))


def _number(held: Mapping[str, object], key: str, noun: str) -> str:
    count = len(_rows(held.get(key)))
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _rows(values: object) -> tuple[Mapping[str, object], ...]:
    return tuple(row for row in values if isinstance(row, dict)) if isinstance(values, list) else ()
