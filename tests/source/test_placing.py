"""Pointers become places, and what several stages or parts say of one text is said once."""

from __future__ import annotations

from petc.diagnostics import Diagnostic, Location, Related, Severity
from petc.source.overlay import overlay
from petc.source.parse import parse
from petc.source.placing import merged, once, placed

TREE = overlay(parse(b"a:\n  b: 1\n  c: 2\nstages: {dev: {}}\n", "spec.yaml"), "dev")


def finding(pointer: str | None = "/a/b", **changes: object) -> Diagnostic:
    """Return a warning."""
    return Diagnostic("code", Severity.WARNING, "text", pointer=pointer, **changes)  # type: ignore[arg-type]


def test_a_pointer_becomes_a_place() -> None:
    value, key = placed((finding(), finding(on_key=True)), TREE)

    assert str(value.location) == "spec.yaml:2:6"
    assert str(key.location) == "spec.yaml:2:3"


def test_a_known_place_stays_and_without_a_pointer_there_is_none() -> None:
    here = Location("other.yaml", 7, 1, 7, 2)
    known, nowhere = placed((finding(location=here), finding(pointer=None)), TREE)

    assert known.location == here
    assert nowhere.location is None


def test_related_places_too() -> None:
    (item,) = placed((finding(related=(Related("first", pointer="/a/c"), Related("none"))),), TREE)

    assert [str(other.location) for other in item.related] == ["spec.yaml:3:6", "None"]


def test_the_stage_is_noted_unless_one_is() -> None:
    first, second = placed((finding(), finding(stage="prod")), TREE, "dev")

    assert (first.stage, second.stage) == ("dev", "prod")


def test_what_every_stage_has_names_none() -> None:
    assert merged({"dev": (finding(),), "prod": (finding(),)}) == (finding(),)


def test_what_some_have_names_them() -> None:
    found = merged({"dev": (finding(),), "prod": (), "test": (finding(),)})

    assert found == (finding(stage="dev, test"),)


def test_what_a_stage_has_twice_does_not_count_for_two() -> None:
    found = merged({"dev": (finding(), finding()), "prod": ()})

    assert found == (finding(stage="dev"),)


def test_the_only_stage_is_not_named() -> None:
    assert merged({"dev": (finding(stage="dev"),)}) == (finding(),)


def at(line: int, pointer: str, help: str = "", on_key: bool = False) -> Diagnostic:
    """Return a finding at a line."""
    return finding(pointer, location=Location("s", line, 1, line, 2), help=help, on_key=on_key)


def test_one_text_is_judged_once_and_where_it_stands() -> None:
    inherited, default = at(3, "/services/a/port"), at(3, "/defaults/service/port")

    assert once((inherited, default, at(3, "/services/b/port"))) == (default,)


def test_different_texts_and_different_faults_of_one_text_stay() -> None:
    several = (at(3, "/a"), at(4, "/b"), at(3, "/a", help="add `x`"), at(3, "/a", on_key=True))

    assert once(several) == several
    assert once((finding("/a"), finding("/b"))) == (finding("/a"), finding("/b"))
