"""The rules of axe-core find nothing on any screen, in light and in dark."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser

from tests.frontend.chromium import Seen, watched
from tests.frontend.conftest import DESK
from tests.frontend.gateway import Gateway
from tests.frontend.screens import SCREENS, furnish, show

# What does not depend on colours is the same in the dark.
_RUN = """async (coloursOnly) => {
  const rules = coloursOnly ? {runOnly: ["color-contrast"]} : {};
  const {violations} = await axe.run(document, {resultTypes: ["violations"], ...rules});
  return violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.html}`));
}"""


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core, which is not ours to copy."""
    path = os.environ.get("PETC_AXE")
    if not path:
        pytest.skip("PETC_AXE names no axe.min.js; npm pack axe-core brings one, as .ci/run does")
    return Path(path).read_text("utf-8")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(
    axe: str, browser: Browser, gateway: Gateway, seen: Seen, scheme: Literal["light", "dark"]
) -> None:
    furnish(gateway)
    found = {}
    with browser.new_context(
        base_url=gateway.url, viewport=DESK, color_scheme=scheme, reduced_motion="reduce"
    ) as context:
        page = watched(context.new_page(), seen)
        for name in SCREENS:
            show(page, gateway, name)
            if page.evaluate("typeof axe") == "undefined":
                page.evaluate(axe)
            if problems := page.evaluate(_RUN, scheme == "dark"):
                found[name] = problems

    assert found == {}
    assert seen.complaints == []
