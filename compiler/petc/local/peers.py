"""Whose program is at the other end of a connection on this machine.

Whoever reaches the port may run code as the server's user, and every user of a machine reaches its loopback.
Linux tells the owner of each socket in /proc/net/tcp and tcp6 (proc_pid_net(5); "proc_net_tcp" in the kernel's
documentation). On systems without it nobody is refused.
"""

from __future__ import annotations

import asyncio
import os
import socket
import struct
from pathlib import Path

_TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
_MAPPED = "0000000000000000FFFF0000"
"""Before an IPv4 address that a socket of IPv6 has reached (RFC 4291, 2.5.5.2), as the kernel writes it."""

_LOCAL, _REMOTE, _UID, _INODE = 1, 2, 7, 9
"""Columns of a line."""

_ROOT = 0
_TRIES = 5
_PAUSE_S = 0.005

Address = tuple[str, int]


async def may_ask(peer: Address, own: Address) -> bool:
    """Whether the socket at `peer`, connected to `own`, belongs to this process's user or to root.

    A socket that its program has closed already has no owner any more, so it may not ask. The kernel's table
    is read while it changes and may miss a line, so it is read several times before that is believed. It is
    read on the server's loop: threads may all be taken by functions that wait for this very answer.
    """
    for attempt in range(_TRIES):
        if attempt:
            await asyncio.sleep(_PAUSE_S)
        owner = owner_of(peer, own)
        if owner is not None:
            return owner in (os.getuid(), _ROOT)
    return False


def owner_of(peer: Address, own: Address) -> int | None:
    """Return the user whose socket at `peer` is connected to `own`; None when the system does not tell."""
    here, there = _written(peer), _written(own)
    for table in _TABLES:
        try:
            lines = table.read_text("ascii").splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            if here not in line:
                continue
            words = line.split()
            if (
                words[_LOCAL].removeprefix(_MAPPED) == here
                and words[_REMOTE].removeprefix(_MAPPED) == there
                and words[_INODE] != "0"
            ):
                return int(words[_UID])
    return None


def is_told() -> bool:
    """Whether the system tells the owner of a socket, tried with a connection of this process."""
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as client,
    ):
        return owner_of(client.getsockname(), server.getsockname()) == os.getuid()


def _written(address: Address) -> str:
    """Return an address as the kernel writes it: the bytes of the machine's order, and the port."""
    (number,) = struct.unpack("=I", socket.inet_aton(address[0]))
    return f"{number:08X}:{address[1]:04X}"
