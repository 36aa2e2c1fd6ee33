"""Programs of other users are not served."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys

import pytest

from petc_local import peer_process
from tests.petc_local.running import LocalAws

NOBODY = 65534
ASKS = (
    "import encodings.idna, os, sys, urllib.request\n"
    "os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
    "try:\n    print(urllib.request.urlopen(sys.argv[1]).status)\n"
    "except OSError as refused:\n    print(getattr(refused, 'code', refused))\n"
)


@pytest.mark.skipif(not peer_process.is_told(), reason="this system does not tell whose socket it is")
@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6])
def test_the_owner_of_a_socket_is_told(family: socket.AddressFamily) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(family) as client:
        port = server.getsockname()[1]
        client.connect(("127.0.0.1" if family is socket.AF_INET else "::ffff:127.0.0.1", port))
        peer = ("127.0.0.1", client.getsockname()[1])

        assert peer_process.owner_of(peer, ("127.0.0.1", port)) == os.getuid()
        assert peer_process.owner_of(peer, ("127.0.0.1", port + 1)) is None


@pytest.mark.skipif(not peer_process.is_told(), reason="this system does not tell whose socket it is")
def test_the_kernel_and_its_tables_tell_the_same() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        own = server.getsockname()
        with socket.create_connection(own) as client:
            peer = client.getsockname()

            assert peer_process._looked_up(peer, own) == os.getuid()
            assert peer_process._asked(peer, own) in (os.getuid(), None)
        assert peer_process._asked(peer, own) is None
        assert peer_process._looked_up(peer, own) is None


def test_without_an_answer_of_the_kernel_its_tables_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peer_process, "_NETLINK_SOCK_DIAG", 31)
    with socket.create_server(("127.0.0.1", 0)) as server:
        own = server.getsockname()
        with socket.create_connection(own) as client:
            peer = client.getsockname()

            assert peer_process._asked(peer, own) is None
            assert peer_process.owner_of(peer, own) == peer_process._looked_up(peer, own)


def test_a_socket_that_is_closed_may_not_ask() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        client = socket.create_connection(server.getsockname())
        peer = client.getsockname()
        client.close()

        assert not asyncio.run(peer_process.may_ask(peer, server.getsockname()))


@pytest.mark.skipif(
    os.getuid() != 0 or not peer_process.is_told(),
    reason="only root becomes another user, and Linux tells it",
)
def test_a_program_of_another_user_is_refused(aws: LocalAws) -> None:
    done = subprocess.run(
        ("/usr/bin/env", sys.executable, "-S", "-c", ASKS, f"{aws.endpoint}/_petc/health"),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout == "403\n", done.stderr
