"""Text to located tree: meaning, positions, refusals, and the same results from both parsers."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from petc.diagnostics import Diagnostic, Location, Rejected
from petc.source.build import MAX_DEPTH, MAX_PROBLEMS
from petc.source.parse import parse
from petc.source.text import MAX_BYTES
from petc.source.tree import Node, find, locate, plain

FILE = "spec.yaml"


def tree(text: str) -> Node:
    return parse(text.encode(), FILE)


def problems(text: str | bytes, *, pure: bool = False) -> tuple[Diagnostic, ...]:
    with pytest.raises(Rejected) as caught:
        parse(text if isinstance(text, bytes) else text.encode(), FILE, pure=pure)
    return caught.value.diagnostics


def only(text: str | bytes) -> Diagnostic:
    found = problems(text)
    assert len(found) == 1, found
    return found[0]


def outcome(content: bytes, *, pure: bool) -> object:
    try:
        node = parse(content, FILE, pure=pure)
    except Rejected as fault:
        return fault.diagnostics
    return repr(node)


def codes(text: str | bytes) -> list[str]:
    return [problem.code for problem in problems(text)]


def at(problem: Diagnostic) -> tuple[int, int]:
    assert problem.location is not None
    return problem.location.line, problem.location.column


@pytest.mark.parametrize(
    "text",
    [
        "no",
        "on",
        "yes",
        "off",
        "12:30",
        "1_000",
        "2020-01-01",
        "0123",
        "012",
        "-07",
        "007.5",
        "0o8",
        "1e",
        "+",
    ],
)
def test_what_yaml_1_1_would_have_changed_is_text(text: str) -> None:
    assert plain(tree(f"key: {text}\n")) == {"key": text}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("-3", -3),
        ("+4", 4),
        ("0", 0),
        ("0o17", 15),
        ("0x1F", 31),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1.", 1.0),
        ("1e3", 1000.0),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("9223372036854775807", 9223372036854775807),
    ],
)
def test_the_core_schema_gives_numbers_truth_values_and_null(text: str, value: object) -> None:
    result = plain(tree(f"key: {text}\n"))

    assert isinstance(result, dict)
    assert result["key"] == value
    assert isinstance(result["key"], type(value))
    assert isinstance(result["key"], bool) is isinstance(value, bool)


@pytest.mark.parametrize("text", ['"12"', "'true'", '"~"', "|-\n  12", '"<<"'])
def test_quotes_and_blocks_always_make_text(text: str) -> None:
    result = plain(tree(f"key: {text}\n"))

    assert isinstance(result, dict)
    assert isinstance(result["key"], str)


@pytest.mark.parametrize("text", [".inf", "-.INF", ".nan", "1e999", "9223372036854775808", "9" * 5000])
def test_numbers_that_json_cannot_hold_are_refused(text: str) -> None:
    assert only(f"key: {text}\n").code == "number-out-of-range"


def test_columns_count_characters_not_bytes() -> None:
    node = tree("서비스: 값 # 설명\n이름: {가: 나}\n")

    assert locate(node, "/서비스") == Location(FILE, 1, 6, 1, 7)
    assert locate(node, "/이름/가", on_key=True) == Location(FILE, 2, 6, 2, 7)
    assert locate(node, "/이름/가") == Location(FILE, 2, 9, 2, 10)


def test_a_block_ends_where_its_last_value_ends() -> None:
    node = tree("network:\n  cidr: 10.0.0.0/16\n\n# a comment\nname: shop\n")

    assert locate(node, "/network") == Location(FILE, 2, 3, 2, 20)


def test_a_block_scalar_ends_with_its_last_line() -> None:
    node = tree("text: |\n  one\n  two\n\n\nname: shop\n")

    assert locate(node, "/text") == Location(FILE, 1, 7, 3, 6)


def test_a_flow_mapping_ends_at_its_bracket() -> None:
    assert locate(tree("a: {b: 1,\n    c: 2 }\n"), "/a") == Location(FILE, 1, 4, 2, 11)


def test_an_absent_value_stands_at_its_key() -> None:
    assert locate(tree("name:\nother: 1\n"), "/name") == Location(FILE, 1, 1, 1, 5)


def test_keys_keep_their_order() -> None:
    result = plain(tree("b: 1\na: 2\nc: 3\n"))

    assert isinstance(result, dict)
    assert list(result) == ["b", "a", "c"]


def test_an_alias_stands_where_its_value_was_written() -> None:
    node = tree("a: &x {b: 1}\nc: *x\n")

    assert plain(node) == {"a": {"b": 1}, "c": {"b": 1}}
    assert locate(node, "/c/b") == Location(FILE, 1, 11, 1, 12)
    assert locate(node, "/c", on_key=True) == Location(FILE, 2, 1, 2, 2)


def test_an_alias_means_the_nearest_anchor_above() -> None:
    assert plain(tree("a: &x 1\nb: &x 2\nc: *x\n")) == {"a": 1, "b": 2, "c": 2}


def test_a_leading_byte_order_mark_is_accepted_and_not_counted() -> None:
    node = parse(b"\xef\xbb\xbfname: shop\n", FILE)

    assert locate(node, "/name", on_key=True) == Location(FILE, 1, 1, 1, 5)


def test_carriage_returns_end_lines_too() -> None:
    assert locate(tree("a: 1\r\nb: 2\r\n"), "/b", on_key=True) == Location(FILE, 2, 1, 2, 2)


def test_a_duplicate_key_names_both_places() -> None:
    problem = only("a: 1\nb: 2\na: 3\n")

    assert problem.code == "duplicate-key"
    assert at(problem) == (3, 1)
    assert problem.related[0].location == Location(FILE, 1, 1, 1, 2)


def test_a_key_that_differs_in_quotes_only_is_a_duplicate() -> None:
    assert codes("a: 1\n'a': 2\n") == ["duplicate-key"]


@pytest.mark.parametrize("tag", ["!Ref", "!!python/object:os.system", "!!str", "!", "!<tag:x>"])
@pytest.mark.parametrize("value", ["x", "[1]", "{a: 1}"])
def test_a_tag_is_refused_as_it_is_written(tag: str, value: str) -> None:
    problem = only(f"key: {tag} {value}\n")

    assert problem.code == "custom-tag"
    assert f"'{tag}'" in problem.message
    assert at(problem) == (1, 6)


def test_a_merge_key_is_refused_with_what_to_write_instead() -> None:
    problem = only("a: &x {b: 1}\nc: {<<: *x}\n")

    assert problem.code == "merge-key"
    assert at(problem) == (2, 5)
    assert "write the keys out" in problem.help


@pytest.mark.parametrize("key", ["8080", "true", "null", "1.5", "[a]", "{a: b}", "~"])
def test_a_key_that_is_no_text_is_refused(key: str) -> None:
    assert codes(f"? {key}\n: 1\n") == ["key-not-a-string"]


def test_an_alias_as_a_key_is_refused() -> None:
    assert codes("a: &x b\n*x : 1\n") == ["key-not-a-string"]


def test_an_unknown_alias_suggests_the_anchor_that_was_meant() -> None:
    problem = only("a: &small 1\nb: *smal\n")

    assert problem.code == "unknown-alias"
    assert problem.help == "did you mean '*small'"


@pytest.mark.parametrize(
    "text", ["a: &a [*a]\n", "a: &a {b: {c: *a}}\n", "a: &a 1\nb: &a [*a]\n", "&a {b: *a}\n"]
)
def test_an_alias_inside_of_its_own_value_is_refused(text: str) -> None:
    assert codes(text) == ["alias-cycle"]


def test_aliases_that_multiply_are_refused() -> None:
    rows = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]

    assert codes("a0: &a0 [x]\n" + "\n".join(rows)) == ["alias-bomb"]


def test_aliases_that_deepen_are_refused() -> None:
    rows = [f"a{n}: &a{n} [[[[[[[*a{n - 1}]]]]]]]" for n in range(1, 12)]

    assert codes("a0: &a0 [x]\n" + "\n".join(rows)) == ["too-deep"]


def test_the_deepest_nesting_is_accepted_and_one_more_is_not() -> None:
    levels = MAX_DEPTH - 1
    tree(f"a: {'[' * levels}{']' * levels}\n")

    assert codes(f"a: {'[' * (levels + 1)}{']' * (levels + 1)}\n") == ["too-deep"]


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
@pytest.mark.parametrize("levels", [200, 100_000])
def test_deep_nesting_gives_a_message_and_no_recursion(opening: str, levels: int) -> None:
    assert codes(opening * levels) == ["too-deep"]


def test_too_many_values_without_aliases_are_too_large() -> None:
    assert codes("a: [" + "x," * 100_001 + "]") == ["too-large"]


def test_fifty_megabytes_are_refused_without_being_read() -> None:
    content = b"a: &a [*a]\n" * (50 * 1024 * 1024 // 11)
    tracemalloc.start()
    try:
        found = codes(content)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert found == ["too-large"]
    assert peak < 1024 * 1024


def test_a_hostile_file_below_the_limit_stops_after_the_most_problems() -> None:
    assert len(problems(b"a: &a [*a]\n" * (MAX_BYTES // 11))) == MAX_PROBLEMS


def test_many_blank_lines_need_little_memory() -> None:
    tracemalloc.start()
    try:
        found = codes(b"\n" * MAX_BYTES)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert found == ["empty-spec"]
    assert peak < 32 * 1024 * 1024


def test_all_problems_come_at_once() -> None:
    text = "a: !x 1\na: 2\n1: 3\n<<: {b: 1}\nc: *d\ne: .inf\n"

    assert codes(text) == [
        "custom-tag",
        "duplicate-key",
        "key-not-a-string",
        "merge-key",
        "unknown-alias",
        "number-out-of-range",
    ]


def test_problems_before_a_syntax_error_are_kept() -> None:
    assert codes("a: 1\na: 2\nb: [\n") == ["duplicate-key", "yaml-syntax"]


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "---\n", "~\n", "\ufeff"])
def test_a_file_without_content_is_empty(text: str) -> None:
    assert codes(text) == ["empty-spec"]


@pytest.mark.parametrize("text", ["- a\n", "just text\n", "12\n", "[]\n"])
def test_the_top_is_a_mapping(text: str) -> None:
    assert codes(text) == ["not-a-mapping"]


def test_a_second_document_is_refused_where_it_starts() -> None:
    problem = only("a: 1\n---\nb: 2\n")

    assert problem.code == "several-documents"
    assert at(problem) == (2, 1)


@pytest.mark.parametrize("text", ["%YAML 1.2\n---\na: 1\n", "\n# c\n%TAG ! x\n---\na: 1\n", "%FOO\n"])
def test_directives_are_refused(text: str) -> None:
    problem = only(text)

    assert problem.code == "yaml-syntax"
    assert at(problem)[0] == text[: text.index("%")].count("\n") + 1


MALFORMED = [
    ("\ta: 1\n", (1, 1), "tab"),
    ("a:\n\tb: 1\n", (2, 1), "tab"),
    ("a: |\n  x\n\ty\n", (3, 1), "tab"),
    ("a: 1\t\n", (1, 5), "tab"),
    ("a:\tb\n", (1, 3), "tab"),
    ("a: x\ty\n", (1, 5), "tab"),
    ("a: [1,\t2]\n", (1, 7), "tab"),
    ("a: |\t\n  x\n", (1, 5), "tab"),
    ("a: &x\t'y'\n", (1, 6), "tab"),
    ("a: 1\n\t\n", (2, 1), "tab"),
    ("a: [1, 2\nb: 3\n", (1, 4), "'['"),
    ("a: {b: 1\nc: 2\n", (1, 4), "'{'"),
    ("a: 'x\n", (1, 4), "quote is never closed"),
    ('a: "x\n---\n', (1, 4), "quote is not closed"),
    ("a: 'it's'\n", (1, 8), "follows a value"),
    ('a: "b" c\n', (1, 8), "follows a value"),
    ("a: @x\n", (1, 4), "cannot start with '@'"),
    ("a: `x`\n", (1, 4), "cannot start with '`'"),
    ("a: %x\n", (1, 4), "cannot start with '%'"),
    ("a: b: c\n", (1, 5), "second ': '"),
    ("a: 1\n b: 2\n", (2, 3), "second ': '"),
    ("a:\n  b: 1\n c: 2\n", (3, 2), "line up"),
    ("a:\n  - x\n - y\n", (3, 2), "line up"),
    (" a: 1\nb: 2\n", (2, 1), "outside of the mapping"),
    ("a: -\n", (1, 4), "list item"),
    ("a: 1\nb\n", (2, 1), "no 'key: value'"),
    ('a: "\\q"\n', (1, 5), "escape"),
    ('a: "\\ud800"\n', (1, 5), "escape"),
    ('a: "\\UFFFFFFFF"\n', (1, 5), "escape"),
    ('a: "\n  x\\xZZ"\n', (2, 4), "escape"),
    ('a: &x "\\q"\n', (1, 8), "escape"),
    ("a: *.example.com\n", (1, 5), "'*'"),
    ("a: !e!x b\n", (1, 4), "tag"),
    ("a: |#c\n  b\n", (1, 5), "'|'"),
    ("a: &x >-#c\n  b\n", (1, 9), "'|'"),
    ("a: |x\n b\n", (1, 5), "'|'"),
    ("}\n", (1, 1), "before '}'"),
    ("a: {x: [}]}\n", (1, 9), "before '}'"),
]


@pytest.mark.parametrize("pure", [False, True])
@pytest.mark.parametrize(("text", "place", "words"), MALFORMED)
def test_a_syntax_error_is_placed_and_explained(
    text: str, place: tuple[int, int], words: str, pure: bool
) -> None:
    (problem,) = problems(text, pure=pure)

    assert problem.code == "yaml-syntax"
    assert words in problem.message
    assert at(problem) == place
    assert problem.help


def test_tabs_may_stand_in_quotes_blocks_and_comments() -> None:
    text = "a: 'x\ty' #\tcomment\nb: |\n  x\ty\n#\tanother\nc: \"\tz\"\n"

    assert outcome(text.encode(), pure=False) == outcome(text.encode(), pure=True)
    assert plain(tree(text)) == {"a": "x\ty", "b": "x\ty\n", "c": "\tz"}


def test_a_nul_byte_is_placed() -> None:
    problem = only(b"a: 1\nb: \x00\n")

    assert problem.code == "nul-byte"
    assert at(problem) == (2, 4)


@pytest.mark.parametrize(
    "character", ["\x01", "\x1b", "\x7f", "\x85", "\u2028", "\u202e", "\u2066", "\ufeff"]
)
def test_an_invisible_character_is_refused_as_written_and_as_an_escape(character: str) -> None:
    escaped = f'a: "\\U{ord(character):08X}"\n'

    assert codes(f"a: x{character}y\n") == ["control-character"]
    assert codes(escaped) == ["control-character"]


def test_a_byte_that_is_no_utf8_is_placed_in_characters() -> None:
    problem = only("a: 1\n이름: ".encode() + b"caf\xe9\n")

    assert problem.code == "not-utf8"
    assert at(problem) == (2, 8)
    assert "'é'" in problem.message


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_wide_encodings_are_named(encoding: str) -> None:
    problem = only("a: 1\n".encode(encoding))

    assert problem.code == "not-utf8"
    assert encoding.upper() in problem.message


def test_messages_are_one_short_line_whatever_the_value() -> None:
    found = problems("? " + "1" * 3000 + "\n: !" + "x" * 3000 + " 1\nb: *" + "y" * 3000 + "\n")

    assert all(len(problem.message) < 200 and "\n" not in problem.message for problem in found)


def test_find_agrees_with_what_was_written() -> None:
    node = find(tree("a: {b: [x, y]}\n"), "/a/b/1")

    assert node == Node("y", Location(FILE, 1, 12, 1, 13))


@given(st.binary(max_size=200))
@settings(max_examples=300, deadline=None)
def test_arbitrary_bytes_give_a_tree_or_a_refusal(content: bytes) -> None:
    for pure in (False, True):
        outcome(content, pure=pure)


_SNIPPETS = st.sampled_from(
    [
        *[
            "a",
            "b",
            "1",
            "0x1F",
            "no",
            "한글",
            ":",
            "-",
            ",",
            "[",
            "]",
            "{",
            "}",
            "&",
            "*",
            "!",
            "|",
            ">",
            "'",
            '"',
            "#",
            "%",
            "@",
            "`",
            "<<",
            "é",
            "😀",
            "\\",
        ],
        *(": ", "- ", "? a", "\n", "\r\n", "\n  ", "\n    ", " ", "a: ", "b: ", "&a ", "*a ", "!t "),
        *("'x'", '"y"', '"\\x', "|\n  t\n", "---\n", "...\n"),
    ]
)


@given(st.lists(_SNIPPETS, max_size=30).map("".join))
@settings(max_examples=1000, deadline=None)
def test_both_parsers_give_the_same(text: str) -> None:
    fast, pure = (outcome(text.encode(), pure=choice) for choice in (False, True))

    if isinstance(fast, str) or isinstance(pure, str):
        assert fast == pure
    else:
        assert isinstance(fast, tuple)
        assert isinstance(pure, tuple)
        if "!" not in text:
            # Of a malformed tag and another fault in one line, either may come first.
            assert [item.code for item in fast] == [item.code for item in pure]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63) + 1, 2**63 - 1) | st.text("abc 한:#", max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abc한", min_size=1), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(st.dictionaries(st.text("abcdefgh한", min_size=1, max_size=4), _JSON, max_size=5))
@settings(max_examples=200, deadline=None)
def test_json_means_itself_and_places_are_inside_the_file(data: dict[str, object]) -> None:
    import json

    text = json.dumps(data, ensure_ascii=False, indent=1)
    node = parse(text.encode(), FILE)

    assert plain(node) == data
    assert node.location == Location(FILE, 1, 1, text.count("\n") + 1, len(text.split("\n")[-1]) + 1)
