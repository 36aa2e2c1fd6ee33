"""The server's process: `python -m petc_local.server --folder DIR --account ID --region NAME`."""

from __future__ import annotations

import argparse
import os
import secrets
import socket
import sys
import time
from importlib import import_module
from pathlib import Path

from petc.local import (
    folder_layout,
    previous_start,
    private_files,
    process_identity,
    server_mark,
    server_record,
    state_version,
)
from petc.local.environment import HOST, server_environment
from petc.local.previous_start import Last
from petc.local.server_record import Running
from petc_local import loopback, owned_file


def main() -> None:
    """Serve a folder's state until SIGTERM.

    `--socket` names an inherited descriptor that is bound already; without it a free port is taken.
    """
    parser = argparse.ArgumentParser(prog="petc_local.server")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--account", required=True)
    parser.add_argument("--region", required=True)
    parser.add_argument("--socket", type=int)
    arguments = parser.parse_args()
    folder: Path = arguments.folder.absolute()
    private_files.keep_private()
    folder_layout.scratch(folder).mkdir(parents=True, exist_ok=True)
    private_files.tighten(folder)
    inherited: int | None = arguments.socket
    listening = socket.create_server((HOST, 0)) if inherited is None else socket.socket(fileno=inherited)
    with owned_file.owned(folder_layout.server_lock(folder)) as alone:
        if not alone:
            sys.exit(f"another server has {folder}")
        state_version.require(folder)
        state_version.write(folder)
        port = listening.getsockname()[1]
        seed = previous_start.read(folder).seed or secrets.token_hex(16)
        running = Running(
            folder=folder,
            pid=os.getpid(),
            birth=process_identity.birth(os.getpid()) or "",
            port=port,
            token=secrets.token_hex(16),
            account=arguments.account,
            region=arguments.region,
            started=time.time(),
            mark=server_mark.mark_of(seed, folder),
        )
        server_record.write(running)
        previous_start.write(folder, Last(port, running.account, running.region, seed))
        try:
            # MiniStack reads its environment when it is imported, so it is imported now.
            settings = server_environment(
                os.environ, folder, port=port, account=running.account, region=running.region
            )
            for name in set(os.environ) - set(settings):
                del os.environ[name]
            os.environ.update(settings)
            loopback.keep_to_loopback()
            import_module("petc_local.application").run(folder, listening, running)
        finally:
            server_record.remove(folder, running.token)


if __name__ == "__main__":
    main()
