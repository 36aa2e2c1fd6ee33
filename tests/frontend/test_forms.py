"""Adding and changing owners, pets and visits: what is checked, what is sent, and that it is sent once."""

from __future__ import annotations

import json
import threading

import pytest
from playwright.sync_api import Page, expect

from tests.frontend.gateway import Gateway
from tests.lambda_src.endpoints import Received, Reply

ANN = {
    "First name": "지우",
    "Last name": "O'Hara-김",
    "Address": "1 Main St.",
    "City": "Madison",
    "Telephone": "0212345678",
}


def fill(page: Page, values: dict[str, str]) -> None:
    for label, value in values.items():
        page.get_by_label(label, exact=True).fill(value)


def sent(gateway: Gateway) -> object:
    """The body of the one request that changed something."""
    writes = [item for item in gateway.received if item.method in ("POST", "PUT")]
    assert len(writes) == 1
    return json.loads(writes[0].body)


def test_an_owner_is_added_and_shown(gateway: Gateway, page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Add owner").click()
    fill(page, {**ANN, "City": "  Madison "})
    page.get_by_role("button", name="Add owner").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("지우 O'Hara-김")
    expect(page.locator("#notice")).to_have_text("지우 O'Hara-김 was added.")
    assert sent(gateway) == {
        "firstName": "지우",
        "lastName": "O'Hara-김",
        "address": "1 Main St.",
        "city": "Madison",
        "telephone": "0212345678",
    }

    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Owners")
    expect(page.locator("#notice")).to_be_empty()


def test_an_owner_is_changed(gateway: Gateway, page: Page) -> None:
    page.goto("/#/owners/6/edit")
    expect(page.get_by_label("Last name")).to_have_value("Coleman")
    fill(page, {"City": "Sun Prairie"})
    page.get_by_role("button", name="Save owner").click()

    expect(page.locator("#notice")).to_have_text("The owner was saved.")
    expect(page.get_by_text("Sun Prairie")).to_be_visible()
    assert gateway.clinic.owners[6]["city"] == "Sun Prairie"


def test_a_pet_is_added(gateway: Gateway, page: Page) -> None:
    page.goto("/#/owners/6/pets/new")
    fill(page, {"Name": "Nabi", "Birth date": "2024-02-29"})
    page.get_by_label("Type").select_option("hamster")
    page.get_by_role("button", name="Add pet").click()

    expect(page.get_by_role("article", name="Nabi")).to_contain_text("hamster · born Feb 29, 2024")
    assert sent(gateway) == {"id": 0, "name": "Nabi", "birthDate": "2024-02-29", "typeId": 6}


def test_a_pet_is_changed_under_its_own_id(gateway: Gateway, page: Page) -> None:
    page.goto("/#/owners/6/pets/7/edit")
    expect(page.get_by_label("Birth date")).to_have_value("1995-09-04")
    assert page.get_by_label("Type").evaluate("(list) => list.selectedOptions[0].text") == "cat"
    fill(page, {"Name": "Sam"})
    page.get_by_role("button", name="Save pet").click()

    expect(page.get_by_role("article", name="Sam")).to_be_visible()
    assert sent(gateway) == {"id": 7, "name": "Sam", "birthDate": "1995-09-04", "typeId": 1}


def test_a_visit_is_added(gateway: Gateway, page: Page) -> None:
    page.goto("/#/owners/6")
    page.get_by_role("link", name="Add visit for Samantha").click()
    fill(page, {"Date": "2026-01-31", "Description": "teeth\ncleaned"})
    page.get_by_role("button", name="Add visit").click()

    expect(page.get_by_role("article", name="Samantha").locator(".visits li").first).to_contain_text("teeth")
    assert sent(gateway) == {"date": "2026-01-31", "description": "teeth\ncleaned"}
    assert gateway.writes() == [("POST", "/api/visits/owners/6/pets/7/visits")]


@pytest.mark.parametrize(
    ("path", "label", "value", "message"),
    [
        ("/owners/new", "Last name", "   ", "Last name is missing."),
        ("/owners/new", "First name", "x" * 31, "At most 30 characters; these are 31."),
        ("/owners/new", "Telephone", "608 555", "Only digits, without spaces or signs."),
        ("/owners/new", "Telephone", "1" * 13, "At most 12 digits; these are 13."),
        ("/owners/6/pets/new", "Birth date", "2999-01-01", "This day is still to come."),
        (
            "/owners/6/pets/7/visits/new",
            "Description",
            "x" * 8193,
            "At most 8192 characters; these are 8193.",
        ),
    ],
)
def test_a_slip_is_said_at_its_field_and_nothing_is_sent(
    gateway: Gateway, page: Page, path: str, label: str, value: str, message: str
) -> None:
    page.goto(f"/#{path}")
    if "owners/new" in path:
        fill(page, ANN)
    field = page.get_by_label(label, exact=True)
    field.fill(value)
    page.locator("main button[type=submit]").click()

    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(
        f"Digits only, at most 12 {message}" if label == "Telephone" else message
    )
    assert gateway.writes() == []


def test_the_first_field_that_is_wrong_takes_the_focus_and_forgives_at_once(page: Page) -> None:
    page.goto("/#/owners/new")
    fill(page, {**ANN, "City": "", "Telephone": ""})
    page.get_by_role("button", name="Add owner").click()
    city = page.get_by_label("City")

    expect(city).to_be_focused()
    page.keyboard.type("M")
    expect(page.get_by_text("City is missing.")).to_have_count(0)
    expect(city).not_to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text("Telephone is missing.")).to_be_visible()


def test_what_the_service_says_of_a_field_is_shown_there(gateway: Gateway, page: Page) -> None:
    errors = [{"field": "city", "defaultMessage": "<b>is not in our county</b>"}, {"field": 3}, None]
    body = json.dumps({"status": 400, "error": "Bad Request", "errors": errors}).encode()
    gateway.instead[("POST", "/api/customers/owners")] = lambda _: Reply(400, body)
    page.goto("/#/owners/new")
    fill(page, ANN)
    page.get_by_role("button", name="Add owner").click()

    expect(page.get_by_label("City")).to_be_focused()
    expect(page.locator("#field-city-wrong")).to_have_text("<b>is not in our county</b>")
    expect(page.get_by_label("Last name")).to_have_value("O'Hara-김")


@pytest.mark.parametrize(
    ("reply", "title", "is_uncertain"),
    [
        (Reply(400, b'{"message": "Bad request body"}'), "The clinic could not accept this", False),
        (Reply(400, b'{"errors": [{"field": "else", "defaultMessage": "x"}]}'), "could not accept", False),
        (Reply(403, b"<html>"), "The clinic refused this", False),
        (Reply(413), "This is too long", False),
        (Reply(429, b'{"message": "Too Many Requests"}'), "The clinic is busy", False),
        (Reply(500, b"oops"), "The clinic has a problem", True),
        (Reply(504), "The clinic takes too long", True),
        (Reply(201, b"<html>"), "The answer could not be read", True),
    ],
    ids=["400", "400 else", "403", "413", "429", "500", "504", "201 html"],
)
def test_a_refused_form_keeps_what_was_entered(
    gateway: Gateway, page: Page, reply: Reply, title: str, is_uncertain: bool
) -> None:
    gateway.instead[("POST", "/api/customers/owners")] = lambda _: reply
    page.goto("/#/owners/new")
    fill(page, ANN)
    page.get_by_role("button", name="Add owner").click()
    trouble = page.get_by_role("alert")

    expect(trouble).to_contain_text(title)
    assert ("not known whether the change was made" in trouble.inner_text()) == is_uncertain
    expect(page.get_by_label("Last name")).to_have_value("O'Hara-김")
    expect(page.get_by_role("button", name="Add owner")).to_be_enabled()


def test_a_form_is_sent_once_however_often_it_is_submitted(gateway: Gateway, page: Page) -> None:
    go_on = threading.Event()

    def slowly(request: Received) -> Reply:
        go_on.wait(30)
        return gateway.clinic.customers(Received("POST", "/owners", {}, request.body))

    gateway.instead[("POST", "/api/customers/owners")] = slowly
    page.goto("/#/owners/new")
    fill(page, ANN)
    page.get_by_role("button", name="Add owner").dblclick()
    page.get_by_label("City").press("Enter")
    expect(page.get_by_role("button", name="Saving…")).to_have_attribute("aria-disabled", "true")
    page.get_by_role("button", name="Saving…").click(force=True)
    go_on.set()

    expect(page.get_by_role("heading", level=1)).to_have_text("지우 O'Hara-김")
    assert len(gateway.writes()) == 1


def test_leaving_while_a_form_is_sent_neither_stops_it_nor_leads_back(gateway: Gateway, page: Page) -> None:
    go_on = threading.Event()

    def slowly(request: Received) -> Reply:
        go_on.wait(30)
        return gateway.clinic.customers(Received("POST", "/owners", {}, request.body))

    gateway.instead[("POST", "/api/customers/owners")] = slowly
    page.goto("/#/owners/new")
    fill(page, ANN)
    page.get_by_role("button", name="Add owner").click()
    page.get_by_role("link", name="Vets").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vets")
    with page.expect_response("**/api/customers/owners"):
        go_on.set()
    page.wait_for_timeout(200)

    expect(page.get_by_role("heading", level=1)).to_have_text("Vets")
    assert len(gateway.clinic.owners) == 11
