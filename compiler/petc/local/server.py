"""The server's process: `python -m petc.local.server --folder DIR --account ID --region NAME`."""

from __future__ import annotations

import argparse
import os
import secrets
import socket
import sys
import time
from importlib import import_module
from pathlib import Path

from petc.local import identity, last, layout, locks, loopback, mark, private, record, version
from petc.local.environment import HOST, server_environment
from petc.local.last import Last
from petc.local.record import Running


def main() -> None:
    """Serve a folder's state until SIGTERM.

    `--socket` names an inherited descriptor that is bound already; without it a free port is taken.
    """
    parser = argparse.ArgumentParser(prog="petc.local.server")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--account", required=True)
    parser.add_argument("--region", required=True)
    parser.add_argument("--socket", type=int)
    arguments = parser.parse_args()
    folder: Path = arguments.folder.absolute()
    private.keep_private()
    layout.scratch(folder).mkdir(parents=True, exist_ok=True)
    private.tighten(folder)
    inherited: int | None = arguments.socket
    listening = socket.create_server((HOST, 0)) if inherited is None else socket.socket(fileno=inherited)
    with locks.owned(layout.server_lock(folder)) as alone:
        if not alone:
            sys.exit(f"another server has {folder}")
        version.require(folder)
        version.write(folder)
        port = listening.getsockname()[1]
        seed = last.read(folder).seed or secrets.token_hex(16)
        running = Running(
            folder=folder,
            pid=os.getpid(),
            birth=identity.birth(os.getpid()) or "",
            port=port,
            token=secrets.token_hex(16),
            account=arguments.account,
            region=arguments.region,
            started=time.time(),
            mark=mark.mark_of(seed, folder),
        )
        record.write(running)
        last.write(folder, Last(port, running.account, running.region, seed))
        try:
            # MiniStack reads its environment when it is imported, so it is imported now.
            settings = server_environment(
                os.environ, folder, port=port, account=running.account, region=running.region
            )
            for name in set(os.environ) - set(settings):
                del os.environ[name]
            os.environ.update(settings)
            loopback.keep_to_loopback()
            import_module("petc.local.serving").run(folder, listening, running)
        finally:
            record.remove(folder, running.token)


if __name__ == "__main__":
    main()
