from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from petc.diagnostics import Location, Rejected
from petc.output.reader import read
from petc.output.render import render


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("# only a comment\n", 2),
        ("a: b", 1),
        ("a: b\n\n", 2),
        ("a: b\nc\n", 2),
        ("a:\n", 1),
        ("a: \n", 1),
        ("a: b\na: c\n", 2),
        ("a:\n  b: 1\n   c: 2\n", 3),
        ("a:\n    b: 1\n", 2),
        ("a: 1\n  b: 1\n", 2),
        ("a:\n- b\n", 2),
        ("a:\n  - b\n  c: d\n", 3),
        ("a:\n  c: d\n  - b\n", 3),
        ("a: yes\n", 1),
        ("yes: a\n", 1),
        ("a: 012\n", 1),
        ("a: 1_000\n", 1),
        ("a: 12:30\n", 1),
        ("a: 1e3\n", 1),
        ("a: .inf\n", 1),
        ("a: 2012-10-17\n", 1),
        ("a: b # c\n", 1),
        ("a: b\n# c\n", 2),
        ("a: b: c\n", 1),
        ("a: 'b'\n", 1),
        ('a: "b\n', 1),
        ('a: "b" c\n', 1),
        ('a: "\\x41"\n', 1),
        ('a: "\\/"\n', 1),
        ('a: "\\ud83d\\ude00"\n', 1),
        ('a: "\t"\n', 1),
        ("a: |\n  b\n", 1),
        ("a: &x b\n", 1),
        ("a: *x\n", 1),
        ("a: !Ref b\n", 1),
        ("a: {b: c}\n", 1),
        ("a: [b]\n", 1),
        ("<<: b\n", 1),
        ("? a\n", 1),
        ("--- a\n", 1),
        ("a: b\r\n", 1),
        ("a: b\n\tc: d\n", 2),
        ('a: "x\u202ey"\n', 1),
        ("a: 1\nb: x\x85y\n", 2),
        ('a: "\x85b: c"\n', 1),
    ],
)
def test_what_petc_does_not_write_is_refused_at_its_line(text: str, line: int) -> None:
    with pytest.raises(Rejected) as caught:
        read(text, "01-network.yaml")
    (problem,) = caught.value.diagnostics

    assert problem.code == "unreadable-template"
    assert problem.location == Location("01-network.yaml", line, 1, line, 1)


def test_without_a_file_the_message_names_the_line() -> None:
    with pytest.raises(Rejected) as caught:
        read("a: b\nc\n")

    assert caught.value.diagnostics[0].message.startswith("line 2: ")


@given(st.text(alphabet='ab:#- "\\\n/.0{}[]u&*!|>', max_size=24))
def test_what_is_read_is_what_yaml_reads(text: str) -> None:
    """The reader may refuse, but never see another value than other readers do."""
    try:
        value = read(text)
    except Rejected:
        return

    assert yaml.safe_load(text) == value


@given(st.text(max_size=200) | st.text(alphabet="- a:\n", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read(text)
    except Rejected as refusal:
        assert [item.code for item in refusal.diagnostics] == ["unreadable-template"]


def test_absurd_depth_is_refused() -> None:
    deep = "".join("  " * level + "a:\n" for level in range(5000)) + "  " * 5000 + "b: 1\n"

    for text in (deep, "- " * 5000 + "a\n"):
        with pytest.raises(Rejected, match="unreadable-template"):
            read(text)


def test_an_endless_quote_is_refused_quickly() -> None:
    with pytest.raises(Rejected, match="unreadable-template"):
        read('a: "' + "\\\\x" * 50_000 + "\n")


def test_scalars_have_their_types() -> None:
    assert read("a: 1\nb: 1.0\nc: true\nd: null\ne: x\nf: {}\ng: []\n") == {
        "a": 1,
        "b": 1.0,
        "c": True,
        "d": None,
        "e": "x",
        "f": {},
        "g": [],
    }


def test_the_comment_of_the_compiler_is_skipped() -> None:
    assert read(render({"a": 1}, "shop")) == {"a": 1}
