"""The first page in a real browser, as CloudFront serves it on the local AWS, with the functions behind it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Response, expect

from tests.frontend.chromium import Seen, launched, missing, watched
from tests.frontend.gateway import compiled_headers
from tests.lambda_src.deployed import Deployed
from tests.lambda_src.endpoints import calls, says

OWNER = {"firstName": "Mary", "lastName": "Wade", "address": "2 St", "city": "Oslo", "telephone": "34"}
COLD_MS = 40_000
"""How long an answer may take that comes from a function's first start on a busy machine."""


# Asked before any fixture, so that nothing is deployed for a browser that is not there.
pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())


@pytest.fixture
def page() -> Iterator[Page]:
    """An empty page that fails its test for broken scripts and for what the policy refused."""
    seen = Seen()
    with launched() as chromium, chromium.new_context(locale="en-US") as context:
        yield watched(context.new_page(), seen)
    assert seen.complaints == []


def test_the_page_adds_an_owner_by_its_chat_and_says_that_the_services_fail(
    page: Page, deployed: Deployed
) -> None:
    answers: list[Response] = []
    page.on("response", lambda response: answers.append(response))
    deployed.model.turns += [calls(("add_owner", OWNER)), says("Mary Wade was added.")]
    opened = page.goto(deployed.site)
    expect(page.get_by_role("heading", level=1)).to_have_text("The clinic has a problem", timeout=COLD_MS)
    page.get_by_role("button", name="Ask").click()
    page.get_by_label("Your question").fill("Please add Mary Wade, 2 St, Oslo, telephone 34.")
    page.keyboard.press("Enter")
    expect(page.get_by_role("log")).to_contain_text("Mary Wade was added.", timeout=COLD_MS)

    by_path = {item.url.removeprefix(deployed.site): item for item in answers}
    assert opened is not None
    assert opened.header_value("content-security-policy") == compiled_headers()["Content-Security-Policy"]
    assert by_path["config.json"].json() == {"api": ""}
    assert by_path["api/genai/chatclient"].status == 200
    assert by_path["api/customers/owners"].status in (500, 503)
    assert deployed.database.run("SELECT city FROM owners WHERE last_name = 'Wade'") == [("Oslo",)]
