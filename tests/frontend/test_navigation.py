"""Addresses: back and forward, deep links, titles, the place on the screen."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.frontend.gateway import Gateway


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def test_back_and_forward_lead_through_the_screens(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Jean Coleman").click()
    heading(page, "Jean Coleman")
    page.get_by_role("link", name="Edit owner").click()
    heading(page, "Edit owner")
    page.go_back()
    heading(page, "Jean Coleman")
    page.go_back()
    heading(page, "Owners")
    page.go_forward()

    heading(page, "Jean Coleman")


def test_every_screen_can_be_opened_and_reloaded_by_its_address(page: Page) -> None:
    for path, text in {
        "owners/6": "Jean Coleman",
        "owners/6/edit": "Edit owner",
        "owners/6/pets/new": "New pet",
        "owners/6/pets/7/edit": "Edit pet",
        "owners/6/pets/7/visits/new": "New visit for Samantha",
        "owners/new": "New owner",
        "vets": "Vets",
    }.items():
        page.goto(f"/#/{path}")
        heading(page, text)
        page.reload()
        heading(page, text)


def test_the_title_and_the_navigation_say_where_one_is(page: Page) -> None:
    page.goto("/#/owners/6")
    heading(page, "Jean Coleman")

    expect(page).to_have_title("Jean Coleman · PetClinic")
    expect(page.get_by_role("link", name="Owners").first).to_have_attribute("aria-current", "page")

    page.get_by_role("link", name="Vets").click()
    expect(page).to_have_title("Vets · PetClinic")
    expect(page.get_by_role("link", name="Vets")).to_have_attribute("aria-current", "page")


def test_back_returns_to_the_same_place_in_a_list(gateway: Gateway, page: Page) -> None:
    for number in range(40):
        gateway.clinic.add_owner("Ann", f"Zz{number:03}", "1 Main St.", "Madison", "1")
    page.goto("/")
    expect(page.get_by_text("50 owners")).to_be_visible()
    page.get_by_role("link", name="Ann Zz030").click()
    heading(page, "Ann Zz030")
    assert page.evaluate("scrollY") == 0
    page.go_back()
    heading(page, "Owners")

    page.wait_for_function("scrollY > 500")
    expect(page.get_by_role("link", name="Ann Zz030")).to_be_in_viewport()


def test_cancel_leads_back_without_a_change(gateway: Gateway, page: Page) -> None:
    page.goto("/#/owners/6/edit")
    page.get_by_label("City").fill("Elsewhere")
    page.get_by_role("link", name="Cancel").click()

    heading(page, "Jean Coleman")
    assert gateway.writes() == []
