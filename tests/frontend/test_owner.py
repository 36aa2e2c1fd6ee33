"""An owner with pets and visits, as the function `owner_details` joins them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.frontend.gateway import Gateway
from tests.lambda_src.endpoints import Reply


def test_pets_are_shown_with_their_visits_newest_first(page: Page) -> None:
    page.goto("/#/owners/6")
    samantha = page.get_by_role("article", name="Samantha")

    expect(page.get_by_role("heading", level=1)).to_have_text("Jean Coleman")
    expect(page.get_by_text("105 N. Lake St.")).to_be_visible()
    expect(samantha).to_contain_text("cat · born Sep 4, 1995")
    expect(samantha.locator(".visits li")).to_have_text(["Mar 4, 2010rabies shot", "Sep 4, 2008spayed"])


def test_an_owner_is_shown_without_visits_while_their_service_is_down(gateway: Gateway, page: Page) -> None:
    gateway.instead[("GET", "/services/visits/")] = lambda _: Reply(404)
    page.goto("/#/owners/6")

    expect(page.get_by_role("article", name="Samantha")).to_contain_text("No visits yet")


def test_an_owner_without_pets_is_told_so(gateway: Gateway, page: Page) -> None:
    identity = gateway.clinic.add_owner("Ann", "Lee", "1 Main St.", "Madison", "1")
    page.goto(f"/#/owners/{identity}")

    expect(page.get_by_text("No pets yet")).to_be_visible()


@pytest.mark.parametrize(
    "path",
    ["/owners/999", "/owners/0", "/owners/abc", "/owners/999/edit", "/owners/6/pets/99/visits/new", "/x"],
)
def test_what_does_not_exist_is_said_to_be_missing(page: Page, path: str) -> None:
    page.goto(f"/#{path}")

    expect(page.get_by_role("heading", level=1)).to_have_text("This is not here")
    expect(page.get_by_role("button", name="Try again")).to_have_count(0)
    expect(page.get_by_role("link", name="To the owners")).to_be_visible()


def test_a_pet_that_does_not_exist_is_said_to_be_missing(page: Page) -> None:
    page.goto("/#/owners/6/pets/99/edit")

    expect(page.get_by_role("heading", level=1)).to_have_text("This is not here")
