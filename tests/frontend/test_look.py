"""Every screen at several widths and in both colour schemes: nothing overflows, and a picture is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.frontend.chromium import Seen, watched
from tests.frontend.conftest import DESK
from tests.frontend.gateway import Gateway
from tests.frontend.screens import SCREENS, furnish, show
from tests.lambda_src.endpoints import reply_json

SIZES: dict[str, ViewportSize] = {
    "desk": DESK,
    "phone": {"width": 360, "height": 740},
    "small": {"width": 320, "height": 568},
}


@pytest.mark.parametrize(("size", "scheme"), [("desk", "light"), ("phone", "dark"), ("small", "light")])
def test_nothing_is_wider_than_the_screen(
    browser: Browser,
    gateway: Gateway,
    seen: Seen,
    screenshots: Path,
    size: str,
    scheme: Literal["light", "dark"],
) -> None:
    furnish(gateway)
    wide = []
    with browser.new_context(
        base_url=gateway.url, viewport=SIZES[size], color_scheme=scheme, reduced_motion="reduce"
    ) as context:
        page = watched(context.new_page(), seen)
        for name in SCREENS:
            show(page, gateway, name)
            page.screenshot(path=screenshots / f"{name}-{size}-{scheme}.png", full_page=True)
            excess = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            if excess > 0:
                wide.append((name, excess))

    assert wide == []
    assert seen.complaints == []


def test_an_empty_clinic_says_how_to_begin(gateway: Gateway, page: Page) -> None:
    gateway.instead = {
        ("GET", "/api/vets"): lambda _: reply_json([]),
        ("GET", "/api/customers/owners"): lambda _: reply_json([]),
    }
    page.goto("/")

    expect(page.get_by_text("No owners yet")).to_be_visible()
    expect(page.get_by_role("link", name="Add owner")).to_be_visible()
    page.get_by_role("link", name="Vets").click()
    expect(page.get_by_text("No vets yet")).to_be_visible()


def test_motion_stops_where_it_is_not_wanted(gateway: Gateway, browser: Browser) -> None:
    with browser.new_context(base_url=gateway.url, reduced_motion="reduce") as context:
        page = context.new_page()
        page.goto("/")
        page.get_by_role("link", name="Add owner").wait_for()
        moving = page.evaluate(
            "[...document.querySelectorAll('*')].map((it) => getComputedStyle(it))"
            ".filter((style) => style.transitionDuration !== '0s').length"
        )

    assert moving == 0
