from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from petc.diagnostics import Code, Diagnostic, Location, Related, Severity
from petc.report.options import RenderOptions
from petc.report.sarif import render_sarif

SUBSET = json.loads(Path(__file__).with_name("sarif-subset.schema.json").read_text(encoding="utf-8"))
CODES = {
    "port-range": Code("port-range", Severity.ERROR, "a port is out of range", "why", "port: 0", "port: 80"),
    "retired-model": Code("retired-model", Severity.WARNING, "a model is retired", "it fails"),
}
OPTIONS = RenderOptions(codes=CODES, version="1.2.3")
SOURCES = {"spec/a b.yaml": "services:\n  shop:\n    port: 80800\n"}
ITEM = Diagnostic(
    "port-range",
    Severity.ERROR,
    "port 80800 is above 65535",
    pointer="/services/shop/port",
    location=Location("spec/a b.yaml", 3, 11, 3, 16),
    help="write less",
    related=(
        Related("declared here", Location("spec/a b.yaml", 1, 1, 1, 9)),
        Related("see", pointer="/x"),
        Related("as said"),
    ),
    stage="dev",
    artifact="07-application.yaml:ServiceShop",
)

texts = st.text(max_size=12)
places = st.builds(
    lambda file, line, column: Location(file, line, column, line, column + 1),
    texts.filter(bool),
    st.integers(1, 9),
    st.integers(1, 9),
)
problems = st.builds(
    Diagnostic,
    code=texts.filter(bool),
    severity=st.sampled_from(Severity),
    message=texts,
    pointer=st.none() | texts,
    location=st.none() | places,
    help=texts,
    related=st.lists(st.builds(Related, texts, st.none() | places, st.none() | texts), max_size=2).map(tuple),
    stage=texts,
    artifact=texts,
)


def log(items: Sequence[Diagnostic], options: RenderOptions = OPTIONS) -> Any:
    return json.loads(render_sarif(items, SOURCES, options))


def run(items: Sequence[Diagnostic], options: RenderOptions = OPTIONS) -> Any:
    return log(items, options)["runs"][0]


def fingerprints(*items: Diagnostic) -> list[object]:
    return [result["partialFingerprints"] for result in run(items)["results"]]


def test_a_full_and_an_empty_log_are_valid() -> None:
    jsonschema.validate(log([ITEM, Diagnostic("other", Severity.NOTE, "m")]), SUBSET)
    jsonschema.validate(log([]), SUBSET)
    jsonschema.validate(log([], RenderOptions()), SUBSET)


@given(st.lists(problems, max_size=3))
def test_whatever_the_diagnostics_say_the_log_is_valid(items: list[Diagnostic]) -> None:
    jsonschema.validate(log(items), SUBSET)


def test_the_log_is_valid_against_the_whole_schema() -> None:
    """The standard's schema is large and not ours to copy, so the environment names one."""
    path = os.environ.get("PETC_SARIF_STANDARD")
    if not path:
        pytest.skip("PETC_SARIF_STANDARD names no copy of the OASIS schema; the subset schema was used")
    schema = json.loads(Path(path).read_text(encoding="utf-8"))
    validator = jsonschema.validators.validator_for(schema)(schema)

    assert not list(validator.iter_errors(log([ITEM, Diagnostic("other", Severity.NOTE, "m")])))
    assert not list(validator.iter_errors(log([])))


def test_a_result_has_its_place_in_code_points() -> None:
    (result,) = run([ITEM])["results"]

    assert run([ITEM])["columnKind"] == "unicodeCodePoints"
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "spec/a%20b.yaml"},
                "region": {"startLine": 3, "startColumn": 11, "endLine": 3, "endColumn": 16},
                "contextRegion": {"startLine": 3, "snippet": {"text": "    port: 80800"}},
            },
            "logicalLocations": [{"fullyQualifiedName": ITEM.artifact, "kind": "resource"}],
        }
    ]


def test_an_absolute_path_is_a_file_uri() -> None:
    item = Diagnostic("c", Severity.ERROR, "m", location=Location("/tmp/a#b.yaml", 1, 1, 1, 2))

    assert "file:///tmp/a%23b.yaml" in render_sarif([item], {}, OPTIONS)


def test_every_known_code_is_a_rule_with_its_help() -> None:
    driver = run([])["tool"]["driver"]

    assert (driver["name"], driver["version"]) == ("petc", "1.2.3")
    assert [rule["id"] for rule in driver["rules"]] == ["port-range", "retired-model"]
    assert driver["rules"][0]["help"]["text"] == "why\n\nbad:\nport: 0\n\ngood:\nport: 80"
    assert driver["rules"][1]["defaultConfiguration"] == {"level": "warning"}


def test_a_result_points_at_its_rule_even_when_the_code_is_unknown() -> None:
    items = [Diagnostic("other", Severity.NOTE, "m"), ITEM]
    rules = run(items)["tool"]["driver"]["rules"]

    assert [rules[result["ruleIndex"]]["id"] for result in run(items)["results"]] == ["other", "port-range"]


def test_a_fingerprint_survives_lines_added_above() -> None:
    moved = Location("spec/a b.yaml", 2, 1, 2, 2)

    assert fingerprints(ITEM) == fingerprints(ITEM.placed_at(moved))


def test_a_fingerprint_tells_problems_apart() -> None:
    others = [
        dataclasses.replace(ITEM, **{name: "another"})  # type: ignore[arg-type]
        for name in ("code", "message", "pointer", "stage", "artifact")
    ]
    found = [str(item) for item in fingerprints(ITEM, *others)]

    assert len(set(found)) == 6
