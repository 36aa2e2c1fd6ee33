"""A real Chromium, and a page that tells what the browser complained about."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE_MS = 15_000
"""How long a test waits for what should appear; a shared machine is slow at times."""

expect.set_options(timeout=PATIENCE_MS)

_WATCH = """
addEventListener("securitypolicyviolation", (event) => {
  console.error(`policy violated: ${event.violatedDirective} ${event.blockedURI}`);
});
"""


def missing() -> str:
    """Return why no browser can be started here, or the empty string."""
    return "" if _program() else "no Chromium here; Debian: apt-get install chromium"


@contextmanager
def launched(*more: str) -> Iterator[Browser]:
    """Launch the system's Chromium with a profile of its own and with more flags, or skip where there is none."""
    program = _program()
    if program is None:
        pytest.skip(missing())
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=program, args=(*FLAGS, *more), headless=True) as running,
    ):
        yield running


@dataclass(slots=True)
class Seen:
    """What the browser complained about: broken scripts, and what the policy of the page refused."""

    complaints: list[str] = field(default_factory=list)

    def note(self, message: ConsoleMessage) -> None:
        # A status that is no success is a complaint to the browser, and the subject of some tests.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.complaints.append(message.text)


def watched(page: Page, seen: Seen) -> Page:
    """Let `seen` learn of everything that goes wrong in the page."""
    page.set_default_timeout(PATIENCE_MS)
    page.add_init_script(_WATCH)
    page.on("console", lambda message: seen.note(message))
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    return page


def _program() -> str | None:
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
