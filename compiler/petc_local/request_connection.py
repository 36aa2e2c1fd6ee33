"""The connection that a request came in on, which ASGI keeps to itself: whose it is, and how it is cut."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from typing import Any

from hypercorn.asyncio import run
from hypercorn.asyncio.tcp_server import TCPServer

from petc_local import peer_process

_WRITER: ContextVar[asyncio.StreamWriter | None] = ContextVar("connection", default=None)


_BODY = b'{"message": "this local AWS belongs to another user"}'
_REFUSED = (
    b"HTTP/1.1 403 Forbidden\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: "
    + str(len(_BODY)).encode()
    + b"\r\n\r\n"
    + _BODY
)
"""What a program of another user is answered, whatever it asks."""


class _KnownServer(TCPServer):
    """A connection's server that leaves the connection where the tasks of its requests find it."""

    async def run(self) -> None:
        _WRITER.set(self.writer)
        await super().run()


class _GuardedServer(_KnownServer):
    """One that serves programs of the same user only."""

    async def run(self) -> None:
        peer, own = (self.writer.get_extra_info(name) for name in ("peername", "sockname"))
        if peer and own and await peer_process.may_ask(peer[:2], own[:2]):
            await super().run()
            return
        self.writer.write(_REFUSED)
        self.writer.close()


def install() -> None:
    """Let requests know their connection, and refuse other users where the system tells them apart.

    Before the server starts.
    """
    module: Any = run
    module.TCPServer = _GuardedServer if peer_process.is_told() else _KnownServer


def cut() -> None:
    """Close the connection of the running request at once, without an answer."""
    writer = _WRITER.get()
    if writer is not None:
        writer.transport.abort()
