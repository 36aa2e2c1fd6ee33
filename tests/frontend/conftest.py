"""The page in a real browser, before a gateway of its own; every test also fails for what the browser refused."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

_ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(_ROOT / "lambda_src"), str(_ROOT)]

from tests.frontend.chromium import Seen, launched, watched  # noqa: E402 the line above makes it importable
from tests.frontend.gateway import Gateway  # noqa: E402

DESK: ViewportSize = {"width": 1280, "height": 800}


@pytest.fixture(scope="session")
def started() -> Iterator[tuple[Browser, asyncio.AbstractEventLoop]]:
    """One Chromium with a profile of its own, or the reason why there is none; and the loop that Playwright runs."""
    with launched() as running:
        loop = asyncio.get_running_loop()
        asyncio._set_running_loop(None)
        yield running, loop
        asyncio._set_running_loop(loop)


@pytest.fixture
def browser(started: tuple[Browser, asyncio.AbstractEventLoop]) -> Iterator[Browser]:
    """The Chromium of the session.

    Between calls Playwright leaves its loop marked as the one that runs in this thread, where no other test could
    start one of its own. So the mark stands as long as the test does.
    """
    running, loop = started
    asyncio._set_running_loop(loop)
    yield running
    asyncio._set_running_loop(None)


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gateway]:
    """Site and API with the clinic's first data; the function of owners asks the services behind it."""
    with Gateway() as running:
        monkeypatch.setenv("CUSTOMERS_SERVICE_URL", f"{running.url}/services/customers")
        monkeypatch.setenv("VISITS_SERVICE_URL", f"{running.url}/services/visits")
        yield running


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def page(browser: Browser, gateway: Gateway, seen: Seen) -> Iterator[Page]:
    """A page in a fresh profile, not opened yet; paths are relative to the gateway."""
    with browser.new_context(base_url=gateway.url, viewport=DESK, locale="en-US") as context:
        opened = watched(context.new_page(), seen)
        yield opened
    assert seen.complaints == []


@pytest.fixture(scope="session")
def screenshots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder for pictures: that of PETC_SCREENSHOTS, or one that pytest keeps for a while."""
    wanted = os.environ.get("PETC_SCREENSHOTS")
    folder = Path(wanted) if wanted else tmp_path_factory.mktemp("screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
