"""What is said of the local AWS servers that run for other folders, and how each is stopped."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from petc.local.discovery import project
from petc.local.server_record import Running
from petc.report.cells import visible

_OUT = "generated"
"""Any name serves: the local AWS of `--generated FOLDER/NAME` lies in `FOLDER/.petc/local`."""


def described(server: Running) -> dict[str, object]:
    """Return a server for JSON."""
    return {"pid": server.pid, "endpoint": server.endpoint, "folder": str(server.folder)}


def stopped(server: Running) -> str:
    """Return the line about a server that was stopped."""
    return f"stopped process {server.pid}, the local AWS of {visible(str(project(server)))}"


def text(servers: Sequence[Running]) -> str:
    """Return which other servers run and the command that stops each, as lines; nothing when there is none."""
    if not servers:
        return ""
    lines = ["other local AWS servers of this user run; petc local stop --all stops all of them:"]
    for server in servers:
        line = f"  process {server.pid} at {server.endpoint}, {visible(str(server.folder))}"
        if project(server) != server.folder:
            line += f": petc local stop --generated {visible(shlex.quote(str(project(server) / _OUT)))}"
        lines.append(line)
    return "\n".join(lines) + "\n"
