"""The page finds the API by the file that deploy writes, at its own origin and at another."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Browser, expect

from petc.deploy.site import inventory, objects
from petc.deploy.targets import Target
from tests.frontend.chromium import Seen, watched
from tests.frontend.gateway import FOLDER, Gateway, compiled_headers
from tests.lambda_src.endpoints import Received, Reply


def test_the_copy_for_use_without_deploy_is_what_deploy_writes_for_the_same_origin() -> None:
    place = inventory.SitePlace(Target("123456789012", "us-west-2"), "bucket", "", "")
    written = {item.key: item.source for item in inventory.with_configuration(objects.read(FOLDER), place)}
    content = written["config.json"]

    assert isinstance(content, bytes)
    assert json.loads(content) == json.loads((FOLDER / "config.json").read_text("utf-8")) == {"api": ""}


def test_every_file_is_published_with_its_type() -> None:
    assert [item.key for item in objects.read(FOLDER) if item.content_type == objects.UNKNOWN] == []


def test_the_page_comes_with_the_headers_that_the_spec_compiles_to(
    gateway: Gateway, browser: Browser
) -> None:
    with browser.new_context() as context:
        answer = context.new_page().goto(gateway.url)
        assert answer is not None
        headers = answer.all_headers()

    assert headers["content-security-policy"] == compiled_headers()["Content-Security-Policy"]
    assert "default-src 'self'" in headers["content-security-policy"]


def test_an_api_of_another_origin_is_called_below_its_stage(
    gateway: Gateway, browser: Browser, seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Gateway() as api, browser.new_context() as context:
        gateway.api = f"{api.url}/v1"
        api.pages_at = gateway.url

        def staged(request: Received) -> Reply:
            return api._api(
                Received(request.method, request.path.removeprefix("/v1"), request.headers, request.body)
            )

        api.instead = {(method, "/v1/"): staged for method in ("GET", "POST", "PUT", "OPTIONS")}
        monkeypatch.setenv("CUSTOMERS_SERVICE_URL", f"{api.url}/services/customers")
        page = watched(context.new_page(), seen)
        page.goto(f"{gateway.url}/#/owners/new")
        for label in ("First name", "Last name", "Address", "City"):
            page.get_by_label(label).fill("Ann")
        page.get_by_label("Telephone").fill("1")
        page.get_by_role("button", name="Add owner").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Ann Ann")

        assert ("POST", "/v1/api/customers/owners") in api.writes()
        assert not [item for item in gateway.received if item.path.startswith("/api/")]
    assert seen.complaints == []
