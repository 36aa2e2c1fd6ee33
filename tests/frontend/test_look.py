"""Every screen at several widths and in both colour schemes: nothing overflows, and a picture is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.frontend.clinic import text
from tests.frontend.conftest import Seen, watched
from tests.frontend.gateway import Gateway
from tests.lambda_src.endpoints import Reply, reply_json

LONG = "Wolfeschlegelsteinhausenbergerdorff" * 3
ANSWER = """These vets do **surgery**:

- Linda Douglas (also dentistry)
- Rafael Ortega

Shall I look for a date? 1 could also:

1. list all vets
2. add a visit"""

SCREENS = {
    "owners": "#/owners",
    "nobody": "#/owners?lastName=zzz",
    "owner": "#/owners/6",
    "petless": "#/owners/101",
    "long": "#/owners/100",
    "new-owner": "#/owners/new",
    "edit-owner": "#/owners/6/edit",
    "new-pet": "#/owners/6/pets/new",
    "edit-pet": "#/owners/6/pets/7/edit",
    "visit": "#/owners/6/pets/7/visits/new",
    "vets": "#/vets",
    "missing": "#/owners/999",
    "failed": "#/vets",
    "wrong": "#/owners/new",
    "chat": "#/owners",
    "chat-new": "#/owners/6",
}
SIZES: dict[str, ViewportSize] = {
    "desk": {"width": 1280, "height": 800},
    "phone": {"width": 360, "height": 740},
    "small": {"width": 320, "height": 568},
}


@pytest.fixture
def full(gateway: Gateway) -> Gateway:
    """Names that are hard to lay out, beside the usual ones."""
    clinic = gateway.clinic
    owner = clinic.add_owner(LONG, "김철수", LONG, "서울특별시 강남구", "010123456789")
    clinic.add_owner("민수", "박", "테헤란로 1", "서울", "0212345678")
    pet = clinic.add_pet(owner, f"야옹이{LONG}", "2024-02-29", 1)
    clinic.add_visit(pet, "2025-01-01", f"예방 접종\n{LONG}")
    clinic.chat = lambda question: text(ANSWER)
    return gateway


def shown(page: Page, name: str) -> None:
    """Open a screen and wait until it stands still."""
    page.goto(f"/{SCREENS[name]}")
    expect(page.locator("main")).to_have_attribute("aria-busy", "false")
    if name == "wrong":
        page.get_by_label("Telephone").fill("12 34")
        page.get_by_role("button", name="Add owner").click()
    if name.startswith("chat"):
        page.get_by_role("button", name="Ask").click()
    if name == "chat":
        page.get_by_label("Your question").fill("Which vets do surgery?")
        page.keyboard.press("Enter")
        expect(page.get_by_role("log")).to_contain_text("Rafael Ortega")


@pytest.mark.parametrize(("size", "scheme"), [("desk", "light"), ("phone", "dark"), ("small", "light")])
def test_nothing_is_wider_than_the_screen(
    browser: Browser,
    full: Gateway,
    seen: Seen,
    screenshots: Path,
    size: str,
    scheme: Literal["light", "dark"],
) -> None:
    wide = []
    with browser.new_context(
        base_url=full.url, viewport=SIZES[size], color_scheme=scheme, reduced_motion="reduce"
    ) as context:
        page = watched(context.new_page(), seen)
        for name in SCREENS:
            full.instead = {("GET", "/api/vets"): lambda _: Reply(502)} if name == "failed" else {}
            page.goto("about:blank")
            shown(page, name)
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
