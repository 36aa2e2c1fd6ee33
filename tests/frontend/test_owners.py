"""The list of owners: order, search by last name, long lists."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.frontend.gateway import Gateway


def names(page: Page) -> list[str]:
    """The names on the screen, once it stands still."""
    expect(page.locator("main")).to_have_attribute("aria-busy", "false")
    return page.locator(".rows .whole").all_inner_texts()


def test_owners_are_listed_by_last_name_with_their_pets(page: Page) -> None:
    page.goto("/")
    listed = names(page)

    assert listed[:4] == ["Jeff Black", "Jean Coleman", "Betty Davis", "Harold Davis"]
    expect(page.get_by_role("listitem").filter(has_text="Jean Coleman")).to_contain_text("Samantha")
    expect(page.get_by_text("10 owners")).to_be_visible()


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("dav", ["Betty Davis", "Harold Davis"]),
        ("TAVISH", ["Peter McTavish"]),
        ("muller", ["Jo Müller"]),
        ("기", ["지우 김"]),
        ("george", []),
    ],
)
def test_the_search_finds_last_names(gateway: Gateway, page: Page, wanted: str, found: list[str]) -> None:
    gateway.clinic.add_owner("Jo", "Müller", "1 Main St.", "Madison", "1")
    gateway.clinic.add_owner("지우", "김", "테헤란로 1", "서울", "2")
    page.goto("/")
    page.get_by_label("Last name").fill(wanted)

    assert names(page) == found
    expect(page.get_by_text(f"{len(found)} of 12 owners")).to_be_visible()
    expect(page.get_by_text("Nobody by that name")).to_have_count(0 if found else 1)


def test_a_search_is_in_the_address_and_survives_reload_and_back(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Last name").fill("davis")
    page.reload()

    assert names(page) == ["Betty Davis", "Harold Davis"]

    page.get_by_role("link", name="Betty Davis").click()
    expect(page.get_by_role("heading", name="Betty Davis")).to_be_visible()
    page.go_back()

    expect(page.get_by_label("Last name")).to_have_value("davis")


def test_a_long_list_comes_in_parts(gateway: Gateway, page: Page) -> None:
    for number in range(70):
        gateway.clinic.add_owner("Ann", f"Zz{number:03}", "1 Main St.", "Madison", "1")
    page.goto("/")

    assert len(names(page)) == 50

    page.get_by_role("button", name="Show more").click()

    assert len(names(page)) == 80
    assert page.evaluate("document.activeElement.textContent") == "Ann Zz040"
    expect(page.get_by_role("button", name="Show more")).to_be_hidden()
