"""Text of owners and of the model stays text, and the policy of the page would stop it otherwise."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.frontend.chromium import Seen
from tests.frontend.clinic import text
from tests.frontend.gateway import FOLDER, Gateway, compiled_headers

HOSTILE = '"><img src=x onerror="window.ran = 1"><script>window.ran = 1</script><b id=bold>'


def test_a_script_in_names_does_not_run_and_is_shown_as_it_is(gateway: Gateway, page: Page) -> None:
    clinic = gateway.clinic
    owner = clinic.add_owner(HOSTILE, HOSTILE, HOSTILE, HOSTILE, "javascript:window.ran=1")
    pet = clinic.add_pet(owner, HOSTILE, "2024-01-01", 1)
    clinic.add_visit(pet, HOSTILE, HOSTILE)
    clinic.vets[0]["lastName"] = HOSTILE
    for path in (
        "",
        f"owners/{owner}",
        f"owners/{owner}/edit",
        f"owners/{owner}/pets/{pet}/edit",
        f"owners/{owner}/pets/{pet}/visits/new",
        "vets",
        "owners?lastName=%3Cimg%20src%3Dx%20onerror%3D%22window.ran%3D1%22%3E",
    ):
        page.goto("about:blank")
        page.goto(f"/#/{path}")
        expect(page.locator("main")).to_have_attribute("aria-busy", "false")

        assert page.evaluate("window.ran") is None
        assert page.locator("main img, main script, main #bold").count() == 0
    page.goto(f"/#/owners/{owner}")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{HOSTILE} {HOSTILE}")
    assert page.locator("a[href^=javascript], a[href^=tel]").count() == 0


def test_a_script_in_the_models_answer_does_not_run_and_makes_no_link(gateway: Gateway, page: Page) -> None:
    answer = (
        f"- {HOSTILE}\n\n[click](javascript:window.ran=1) ![x](http://127.0.0.1:9/x.png) https://a.example"
    )
    gateway.clinic.chat = lambda _: text(answer)
    page.goto("/")
    page.get_by_role("button", name="Ask").click()
    page.get_by_label("Your question").fill(HOSTILE)
    page.keyboard.press("Enter")
    log = page.get_by_role("log")

    expect(log).to_contain_text("[click](javascript:window.ran=1)")
    expect(log.locator("li")).to_have_text(HOSTILE)
    assert log.locator("a, img, script, b").count() == 0
    assert page.evaluate("window.ran") is None
    assert page.evaluate("performance.getEntriesByType('resource').every((e) => !e.name.includes(':9/'))")


def test_the_policy_refuses_inline_code_and_the_tests_notice(page: Page, seen: Seen) -> None:
    page.goto("/")
    page.evaluate(
        "(markup) => document.body.insertAdjacentHTML('beforeend', markup)",
        '<img src=x onerror="window.ran = 1"><p style="color: red">',
    )
    page.wait_for_timeout(200)

    assert page.evaluate("window.ran") is None
    assert any("policy violated: script-src-attr" in item for item in seen.complaints)
    assert any("policy violated: style-src-attr" in item for item in seen.complaints)
    seen.complaints.clear()


def test_the_sources_hold_nothing_that_the_policy_would_have_to_allow() -> None:
    page = (FOLDER / "index.html").read_text("utf-8")
    scripts = [path.read_text("utf-8") for path in FOLDER.rglob("*.js")]

    assert "unsafe" not in compiled_headers()["Content-Security-Policy"]
    assert re.findall(r"<script(?![^>]* src=)|<style|\son\w+=|\sstyle=|javascript:|https?://", page) == []
    assert [
        text for text in scripts if re.search(r"innerHTML|outerHTML|insertAdjacentHTML|eval\(", text)
    ] == []
