from __future__ import annotations

import json
import re
from enum import Enum

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from petc.diagnostics import Rejected
from petc.output.reader import read
from petc.output.render import ATTRIBUTES, SECTIONS, is_plain, render, render_json

LOADERS = [yaml.SafeLoader, *([yaml.CSafeLoader] if yaml.__with_libyaml__ else [])]

# Words that YAML 1.1 reads as something else, indicators, and what a reviewer cannot see.
TRICKY = """
y n yes No ON off true False null ~ NULL = << .inf .nan 0 -1 1_000 0x1f 0o7 012 12:30 190:20:30 1e3 1.5
2012-10-17 2001-12-14t21:59:43.10-05:00 - -a ? : a: a:b #a a#b &a *a !a |a >a %a @a `a [a] {a} a, 'a' " ---
... 10.0.0.0/16 arn:aws:s3:::b/* Fn::GetAtt AWS::Region ${AWS::Region} / /a \\ \\n {} [] 고객 é 😀
"""
SPACED = [
    "",
    " ",
    "a ",
    " a",
    "a #b",
    "a: b",
    "a b",
    "a - b",
    "- a",
    "? a",
    "a  b",
    "a\n",
    "\n",
    "a\nb",
    "a\r\n",
]
HIDDEN = ["\t", "\x00", "\x7f", "\x85", "\xa0", "\u2028", "\ufeff", "\u202e", "\ufffe"]
tricky = st.sampled_from([*TRICKY.split(), *SPACED, *HIDDEN])
strings = tricky | st.text(max_size=20) | st.text(alphabet='ab:# -"\\\n/.', max_size=8)
scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | strings
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(strings, inner, max_size=4),
    max_leaves=20,
)
templates = st.dictionaries(strings | st.sampled_from(SECTIONS), values, max_size=5)


@given(templates)
def test_our_reader_gets_back_what_was_rendered(template: dict[str, object]) -> None:
    assert read(render(template)) == template


@pytest.mark.parametrize("loader", LOADERS)
@given(template=templates)
def test_yaml_gets_back_what_was_rendered(loader: type[yaml.SafeLoader], template: dict[str, object]) -> None:
    assert yaml.load(render(template), Loader=loader) == template


@given(templates)
def test_types_survive(template: dict[str, object]) -> None:
    """1, 1.0 and True are equal in Python and not in a template."""
    shown = json.dumps(template, sort_keys=True)

    assert json.dumps(read(render(template)), sort_keys=True) == shown
    assert json.dumps(yaml.safe_load(render(template)), sort_keys=True) == shown


@given(values)
def test_json_gets_back_what_was_rendered(value: object) -> None:
    assert json.loads(render_json(value)) == value


@given(strings)
def test_a_plain_string_is_a_string_to_yaml(text: str) -> None:
    if is_plain(text):
        assert yaml.safe_load(text) == text
        assert yaml.safe_load(f"{text}: 1") == {text: 1}


@pytest.mark.parametrize("word", ["y", "n", "yes", "no", "on", "off", "true", "false", "null"])
def test_a_word_that_any_yaml_reads_as_something_else_is_quoted(word: str) -> None:
    """PyYAML reads `y` as a string, YAML 1.1 as true."""
    for text in (word, word.upper(), word.title()):
        assert render({text: text}) == f'"{text}": "{text}"\n'


def test_sections_attributes_and_ids_have_their_order() -> None:
    resource = dict.fromkeys(reversed([*ATTRIBUTES, "Condition"]), "x")
    template = dict.fromkeys(reversed([*SECTIONS, "Rules"]), "x") | {
        "Resources": {"B": resource, "A": resource}
    }
    text = render(template)

    assert re.findall(r"^(\w+):", text, re.M) == [*SECTIONS, "Rules"]
    assert re.findall(r"^  (\w+):", text, re.M) == ["A", "B"]
    assert re.findall(r"^    (\w+):", text, re.M) == [*ATTRIBUTES, "Condition"] * 2


def test_the_order_of_keys_does_not_count() -> None:
    one = {"Outputs": {"A": {"b": 1, "a": 2}}, "Description": "x"}
    other = {"Description": "x", "Outputs": {"A": {"a": 2, "b": 1}}}

    assert render(one) == render(other)
    assert render_json(one) == render_json(other)


def test_a_template_reads_like_yaml() -> None:
    template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "shop dev: network, one of 12 layers",
        "Resources": {
            "Vpc": {
                "Properties": {
                    "CidrBlock": "10.0.0.0/16",
                    "EnableDnsSupport": True,
                    "Tags": [
                        {"Key": "Name", "Value": {"Fn::Sub": "${AWS::Region}-x"}},
                        [1, [2.5]],
                        {},
                        [],
                        None,
                    ],
                    "Nothing": {},
                    "Never": (),
                },
                "Type": "AWS::EC2::VPC",
            }
        },
    }

    assert render(template, "shop") == (
        "# Compiled by petc from shop. Do not edit: change the spec and run petc compile.\n"
        'AWSTemplateFormatVersion: "2010-09-09"\n'
        'Description: "shop dev: network, one of 12 layers"\n'
        "Resources:\n"
        "  Vpc:\n"
        "    Type: AWS::EC2::VPC\n"
        "    Properties:\n"
        '      CidrBlock: "10.0.0.0/16"\n'
        "      EnableDnsSupport: true\n"
        "      Never: []\n"
        "      Nothing: {}\n"
        "      Tags:\n"
        "        - Key: Name\n"
        "          Value:\n"
        '            Fn::Sub: "${AWS::Region}-x"\n'
        "        - - 1\n"
        "          - - 2.5\n"
        "        - {}\n"
        "        - []\n"
        "        - null\n"
    )


def test_a_spec_name_cannot_leave_the_comment() -> None:
    assert render({}, "a\nResources: x").splitlines()[1:] == ["{}"]


def test_what_a_reviewer_cannot_see_is_escaped() -> None:
    text = render({"a": "x\u202ey\u200b\x85\ufeff"})

    assert text == 'a: "x\\u202ey\\u200b\\u0085\\ufeff"\n'
    assert render_json("x\u202ey") == '"x\\u202ey"\n'


@pytest.mark.parametrize("value", [float("inf"), float("nan"), "\ud83d\ude00", "a\udc80"])
def test_what_has_no_form_is_refused(value: object) -> None:
    with pytest.raises(Rejected) as caught:
        render({"a": [value]})

    assert [item.code for item in caught.value.diagnostics] == ["unrenderable-value"]


def test_a_key_that_yaml_would_not_find_the_end_of_is_refused() -> None:
    with pytest.raises(Rejected, match="unrenderable-value"):
        render({"k" * 1001: 1})

    assert yaml.safe_load(render({"k" * 1000: 1})) == {"k" * 1000: 1}


def test_json_refuses_a_number_that_is_not_finite() -> None:
    with pytest.raises(Rejected, match="unrenderable-value"):
        render_json([float("nan")])


@pytest.mark.parametrize("template", [{"a": object()}, {"a": {1: 2}}, {"a": {1, 2}}, {"a": b"x"}])
def test_another_type_is_a_fault_of_the_caller(template: dict[str, object]) -> None:
    with pytest.raises(TypeError):
        render(template)


def test_a_string_of_a_subclass_is_written_as_its_text() -> None:
    class Kind(str, Enum):  # noqa: UP042 - StrEnum would hide what is tested
        VPC = "AWS::EC2::VPC"

    assert render({"Type": Kind.VPC}) == "Type: AWS::EC2::VPC\n"
