from __future__ import annotations

import dataclasses
import json

from petc.diagnostics import Diagnostic, Location, Related, Severity
from petc.report.as_json import render_json
from petc.report.options import RenderOptions

PLACE = Location("스펙.yaml", 3, 11, 3, 16)


def test_every_field_is_there() -> None:
    """A field that a diagnostic gains must be shown as well."""
    item = Diagnostic(
        "c", Severity.WARNING, "m", "/p", PLACE, "h", (Related("r", PLACE, "/q"),), True, "dev", "a"
    )
    (shown,) = json.loads(render_json([item], {}, RenderOptions()))
    expected = dataclasses.asdict(item) | {"severity": "warning"}
    expected["related"] = list(expected["related"])

    assert shown == expected


def test_a_field_without_a_value_is_null_or_empty() -> None:
    (shown,) = json.loads(render_json([Diagnostic("c", Severity.ERROR, "m")], {}, RenderOptions()))

    assert shown["location"] is None and shown["pointer"] is None
    assert shown["help"] == "" and shown["related"] == []


def test_no_problem_is_an_empty_array() -> None:
    assert render_json([], {}, RenderOptions()) == "[]\n"


def test_hostile_text_stays_ascii() -> None:
    text = render_json([Diagnostic("c", Severity.ERROR, "\x1b\u202e\x9b")], {}, RenderOptions())

    assert text.isascii() and "\x1b" not in text
