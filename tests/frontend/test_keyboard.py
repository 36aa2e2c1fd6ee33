"""Everything can be done without a pointer, and the focus is where one is reading."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.frontend.gateway import Gateway

_CAN_BE_SEEN = """(() => {
  const it = document.activeElement;
  const outline = getComputedStyle(it).outlineStyle === "solid";
  return it === document.body || (outline && it.getBoundingClientRect().width > 20);
})()"""


def focused(page: Page) -> str:
    """The text or label of what has the focus."""
    found = page.evaluate(
        "((it) => (it.labels?.[0] ?? it).textContent.trim().replace(/\\s+/g, ' '))(document.activeElement)"
    )
    assert isinstance(found, str)
    return found


def tab_to(page: Page, text: str, limit: int = 40) -> None:
    """Press Tab until the focus is on what bears the text."""
    for _ in range(limit):
        page.keyboard.press("Tab")
        if focused(page) == text:
            return
    raise AssertionError(f"{text!r} cannot be reached by Tab")


def test_the_first_stop_leads_past_the_navigation(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_text("10 owners")).to_be_visible()
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to content"
    expect(page.get_by_role("link", name="Skip to content")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert focused(page) == "Add owner"
    assert "#main" not in page.url


def test_a_pet_is_added_from_the_list_by_keyboard_alone(gateway: Gateway, page: Page) -> None:
    page.goto("/")
    expect(page.get_by_text("10 owners")).to_be_visible()
    tab_to(page, "Last name")
    page.keyboard.type("coleman")
    tab_to(page, "Jean Coleman")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Jean Coleman")).to_be_focused()
    tab_to(page, "Add pet")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="New pet")).to_be_focused()
    tab_to(page, "Name")
    page.keyboard.type("Nabi")
    tab_to(page, "Birth date")
    page.keyboard.type("02292024")
    tab_to(page, "Type")
    page.keyboard.type("bird")
    tab_to(page, "Add pet")
    page.keyboard.press("Enter")

    expect(page.get_by_role("article", name="Nabi")).to_contain_text("bird · born Feb 29, 2024")
    expect(page.get_by_role("heading", level=1, name="Jean Coleman")).to_be_focused()


def test_the_assistant_is_used_by_keyboard_alone(page: Page) -> None:
    page.goto("/")
    tab_to(page, "Ask the assistant")
    page.keyboard.press("Enter")
    page.keyboard.type("hello")
    page.keyboard.press("Enter")
    expect(page.get_by_role("log")).to_contain_text("You asked: hello")
    page.keyboard.press("Escape")

    assert focused(page) == "Ask the assistant"


def test_every_stop_can_be_seen(page: Page) -> None:
    page.goto("/#/owners/6")
    expect(page.get_by_role("heading", level=1)).to_have_text("Jean Coleman")
    hidden = []
    for _ in range(14):
        page.keyboard.press("Tab")
        if not page.evaluate(_CAN_BE_SEEN):
            hidden.append(focused(page))

    assert hidden == []
