"""The assistant: its contract, how its answers are shown, and what happens when it fails."""

from __future__ import annotations

import threading

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect

from tests.frontend.clinic import text
from tests.frontend.gateway import Gateway
from tests.lambda_src.endpoints import Reply

PHONE: ViewportSize = {"width": 360, "height": 740}


def asked(page: Page, question: str) -> Locator:
    """Ask and return the place of the answers."""
    if not page.get_by_role("dialog").is_visible():
        page.get_by_role("button", name="Ask").click()
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")
    return page.get_by_role("log")


def test_a_question_goes_as_a_json_text_and_the_answer_is_shown(gateway: Gateway, page: Page) -> None:
    page.goto("/")
    log = asked(page, 'Who owns "Leo"?\\ 고양이')

    expect(log).to_contain_text('You asked: Who owns "Leo"?\\ 고양이')
    [request] = [item for item in gateway.received if item.path == "/api/genai/chatclient"]
    assert request.body.decode() == '"Who owns \\"Leo\\"?\\\\ 고양이"'
    assert request.headers["content-type"] == "application/json"
    expect(page.get_by_label("Your question")).to_have_value("")
    expect(page.get_by_label("Your question")).to_be_focused()


def test_an_answer_becomes_paragraphs_and_lists(gateway: Gateway, page: Page) -> None:
    gateway.clinic.chat = lambda _: text(
        "## Two **vets**:\nfor you\r\n\r\n- Linda `Douglas`\n* Rafael\n\n1. one\n2) two\n\nDone."
    )
    page.goto("/")
    answer = asked(page, "?").locator("article").last

    expect(answer).to_contain_text("Done.")
    assert answer.locator("p").all_inner_texts() == ["Two vets:\nfor you", "Done."]
    assert answer.locator("ul > li").all_inner_texts() == ["Linda Douglas", "Rafael"]
    assert answer.locator("ol > li").all_inner_texts() == ["one", "two"]


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (text("anything", 503), "The assistant is not available at the moment."),
        (text("anything", 413), "This is too long."),
        (Reply(429), "The clinic is busy."),
        (Reply(504), "The clinic takes too long."),
        (text("  \n "), "The answer could not be read."),
        (Reply(200, b"<p>hello</p>", {"Content-Type": "text/html"}), "The answer could not be read."),
    ],
    ids=["503", "413", "429", "504", "empty", "html"],
)
def test_a_failure_is_said_and_the_question_is_kept(
    gateway: Gateway, page: Page, reply: Reply, words: str
) -> None:
    gateway.clinic.chat = lambda _: reply
    page.goto("/")
    log = asked(page, "Who owns Leo?")

    expect(log.locator(".trouble")).to_contain_text(words)
    expect(log).not_to_contain_text("anything")
    expect(page.get_by_label("Your question")).to_have_value("Who owns Leo?")


def test_a_slow_answer_can_be_stopped(gateway: Gateway, page: Page) -> None:
    go_on = threading.Event()

    def slowly(question: str) -> Reply:
        go_on.wait(30)
        return text("too late")

    gateway.clinic.chat = slowly
    page.clock.install()
    page.goto("/")
    log = asked(page, "Who owns Leo?")
    expect(log).to_contain_text("Thinking…")
    page.clock.fast_forward(9_000)
    expect(log).to_contain_text("this can take half a minute")
    page.get_by_role("button", name="Stop").click()

    expect(log).to_contain_text("You stopped this question.")
    expect(page.get_by_role("button", name="Send")).to_be_visible()
    go_on.set()


def test_enter_while_a_question_is_open_sends_nothing_more(gateway: Gateway, page: Page) -> None:
    go_on = threading.Event()

    def slowly(question: str) -> Reply:
        go_on.wait(30)
        return text("here")

    gateway.clinic.chat = slowly
    page.goto("/")
    log = asked(page, "first")
    page.get_by_label("Your question").fill("second")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    go_on.set()

    expect(log).to_contain_text("here")
    expect(page.get_by_label("Your question")).to_have_value("second")
    assert len(gateway.writes()) == 1


def test_enter_that_ends_the_composing_of_a_syllable_sends_nothing(gateway: Gateway, page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="Ask").click()
    question = page.get_by_label("Your question")
    question.fill("고양")
    question.evaluate(
        "(box) => box.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true}))"
    )
    page.keyboard.press("Shift+Enter")

    expect(question).to_have_value("고양\n")
    assert gateway.writes() == []


def test_an_owner_whom_the_assistant_added_appears_in_the_list(gateway: Gateway, page: Page) -> None:
    def adds(question: str) -> Reply:
        gateway.clinic.add_owner("Ann", "Aaron", "1 Main St.", "Madison", "1")
        return text("Ann Aaron was added.")

    gateway.clinic.chat = adds
    page.goto("/")
    expect(page.get_by_text("10 owners")).to_be_visible()
    asked(page, "Add Ann Aaron")

    expect(page.get_by_role("link", name="Ann Aaron")).to_be_visible()
    expect(page.get_by_label("Your question")).to_be_focused()


def test_a_list_that_is_being_searched_is_left_alone_by_an_answer(gateway: Gateway, page: Page) -> None:
    go_on = threading.Event()

    def slowly(question: str) -> Reply:
        go_on.wait(30)
        return text("here")

    gateway.clinic.chat = slowly
    page.goto("/")
    log = asked(page, "?")
    page.get_by_label("Last name").fill("dav")
    with page.expect_response("**/api/customers/owners"):
        go_on.set()
    expect(log).to_contain_text("here")
    page.wait_for_timeout(100)

    expect(page.get_by_label("Last name")).to_be_focused()


def test_a_form_that_is_being_filled_is_left_alone_by_an_answer(page: Page) -> None:
    page.goto("/#/owners/new")
    page.get_by_label("City").fill("Madison")
    expect(asked(page, "?")).to_contain_text("You asked")

    expect(page.get_by_label("City")).to_have_value("Madison")


def test_what_was_said_stays_while_screens_change(page: Page) -> None:
    page.goto("/")
    log = asked(page, "hello")
    expect(log).to_contain_text("You asked: hello")
    page.get_by_role("link", name="Vets").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vets")

    expect(log).to_contain_text("You asked: hello")


def test_escape_closes_the_panel_and_returns_the_focus(page: Page) -> None:
    page.goto("/")
    opener = page.get_by_role("button", name="Ask")
    opener.evaluate("(button) => button.click()")  # as in Safari, where a click gives no focus
    expect(opener).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")

    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(opener).to_be_focused()
    expect(opener).to_have_attribute("aria-expanded", "false")


def test_on_a_phone_the_panel_covers_the_screen_and_holds_the_focus(page: Page) -> None:
    page.set_viewport_size(PHONE)
    page.goto("/")
    page.get_by_role("button", name="Ask").click()
    box = page.get_by_role("dialog").bounding_box()
    focused = []
    for _ in range(10):
        page.keyboard.press("Tab")
        focused.append(
            page.evaluate("document.activeElement.closest('dialog, body').tagName + document.hasFocus()")
        )

    assert box == {"x": 0, "y": 0, **PHONE}
    # The browser's own bar stands between the last element and the first, and counts as the body.
    assert set(focused) <= {"DIALOGtrue", "BODYtrue", "BODYfalse"}
    assert page.evaluate("document.querySelector('dialog').matches(':modal')")


def test_an_example_can_be_asked_by_its_button(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="Ask").click()
    page.get_by_role("button", name="Which vets do surgery?").click()

    expect(page.get_by_role("log")).to_contain_text("You asked: Which vets do surgery?")
    expect(page.get_by_label("Your question")).to_be_focused()
