"""What the page says when the API is dead, slow, out of its mind or not configured."""

from __future__ import annotations

import threading

import pytest
from playwright.sync_api import Page, expect

from tests.frontend.gateway import Gateway
from tests.lambda_src.endpoints import Received, Reply


def title(page: Page) -> str:
    """The heading of the failure that is shown."""
    page.get_by_role("link", name="To the owners").wait_for()
    return page.get_by_role("heading", level=1).inner_text()


def test_a_dead_api_is_told_and_asked_again_by_a_button(gateway: Gateway, page: Page) -> None:
    page.goto("/#/vets")
    expect(page.get_by_text("6 vets")).to_be_visible()
    gateway.stop()
    page.get_by_role("link", name="Owners").click()

    assert title(page) == "The clinic does not answer"
    page.get_by_role("button", name="Try again").click()
    assert title(page) == "The clinic does not answer"


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply(500, b'{"error": "Internal Server Error"}'), "The clinic has a problem"),
        (Reply(503, b'{"message": null}'), "The clinic has a problem"),
        (Reply(504), "The clinic takes too long"),
        (Reply(429), "The clinic is busy"),
        (Reply(403, b"<Error/>"), "The clinic refused this"),
        (Reply(200, b"<!doctype html>"), "The answer could not be read"),
        (Reply(200, b""), "The answer could not be read"),
        (Reply(200, b'{"items": []}'), "The answer could not be read"),
    ],
    ids=["500", "503", "504", "429", "403", "html", "empty", "object"],
)
def test_each_failure_has_its_words_and_passes(gateway: Gateway, page: Page, reply: Reply, said: str) -> None:
    gateway.instead[("GET", "/api/vets")] = lambda _: reply
    page.goto("/#/vets")

    assert title(page) == said
    gateway.instead.clear()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("6 vets")).to_be_visible()


def test_records_with_holes_are_shown_all_the_same(gateway: Gateway, page: Page) -> None:
    gateway.instead[("GET", "/api/customers/owners")] = lambda _: Reply(
        200, b'[{"id": 1}, {"id": 2, "firstName": null, "lastName": "Lee", "pets": null}]'
    )
    page.goto("/")

    expect(page.get_by_role("link", name="Without a name")).to_be_visible()
    expect(page.get_by_role("link", name="Lee")).to_be_visible()


def test_a_device_without_connection_is_told(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_text("10 owners")).to_be_visible()
    page.context.set_offline(True)
    expect(page.locator("#offline")).to_contain_text("You are offline.")
    page.get_by_role("link", name="Vets").click()

    assert title(page) == "You are offline"
    page.context.set_offline(False)
    expect(page.locator("#offline")).to_be_empty()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("6 vets")).to_be_visible()


def test_waiting_is_shown_then_explained_and_ended(gateway: Gateway, page: Page) -> None:
    go_on = threading.Event()

    def never(request: Received) -> Reply:
        go_on.wait(30)
        return Reply(200, b"[]")

    gateway.instead[("GET", "/api/vets")] = never
    page.clock.install()
    page.goto("/")
    expect(page.get_by_text("10 owners")).to_be_visible()
    page.get_by_role("link", name="Vets").click()
    page.clock.run_for(200)
    expect(page.get_by_text("Loading…")).to_be_attached()
    expect(page.locator("main")).to_have_attribute("aria-busy", "true")
    page.clock.run_for(5_000)
    expect(page.get_by_text("Still waiting for the clinic…")).to_be_visible()
    page.clock.run_for(30_000)

    assert title(page) == "The clinic takes too long"
    go_on.set()


def test_a_screen_that_was_left_stays_away_when_its_answer_comes(gateway: Gateway, page: Page) -> None:
    go_on = threading.Event()

    def slowly(request: Received) -> Reply:
        go_on.wait(30)
        return Reply(500)

    gateway.instead[("GET", "/api/vets")] = slowly
    page.goto("/#/vets")
    page.get_by_role("link", name="Owners", exact=True).click()
    expect(page.get_by_text("10 owners")).to_be_visible()
    go_on.set()
    page.wait_for_timeout(200)

    expect(page.get_by_text("10 owners")).to_be_visible()


@pytest.mark.parametrize(
    "reply",
    [Reply(403), Reply(200, b"{}"), Reply(200, b"["), Reply(200, b'{"api": "javascript:alert(1)"}')],
    ids=["403", "no address", "no json", "no web address"],
)
def test_a_page_without_configuration_says_so(gateway: Gateway, page: Page, reply: Reply) -> None:
    gateway.instead[("GET", "/config.json")] = lambda _: reply
    page.goto("/")

    assert title(page) == "This page is not set up"
    gateway.instead.clear()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("10 owners")).to_be_visible()
