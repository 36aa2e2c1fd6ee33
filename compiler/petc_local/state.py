"""What the server knows, in one file that is replaced whole: a killed server finds all of it or the one before."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ministack import app
from ministack.core import persistence

from petc import atomic_write
from petc.local import folder_layout

_LOGGER = logging.getLogger("petc_local.state")

Part = tuple[Callable[[], Any], Callable[[Any], None]]
"""How an extension's part of the state is dumped and loaded; JSON, or MiniStack's own tables."""


class SavedState:
    """The file of the state, and the digest of what stands in it."""

    def __init__(self, folder: Path, parts: Mapping[str, Part]) -> None:
        """Take the parts that are kept beside MiniStack's services, by name."""
        self._path = folder_layout.state(folder)
        self._parts = parts
        self._digest = b""
        self._loaded: dict[str, Any] = {}

    def install(self) -> None:
        """Take the place of MiniStack's own persistence, which writes a file for each service, one by one."""
        if self._path.exists():
            with self._path.open("rb") as file:
                self._loaded = json.load(file, object_hook=persistence._json_object_hook)
        module: Any = app
        module.load_state = self._loaded.get("services", {}).get
        module.save_all = lambda services: None

    def restore(self) -> None:
        """Load the extension's parts; after MiniStack has loaded its services."""
        for name, value in self._loaded.get("parts", {}).items():
            if name in self._parts:
                self._parts[name][1](value)
        self._loaded = {}

    def save(self) -> bool:
        """Write what has changed since the last time; return whether anything had.

        Runs on the server's loop, where stacks change too, so that the file shows one moment. A service that
        cannot say what it knows is left out and named in the log. Raises `OSError`.
        """
        services: dict[str, Any] = {}
        for name, get_state in app._build_persistence_save_dict().items():
            try:
                services[name] = get_state()
            except Exception:
                _LOGGER.exception("the state of %s is not kept", name)
        whole = {
            "services": {name: value for name, value in services.items() if value is not None},
            "parts": {name: dump() for name, (dump, _) in self._parts.items()},
        }
        text = json.dumps(whole, default=persistence._json_default, separators=(",", ":")).encode()
        digest = hashlib.blake2b(text).digest()
        if digest == self._digest:
            return False
        atomic_write.write(self._path, text, durable=True)
        self._digest = digest
        return True
