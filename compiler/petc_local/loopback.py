"""Nothing of the local AWS listens beyond this machine, whatever asks for it."""

from __future__ import annotations

import socket
from typing import Any

_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}
"""The addresses that stand for every interface, and the loopback of their family."""

_bind = socket.socket.bind


def _bind_to_loopback(self: socket.socket, address: Any) -> None:
    if self.family in (socket.AF_INET, socket.AF_INET6):
        host, *rest = address
        address = (_EVERYWHERE.get(host, host), *rest)
    _bind(self, address)


def keep_to_loopback() -> None:
    """From now on a socket of this process that asks for every address gets the loopback.

    MiniStack 1.5.33 has listeners beside its gateway that take no address: the proxies of databases and of
    the MQTT broker bind 0.0.0.0. The sockets of Python's standard library and of asyncio pass here.
    """
    patched: Any = socket.socket
    patched.bind = _bind_to_loopback
