"""The administration of the local AWS, below `/_petc/`: health, faults, calls, pace, simulation, inventory."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict

from petc_local import asgi
from petc_local.asgi import App, Message, Receive, Send
from petc_local.fault_rules import Armed, Table, decode

Action = Callable[[object], object]
"""What one method of one path does: from the JSON of the request to the JSON of the answer; raises `ValueError`."""


def administration(actions: Mapping[tuple[str, str], Action]) -> App:
    """Return an application for paths below `/_petc/`, given what each method and path does.

    Answers 404 to what is not listed and 400 with a `message` to what an action refuses.
    """

    async def administer(scope: Message, receive: Receive, send: Send) -> None:
        action = actions.get((scope["method"], scope["path"].removeprefix("/_petc/")))
        body = await asgi.body_of(receive)
        if action is None:
            known = ", ".join(sorted(f"{method} /_petc/{path}" for method, path in actions))
            await asgi.send_json(send, {"message": f"there is {known}"}, 404)
            return
        try:
            result = action(json.loads(body) if body.strip() else None)
        except ValueError as wrong:
            await asgi.send_json(send, {"message": str(wrong)}, 400)
            return
        await asgi.send_json(send, result)

    return administer


def of_faults(table: Table) -> dict[tuple[str, str], Action]:
    """Return how rules are added, read and taken away."""

    def add(values: object) -> object:
        items = values if isinstance(values, list) else [values]
        return {"numbers": table.add([decode(item) for item in items])}

    def read(_: object) -> object:
        return {"rules": [_shown(item) for item in table.armed()]}

    def clear(_: object) -> object:
        table.clear()
        return {}

    return {("POST", "faults"): add, ("GET", "faults"): read, ("DELETE", "faults"): clear}


def of_calls(calls: Counter[str]) -> dict[tuple[str, str], Action]:
    """Return how the numbers of calls are read and set back."""

    def read(_: object) -> object:
        return {"calls": dict(sorted(calls.items())), "total": calls.total()}

    def clear(_: object) -> object:
        calls.clear()
        return {}

    return {("GET", "calls"): read, ("DELETE", "calls"): clear}


def _shown(item: Armed) -> dict[str, object]:
    rule = asdict(item.rule) | {"kind": item.rule.kind.value}
    return {"number": item.number, "met": item.met, "fired": item.fired, **rule}
