from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.petc_local.running import LocalAws, local_aws

LISTENING = "0A"
LOOPBACK = {"0100007F", "00000000000000000000000001000000"}
"""127.0.0.1 and ::1 as /proc/net writes them (proc_net_tcp in the Linux kernel's documentation)."""


def listening_sockets(pid: int) -> dict[str, str]:
    """Return address:port of each socket on which a process listens, by its inode."""
    inodes = {
        str(link.readlink()).removeprefix("socket:[").removesuffix("]")
        for link in Path(f"/proc/{pid}/fd").iterdir()
        if link.is_symlink() and str(link.readlink()).startswith("socket:[")
    }
    found = {}
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text("ascii").splitlines()[1:]:
            fields = line.split()
            if fields[3] == LISTENING and fields[9] in inodes:
                found[fields[9]] = fields[1]
    return found


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="the kernel's table of sockets is Linux's")
def test_nothing_listens_beyond_this_machine_whatever_service_is_used(tmp_path: Path) -> None:
    with local_aws(tmp_path / "aws") as aws:
        use_services_with_listeners(aws)
        found = listening_sockets(aws.server.pid)

    assert found
    assert {address.partition(":")[0] for address in found.values()} <= LOOPBACK


def test_a_socket_that_asks_for_every_address_gets_the_loopback() -> None:
    code = """
import asyncio, socket
from petc_local.loopback import keep_to_loopback
keep_to_loopback()
async def main():
    for host in ("0.0.0.0", "::", "", None, "127.0.0.1"):
        server = await asyncio.start_server(lambda reader, writer: None, host, 0)
        print(*sorted(item.getsockname()[0] for item in server.sockets))
asyncio.run(main())
print(socket.create_server(("", 0)).getsockname()[0])
"""
    done = subprocess.run((sys.executable, "-c", code), capture_output=True, text=True, check=True)

    assert set(done.stdout.split()) <= {"127.0.0.1", "::1"}
    assert len(done.stdout.splitlines()) == 6


def use_services_with_listeners(aws: LocalAws) -> None:
    """Create what makes MiniStack listen besides its gateway: SFTP servers and proxies of databases."""
    aws.client("transfer").create_server()
    aws.client("dsql").create_cluster(deletionProtectionEnabled=False)
    aws.client("rds").create_db_instance(
        DBInstanceIdentifier="one",
        DBInstanceClass="db.t3.micro",
        Engine="mysql",
        AllocatedStorage=20,
        MasterUsername="admin",
        MasterUserPassword="local-secret",
    )
