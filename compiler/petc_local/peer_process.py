"""Whose program is at the other end of a connection on this machine.

Whoever reaches the port may run code as the server's user, and every user of a machine reaches its loopback.
Linux tells the owner of a socket to a program that asks for it by netlink (sock_diag(7)), and of each socket in
/proc/net/tcp and tcp6 (proc_pid_net(5); "proc_net_tcp" in the kernel's documentation). The tables take 15 ms where
there are 1,700 sockets, the question 0.05 ms, but not every kernel has it. Without both no program is refused.
"""

from __future__ import annotations

import asyncio
import os
import socket
import struct
import sys
from pathlib import Path

_TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
_MAPPED = "0000000000000000FFFF0000"
"""Before an IPv4 address that a socket of IPv6 has reached (RFC 4291, 2.5.5.2), as the kernel writes it."""

_LOCAL, _REMOTE, _UID, _INODE = 1, 2, 7, 9
"""Columns of a line."""

_NETLINK_SOCK_DIAG, _SOCK_DIAG_BY_FAMILY, _REQUEST = 4, 20, 1
"""linux/netlink.h and linux/sock_diag.h."""

_HEAD = struct.Struct("=IHHII")
"""struct nlmsghdr: length, type, flags, number, port."""

_OF_TCP, _ANY_STATE = struct.Struct("=BBBxI"), 0xFFFFFFFF
"""The start of struct inet_diag_req_v2: family, protocol, extensions, states."""

_ANY_INTERFACE = struct.pack("=III", 0, 0xFFFFFFFF, 0xFFFFFFFF)
"""The end of struct inet_diag_sockid: interface, and a cookie that says that none is known."""

_OWNER, _OWNER_AT = struct.Struct("=II"), _HEAD.size + 4 + 48 + 12
"""User and inode in struct inet_diag_msg: behind four bytes, struct inet_diag_sockid, and three numbers."""

_KERNEL_S = 1.0

_ROOT = 0
_TRIES = 5
_PAUSE_S = 0.005

Address = tuple[str, int]


async def may_ask(peer: Address, own: Address) -> bool:
    """Whether the socket at `peer`, connected to `own`, belongs to this process's user or to root.

    A socket that its program has closed already has no owner any more, so it may not ask. The kernel's table
    is read while it changes and may miss a line, so it is asked several times before that is believed. It is
    asked on the server's loop: threads may all be taken by functions that wait for this very answer.
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
    owner = _asked(peer, own)
    return _looked_up(peer, own) if owner is None else owner


def _asked(peer: Address, own: Address) -> int | None:
    """Return the owner by the kernel's answer for this one connection; None without one."""
    if sys.platform != "linux":
        return None
    asked = _OF_TCP.pack(socket.AF_INET, socket.IPPROTO_TCP, 0, _ANY_STATE)
    ports = struct.pack("!HH", peer[1], own[1])
    ends = b"".join(socket.inet_aton(address).ljust(16, b"\0") for address, _ in (peer, own))
    message = asked + ports + ends + _ANY_INTERFACE
    head = _HEAD.pack(_HEAD.size + len(message), _SOCK_DIAG_BY_FAMILY, _REQUEST, 1, 0)
    try:
        with socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, _NETLINK_SOCK_DIAG) as kernel:
            kernel.settimeout(_KERNEL_S)
            kernel.sendto(head + message, (0, 0))
            answer = kernel.recv(4096)
    except OSError:
        return None
    if len(answer) < _OWNER_AT + _OWNER.size or _HEAD.unpack_from(answer)[1] != _SOCK_DIAG_BY_FAMILY:
        return None
    owner, inode = _OWNER.unpack_from(answer, _OWNER_AT)
    # A connection without a socket, for instance one that was closed, has no owner.
    return int(owner) if inode else None


def _looked_up(peer: Address, own: Address) -> int | None:
    """Return the owner by the kernel's tables."""
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
