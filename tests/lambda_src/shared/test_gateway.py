"""Answers say who may read them."""

from __future__ import annotations

from typing import Any

import pytest

from shared import gateway


def headers(answer: dict[str, Any]) -> dict[str, str]:
    found: dict[str, str] = answer["headers"]
    return found


def test_pages_of_the_allowed_origin_may_read_every_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOWED_ORIGIN", "https://shop.example.com")

    for answer in (
        gateway.answer_text(200, "x"),
        gateway.answer_json(200, 1),
        gateway.answer_error(404, "/", "x"),
    ):
        assert headers(answer)["Access-Control-Allow-Origin"] == "https://shop.example.com"


@pytest.mark.parametrize("origin", [None, ""])
def test_without_an_allowed_origin_the_browsers_rule_stands(
    monkeypatch: pytest.MonkeyPatch, origin: str | None
) -> None:
    monkeypatch.delenv("ALLOWED_ORIGIN", raising=False)
    if origin is not None:
        monkeypatch.setenv("ALLOWED_ORIGIN", origin)

    assert "Access-Control-Allow-Origin" not in headers(gateway.answer_text(200, "x"))


@pytest.mark.parametrize("text", ["half \ud800 of a pair", "\udfff", "a whole one: \U0001f43e"])
def test_every_answer_can_be_sent(text: str) -> None:
    """A body that UTF-8 cannot hold would be a 502 of the gateway."""
    for answer in (
        gateway.answer_text(200, text),
        gateway.answer_json(200, {"name": text}),
        gateway.answer_error(404, f"/owners/{text}", "there is nothing at this path"),
    ):
        body = str(answer["body"])

        assert body.encode()
        assert ("\U0001f43e" in body) == ("\U0001f43e" in text)
