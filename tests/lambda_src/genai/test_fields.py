"""Inputs of tools are declared once, shown to the model, and checked."""

from __future__ import annotations

from datetime import date

import pytest

from genai import fields, tools
from genai.fields import Field, Kind

FIELDS = {
    "name": Field(Kind.TEXT, "a name", 5),
    "telephone": Field(Kind.DIGITS, "digits", 4, required=False),
    "id": Field(Kind.NUMBER, "an id", fields.LARGEST_ID, required=False),
    "day": Field(Kind.DATE, "a day", 10, required=False),
}


def test_the_schema_says_what_is_checked() -> None:
    assert fields.schema(FIELDS) == {
        "type": "object",
        "properties": {
            "name": {"type": "string", "maxLength": 5, "description": "a name"},
            "telephone": {"type": "string", "pattern": "^[0-9]{1,4}$", "description": "digits"},
            "id": {"type": "integer", "minimum": 1, "maximum": 2147483647, "description": "an id"},
            "day": {"type": "string", "format": "date", "description": "a day"},
        },
        "required": ["name"],
        "additionalProperties": False,
    }


def test_good_values_get_their_types() -> None:
    values = fields.checked(FIELDS, {"name": " 홍길동 ", "telephone": "051", "id": "7", "day": "2020-02-29"})

    assert values.text("name") == "홍길동"
    assert (values.text("telephone"), values.number("id"), values.day("day")) == ("051", 7, date(2020, 2, 29))


def test_the_date_part_of_a_timestamp_counts() -> None:
    values = fields.checked(FIELDS, {"name": "x", "day": "2020-01-02T03:04:05.000Z"})

    assert values.day("day") == date(2020, 1, 2)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "name is required"),
        ({"name": "  "}, "name is required"),
        ({"name": None}, "name is required"),
        ({"name": 5}, "name must be text"),
        ({"name": "abcdef"}, "5 characters at most, not 6"),
        ({"name": "a\x00b"}, "control characters"),
        ({"name": "\ud83d"}, "half of a character"),
        ({"name": "x", "telephone": "12a"}, "digits only"),
        ({"name": "x", "telephone": "\u0661"}, "digits only"),
        ({"name": "x", "id": 0}, "whole number"),
        ({"name": "x", "id": -1}, "whole number"),
        ({"name": "x", "id": True}, "whole number"),
        ({"name": "x", "id": 1.5}, "whole number"),
        ({"name": "x", "id": 2**31}, "whole number"),
        ({"name": "x", "id": "1 OR 1=1"}, "whole number"),
        ({"name": "x", "day": "2021-02-29"}, "yyyy-mm-dd"),
        ({"name": "x", "day": "yesterday"}, "yyyy-mm-dd"),
        ({"name": "x", "day": 20200101}, "yyyy-mm-dd"),
        ({"name": "x", "day": "0001-01-01"}, "year 1000"),
        ({"name": "x", "sql": "DROP"}, "there is no input 'sql'"),
    ],
)
def test_bad_values_are_refused_with_the_rule(given: dict[str, object], said: str) -> None:
    with pytest.raises(fields.Invalid, match=said):
        fields.checked(FIELDS, given)


def test_the_model_is_offered_the_six_tools() -> None:
    offered = [specification["toolSpec"] for specification in tools.specifications()]

    assert [tool["name"] for tool in offered if isinstance(tool, dict)] == [
        "list_owners",
        "list_vets",
        "list_visits",
        "add_owner",
        "add_pet",
        "add_visit",
    ]
