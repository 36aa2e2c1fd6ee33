"""The server itself: MiniStack's application behind the gate, on a socket that is open already."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
import time
from collections import Counter
from pathlib import Path

from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack import app

from petc.local import server_record
from petc.local.server_record import Running
from petc_local import (
    admin,
    bedrock_models,
    crash_recovery,
    extension,
    failing_resources,
    inventory,
    quotas,
    request_connection,
    test_controls,
)
from petc_local.asgi import App, Message, Receive, Send
from petc_local.change_detection import Activity
from petc_local.fault_rules import Table
from petc_local.middleware import gate
from petc_local.state import SavedState

_LOGGER = logging.getLogger("petc_local.application")

_TICK_S = 0.5
"""How often the server looks whether there is something to save."""

_SHARE = 20
"""Saving takes at most one part in this many of the time."""


def run(folder: Path, listening: socket.socket, running: Running) -> None:
    """Serve until SIGTERM or SIGINT; the state is saved while calls come, and at the end."""
    asyncio.run(_run(folder, listening, running))


async def _run(folder: Path, listening: socket.socket, running: Running) -> None:
    request_connection.install()
    extension.install()
    table, calls, activity = Table(), Counter[str](), Activity()
    failing_resources.install(table)
    state = SavedState(folder, extension.parts())
    state.install()
    actions = {
        ("GET", "health"): lambda _: {"token": running.token, "pid": os.getpid()},
        ("GET", "inventory"): lambda _: inventory.inventory(),
        **admin.of_faults(table),
        **admin.of_calls(calls),
        **test_controls.actions(),
    }
    administration = admin.administration(actions)
    inner = gate(
        _restoring(bedrock_models.answering(quotas.answering(app.app)), state),
        administration,
        running,
        table,
        calls,
        activity.notice,
    )
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)

    async def stopped() -> None:
        await stop.wait()
        # At once: who asked for the end kills a server that then waits too long for a connection to close.
        _save(state, activity, running)

    saving = asyncio.create_task(_keep_saved(state, activity, running, stop))
    await serve(inner, _config(listening), shutdown_trigger=stopped)  # type: ignore[arg-type]
    saving.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await saving
    _save(state, activity, running)


def _config(listening: socket.socket) -> Config:
    config = Config()
    config.bind = [f"fd://{listening.fileno()}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 1
    config.loglevel = "WARNING"
    return config


def _restoring(inner: App, state: SavedState) -> App:
    """MiniStack loads its services when the server starts; the extension's parts follow before the first request."""

    async def application(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await inner(scope, receive, send)
            return

        async def started(message: Message) -> None:
            if message["type"] == "lifespan.startup.complete":
                crash_recovery.settle()
                state.restore()
            await send(message)

        await inner(scope, receive, started)

    return application


async def _keep_saved(state: SavedState, activity: Activity, running: Running, stop: asyncio.Event) -> None:
    saved = activity.mark()
    while True:
        await asyncio.sleep(_TICK_S)
        if not _is_owner(running):
            # Somebody deleted the folder, or began it anew: nobody would find this server to stop it.
            stop.set()
            return
        mark = activity.mark()
        if mark == saved:
            continue
        began = time.monotonic()
        _save(state, activity, running)
        saved = mark
        await asyncio.sleep((time.monotonic() - began) * _SHARE)


def _is_owner(running: Running) -> bool:
    found = server_record.read(running.folder)
    return found is not None and found.token == running.token


def _save(state: SavedState, activity: Activity, running: Running) -> None:
    if activity.simulated() or not _is_owner(running):
        return
    try:
        state.save()
    except OSError:
        # A full disk must not end the server: what is deployed still answers, and the next save may succeed.
        _LOGGER.exception("the state is not saved")
