"""The connection that a request came in on, which ASGI keeps to itself, so that it can be cut."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from typing import Any

from hypercorn.asyncio import run
from hypercorn.asyncio.tcp_server import TCPServer

_WRITER: ContextVar[asyncio.StreamWriter | None] = ContextVar("connection", default=None)


class _KnownServer(TCPServer):
    """A connection's server that leaves the connection where the tasks of its requests find it."""

    async def run(self) -> None:
        _WRITER.set(self.writer)
        await super().run()


def install() -> None:
    """Let requests know their connection; before the server starts."""
    module: Any = run
    module.TCPServer = _KnownServer


def cut() -> None:
    """Close the connection of the running request at once, without an answer."""
    writer = _WRITER.get()
    if writer is not None:
        writer.transport.abort()
