"""What messages must not repeat is hidden in the source that they quote."""

from __future__ import annotations

from petc.diagnostics import Location
from petc.source.masking import masked


def test_a_place_is_hidden_and_lines_and_columns_stay() -> None:
    text = "\ufeffa: 1\r\npassword: made up  # note\r\nb: 2\n"

    assert masked(text, [Location("f", 2, 11, 2, 18)]) == text.replace("made up", "**** **")


def test_a_place_of_several_lines_is_hidden_whole() -> None:
    text = "key: |\n  one\n  two\nb: 2\n"

    assert masked(text, [Location("f", 1, 6, 3, 6)]) == "key: *\n  ***\n  ***\nb: 2\n"


def test_a_place_beyond_the_text_hides_nothing() -> None:
    assert masked("a: 1", [Location("f", 9, 1, 9, 5)]) == "a: 1"
