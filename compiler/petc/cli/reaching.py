"""Which AWS a command speaks to: the one of the environment, or with `--local` the one on this machine."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import click

from petc.cli.options import CACHE, Command

LOCAL_FOLDER = "local"
"""Below the cache folder: what the local AWS keeps."""

ENDPOINT = "AWS_ENDPOINT_URL"
"""By which AWS tools are told where AWS is; AWS SDKs and Tools Reference Guide, "Service-specific endpoints"."""


def local_option(command: Command) -> Command:
    """Add `--local`."""
    return click.option(
        "--local",
        "on_local",
        is_flag=True,
        help="Use the local AWS on this machine (`petc local`), started when it does not run.",
    )(command)


def reach(on_local: bool, out: Path, account: str, region: str) -> None:
    """Lay the local AWS over this process's environment when it is asked for.

    The adapters read the environment as every AWS tool does, and learn nothing else: they cannot tell which
    AWS they speak to. `account` is the one of the credentials, empty for any. Raises `Rejected`.
    """
    if not on_local:
        return
    from petc.local import process
    from petc.local.access import access, laid_over

    server = process.start(out.parent / CACHE / LOCAL_FOLDER, account=account or None, region=region)
    environment = laid_over(os.environ, access(server, account, region))
    os.environ.clear()
    os.environ.update(environment)


def endpoint(on_local: bool) -> str:
    """Return the URL of the local AWS once it was reached; nothing when it is not the one."""
    return os.environ[ENDPOINT] if on_local else ""


def stands_locally(out: Path) -> Mapping[str, int]:
    """Return how many resources of the local AWS run, answer, or are only recorded. Raises `Rejected`."""
    from petc.cli.local_status import inventory
    from petc.local import process

    server = process.running(out.parent / CACHE / LOCAL_FOLDER)
    totals = inventory(server).get("totals") if server else None
    return totals if isinstance(totals, dict) else {}
