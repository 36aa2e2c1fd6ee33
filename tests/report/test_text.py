from __future__ import annotations

import re

from petc.diagnostics import Diagnostic, Location, Related, Severity
from petc.report.cells import cells
from petc.report.options import RenderOptions
from petc.report.text import render_text

SPEC = "services:\n  shop:\n    port: 80800\n"
PLAIN = RenderOptions()


def problem(location: Location | None = None, message: str = "port 80800 is above 65535") -> Diagnostic:
    return Diagnostic("port-range", Severity.ERROR, message, location=location)


def rows(line: str, column: int, end_column: int, width: int = 100) -> tuple[str, str]:
    place = Location("a.yaml", 1, column, 1, end_column)
    text = render_text([problem(place)], {"a.yaml": line}, RenderOptions(width=width)).splitlines()
    return text[3][4:], text[4][4:]


def cell_width(text: str) -> int:
    return sum(cell.width for cell in cells(text))


def test_a_problem_shows_its_place_line_and_way_out() -> None:
    first = Related("a port is declared here", Location("a.yaml", 1, 1, 1, 9))
    item = Diagnostic(
        "port-range",
        Severity.ERROR,
        "port 80800 is above 65535",
        pointer="/services/shop/port",
        location=Location("a.yaml", 3, 11, 3, 16),
        help="write a port from 1 to 65535",
        related=(first,),
        stage="dev",
        artifact="07-application.yaml:ServiceShop",
    )

    assert render_text([item], {"a.yaml": SPEC}, PLAIN) == (
        "error[port-range]: port 80800 is above 65535\n"
        " --> a.yaml:3:11\n"
        "  |\n"
        "3 |     port: 80800\n"
        "  |           ^^^^^\n"
        "  = stage: dev\n"
        "  = artifact: 07-application.yaml:ServiceShop\n"
        "  = help: write a port from 1 to 65535\n"
        "note: a port is declared here\n"
        " --> a.yaml:1:1\n"
        "  |\n"
        "1 | services:\n"
        "  | ^^^^^^^^\n"
    )


def test_problems_are_separated_by_an_empty_line_and_none_is_nothing() -> None:
    assert render_text([], {}, PLAIN) == ""
    assert render_text([problem(), problem()], {}, PLAIN).count("\n\n") == 1


def test_a_problem_without_a_place_shows_its_pointer() -> None:
    item = Diagnostic(
        "x", Severity.NOTE, "y", pointer="/a/b", related=(Related("see"), Related("also", pointer="/c"))
    )

    assert render_text([item], {}, PLAIN) == (
        "note[x]: y\n  = at: /a/b\n  = note: see\n  = note: also (at /c)\n"
    )


def test_a_file_or_line_that_is_not_known_is_named_without_an_excerpt() -> None:
    unknown = render_text([problem(Location("b.yaml", 1, 1, 1, 2))], {"a.yaml": SPEC}, PLAIN)
    beyond = render_text([problem(Location("a.yaml", 99, 1, 99, 2))], {"a.yaml": SPEC}, PLAIN)

    assert unknown.splitlines()[1:] == [" --> b.yaml:1:1"]
    assert beyond.splitlines()[1:] == ["  --> a.yaml:99:1"]


def test_the_margin_fits_the_longest_line_number_of_the_problem() -> None:
    item = problem(Location("a.yaml", 3, 1, 3, 2)).placed_at(
        Location("a.yaml", 3, 1, 3, 2), (Related("r", Location("a.yaml", 100, 1, 100, 2)),)
    )
    text = render_text([item], {"a.yaml": SPEC + "\n" * 100}, PLAIN)

    assert "\n  3 |     port" in text
    assert "\n100 |\n    | ^\n" in text


def test_carets_line_up_after_tabs() -> None:
    shown, carets = rows("a:\tb: wrong", 7, 12)

    assert shown == "a:  b: wrong"
    assert carets == "       ^^^^^"


def test_carets_line_up_under_wide_characters() -> None:
    """A Hangul syllable takes two cells, so a caret row in cells is longer than one in characters."""
    shown, carets = rows("이름: 고객 x", 5, 7)

    assert shown == "이름: 고객 x"
    assert carets == " " * cell_width("이름: ") + "^" * 4


def test_carets_line_up_after_combining_marks() -> None:
    shown, carets = rows("cafe\u0301: x", 8, 9)

    assert shown == "cafe\u0301: x"
    assert carets == "      ^"


def test_conjoining_hangul_takes_the_cells_of_its_syllable() -> None:
    _, carets = rows("\u1112\u1161\u11ab: x", 6, 7)

    assert carets == "    ^"


def test_a_mark_without_a_letter_and_a_pile_of_marks_are_escaped() -> None:
    assert rows("\u0301a", 2, 3)[0] == "\\u{301}a"
    assert rows("a" + "\u0301" * 6, 1, 2)[0] == "a" + "\u0301" * 4 + "\\u{301}\u0301"


def test_hostile_text_is_shown_as_escapes() -> None:
    hostile = "a\x1b[31m\u202eb\x07\u200b\u00a0"
    item = problem(Location("a\x1b.yaml", 1, 1, 1, 2), message=f"{hostile}\nerror: forged")
    text = render_text([item], {"a\x1b.yaml": hostile}, PLAIN)

    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\xa0\u200b\u202e]", text)
    assert text.splitlines()[0].endswith("a\\u{1b}[31m\\u{202e}b\\u{7}\\u{200b}\\u{a0}\\nerror: forged")
    assert "1 | a\\u{1b}[31m\\u{202e}b\\u{7}\\u{200b}\\u{a0}\n" in text


def test_carets_span_an_escape_as_it_is_shown() -> None:
    shown, carets = rows("a\u202eb", 2, 3)

    assert shown == "a\\u{202e}b"
    assert carets == " ^^^^^^^^"


def test_a_long_line_is_cropped_around_the_span() -> None:
    shown, carets = rows("x" * 500 + "WRONG" + "y" * 500, 501, 506, width=60)
    at = carets.index("^")

    assert shown.startswith("...x") and shown.endswith("y...")
    assert len(shown) <= 60
    assert shown[at : at + 5] == "WRONG" and carets.strip() == "^^^^^"


def test_a_long_line_keeps_its_end_when_the_span_stands_there() -> None:
    shown, carets = rows("x" * 500 + "WRONG", 501, 506, width=60)

    assert shown.startswith("...x") and shown.endswith("xWRONG")
    assert len(shown) > 45 and len(shown) == len(carets) <= 60


def test_a_long_line_of_wide_characters_is_cropped_by_cells() -> None:
    shown, carets = rows("고" * 300, 150, 152, width=60)

    assert 50 < cell_width(shown) <= 60
    assert cell_width(rows("고" * 50, 1, 2, width=60)[0]) <= 60
    assert len(carets.strip()) == 4


def test_a_span_longer_than_the_width_is_cut() -> None:
    shown, carets = rows("key: " + "v" * 900, 6, 906, width=60)

    assert shown.startswith("key: v") and shown.endswith("v...")
    assert len(carets) <= 60


def test_a_span_over_several_lines_is_underlined_to_the_end_of_the_first() -> None:
    item = problem(Location("a.yaml", 1, 3, 2, 2))
    text = render_text([item], {"a.yaml": "a: bcd  \nx\n"}, PLAIN)

    assert text.splitlines()[4] == "  |   ^^^^"


def test_an_empty_span_and_one_beyond_the_line_get_one_caret() -> None:
    assert rows("abc", 2, 2)[1] == " ^"
    assert rows("abc", 9, 12)[1] == "   ^"


def test_lines_end_as_in_yaml() -> None:
    item = problem(Location("a.yaml", 3, 1, 3, 2))

    assert "3 | c\n" in render_text([item], {"a.yaml": "a\r\nb\rc\n"}, PLAIN)


def test_color_adds_sequences_and_nothing_else() -> None:
    item = problem(Location("a.yaml", 3, 11, 3, 16))
    colored = render_text([item], {"a.yaml": SPEC}, RenderOptions(color=True))

    assert colored != (plain := render_text([item], {"a.yaml": SPEC}, PLAIN))
    assert re.sub("\x1b\\[[0-9;]*m", "", colored) == plain
