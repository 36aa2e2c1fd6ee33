"""Each violation of the schema, word by word: message, way out, place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from petc.diagnostics import Diagnostic, Severity
from petc.model import codes
from petc.model.schema import stage_schema, violations
from petc.source.tree import Json

BASE: dict[str, Json] = {"petc": 1, "name": "shop", "tags": {"owner": "a", "cost-centre": "b"}}


def found(**changes: Json) -> tuple[Diagnostic, ...]:
    """Return the violations of a small stage with some keys changed."""
    return tuple(violations({**BASE, **changes}, stage_schema()))


def one(**changes: Json) -> tuple[str, str, str, str | None, bool]:
    """Return code, message, help, pointer and place of the only violation."""
    (item,) = found(**changes)
    assert item.severity is Severity.ERROR
    return item.code, item.message, item.help, item.pointer, item.on_key


def test_a_small_stage_has_none() -> None:
    assert found() == ()


CASES: dict[str, tuple[dict[str, Json], tuple[str, str, str, str, bool]]] = {
    "a slip in a key": (
        {"services": {"orders": {"memmory": 1024}}},
        (
            "unknown-key",
            "`memmory` is not a key of `orders`",
            "did you mean `memory`?",
            "/services/orders/memmory",
            True,
        ),
    ),
    "a key without a near one": (
        {"logs": {"zzz": 1}},
        ("unknown-key", "`zzz` is not a key of `logs`", "known here: `retention_days`", "/logs/zzz", True),
    ),
    "a key of another language": (
        {"lambdas": {}},
        ("unknown-key", "`lambdas` is not a key of the spec", "write `functions`", "/lambdas", True),
    ),
    "a key with a slash": (
        {"logs": {"a/b~c": 1}},
        (
            "unknown-key",
            "`a/b~c` is not a key of `logs`",
            "known here: `retention_days`",
            "/logs/a~1b~0c",
            True,
        ),
    ),
    "a missing key": (
        {"services": {"orders": {"route": {}}}},
        (
            "missing-key",
            "`route` needs `path`",
            'add `path: "/api/orders"`, for example',
            "/services/orders/route",
            True,
        ),
    ),
    "a number for text": (
        {"services": {"orders": {"image": {"tag": 1.1}}}},
        (
            "wrong-type",
            "`tag` is 1.1, but must be text",
            "put it in quotes",
            "/services/orders/image/tag",
            False,
        ),
    ),
    "a boolean for text": (
        {"description": True},
        ("wrong-type", "`description` is true, but must be text", "put it in quotes", "/description", False),
    ),
    "a number for one of a list": (
        {"network": {"nat": 5}},
        (
            "wrong-type",
            "`nat` is 5, but must be text",
            "one of `per-zone`, `single`, `none`",
            "/network/nat",
            False,
        ),
    ),
    "a list for a mapping": (
        {"services": ["orders"]},
        (
            "wrong-type",
            '`services` is ["orders"], but must be a mapping',
            "things are named here: write a mapping of names, not a list",
            "/services",
            False,
        ),
    ),
    "nothing for a mapping": (
        {"services": {"orders": None}},
        (
            "wrong-type",
            "`orders` is null, but must be a mapping",
            "write `{}` where the defaults will do",
            "/services/orders",
            False,
        ),
    ),
    "text for a list": (
        {"services": {"orders": {"after": "stock"}}},
        (
            "wrong-type",
            '`after` is "stock", but must be a list',
            "put it in brackets: [stock]",
            "/services/orders/after",
            False,
        ),
    ),
    "an old boolean": (
        {"protected": "yes"},
        (
            "wrong-type",
            '`protected` is "yes", but must be true or false',
            "only `true` and `false` are booleans (YAML 1.2)",
            "/protected",
            False,
        ),
    ),
    "a quoted number": (
        {"services": {"orders": {"port": "8080"}}},
        (
            "wrong-type",
            '`port` is "8080", but must be a whole number',
            "write a number without quotes, units or leading zeros",
            "/services/orders/port",
            False,
        ),
    ),
    "true for a number": (
        {"services": {"orders": {"port": True}}},
        ("wrong-type", "`port` is true, but must be a whole number", "", "/services/orders/port", False),
    ),
    "half a number": (
        {"services": {"orders": {"port": 80.5}}},
        ("wrong-type", "`port` is 80.5, but must be a whole number", "", "/services/orders/port", False),
    ),
    "a shorthand of a wrong type": (
        {"services": {"orders": {"health": 5}}},
        (
            "wrong-type",
            "`health` is 5, but must be text or a mapping",
            "put it in quotes",
            "/services/orders/health",
            False,
        ),
    ),
    "an entry of a list": (
        {"network": {"subnets": {"app": ["10.0.3.0/24", 5]}}},
        (
            "wrong-type",
            "`app[1]` is 5, but must be text",
            "put it in quotes",
            "/network/subnets/app/1",
            False,
        ),
    ),
    "a value that is not listed": (
        {"network": {"nat": "singel"}},
        (
            "not-one-of",
            '"singel" is not a value of `nat`',
            "did you mean `single`? one of `per-zone`, `single`, `none`",
            "/network/nat",
            False,
        ),
    ),
    "a value far from the list": (
        {"encryption": {"key": "rot13"}},
        (
            "not-one-of",
            '"rot13" is not a value of `key`',
            "one of `aws`, `customer`, `existing`",
            "/encryption/key",
            False,
        ),
    ),
    "a path without its slash": (
        {"services": {"orders": {"route": "api/orders"}}},
        (
            "malformed",
            '"api/orders" does not have the form of `route`',
            'for example "/api/orders"',
            "/services/orders/route",
            False,
        ),
    ),
    "a final line feed": (
        {"name": "shop\n"},
        ("malformed", '"shop\\n" does not have the form of `name`', 'for example "shop"', "/name", False),
    ),
    "digits of another script": (
        {"network": {"cidr": "\u0661\u0660.0.0.0/16"}},
        (
            "malformed",
            '"\u0661\u0660.0.0.0/16" does not have the form of `cidr`',
            'for example "10.0.0.0/16"',
            "/network/cidr",
            False,
        ),
    ),
    "a name in capitals": (
        {"services": {"Orders": {}}},
        (
            "malformed-name",
            '"Orders" cannot be a name in `services`',
            "a name starts with a lower-case letter, has lower-case letters, digits and hyphens, and does not end in a"
            " hyphen",
            "/services/Orders",
            True,
        ),
    ),
    "a name with a final line feed": (
        {"services": {"orders\n": {}}},
        (
            "malformed-name",
            '"orders\\n" cannot be a name in `services`',
            "a name starts with a lower-case letter, has lower-case letters, digits and hyphens, and does not end in a"
            " hyphen",
            "/services/orders\n",
            True,
        ),
    ),
    "a name that is too long": (
        {"services": {"a" * 41: {}}},
        (
            "malformed-name",
            f'"{"a" * 41}" cannot be a name in `services`',
            "at most 40 characters",
            f"/services/{'a' * 41}",
            True,
        ),
    ),
    "a slip in a layer's name": (
        {"layers": {"netwrok": "net"}},
        (
            "malformed-name",
            '"netwrok" cannot be a name in `layers`',
            "did you mean `network`?",
            "/layers/netwrok",
            True,
        ),
    ),
    "a name of another form": (
        {"configuration": {"1st": "a"}},
        (
            "malformed-name",
            '"1st" cannot be a name in `configuration`',
            "the form is ^[A-Za-z][A-Za-z0-9_.\\[\\]-]*$",
            "/configuration/1st",
            True,
        ),
    ),
    "too much": (
        {"services": {"orders": {"port": 80800}}},
        ("out-of-range", "`port` is 80800, but must be at most 65535", "", "/services/orders/port", False),
    ),
    "too little": (
        {"services": {"orders": {"port": 0}}},
        ("out-of-range", "`port` is 0, but must be at least 1", "", "/services/orders/port", False),
    ),
    "between two steps": (
        {"databases": {"db": {"capacity": {"max": 1.3}}}},
        (
            "out-of-range",
            "`max` is 1.3, but must be a multiple of 0.5",
            "",
            "/databases/db/capacity/max",
            False,
        ),
    ),
    "text that is too long": (
        {"description": "a" * 201},
        (
            "out-of-range",
            f'`description` is "{"a" * 56}…, but must be at most 200 characters long',
            "",
            "/description",
            False,
        ),
    ),
    "text that is too short": (
        {"functions": {"f": {"source": ""}}},
        (
            "out-of-range",
            '`source` is "", but must be at least 1 characters long',
            "",
            "/functions/f/source",
            False,
        ),
    ),
    "an empty list": (
        {"functions": {"f": {"source": "f", "route": {"path": "/f", "methods": []}}}},
        (
            "out-of-range",
            "`methods` is [], but must be a list of at least 1 entries",
            "",
            "/functions/f/route/methods",
            False,
        ),
    ),
    "a repeated entry": (
        {"network": {"endpoints": ["s3", "logs", "s3"]}},
        ("repeated", '"s3" is repeated in `endpoints`', "", "/network/endpoints/2", False),
    ),
    "another version": (
        {"petc": 2},
        (
            "wrong-version",
            "this petc reads version 1 of the language, not 2",
            "write `petc: 1`",
            "/petc",
            False,
        ),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_violation_is_said_in_these_words(name: str) -> None:
    changes, expected = CASES[name]

    assert one(**changes) == expected


def test_every_code_of_the_schema_has_a_case() -> None:
    assert {expected[0] for _, expected in CASES.values()} == {code.name for code in codes.CODES}


def test_what_is_no_mapping_is_refused_as_a_whole() -> None:
    (item,) = violations([], stage_schema())

    assert (item.message, item.pointer) == ("`the spec` is [], but must be a mapping", "")


def test_all_problems_are_said_at_once_and_each_once() -> None:
    items = found(
        tags={},
        network={"nat": "x", "zones": 2, "az": 1, "endpoints": ["s3", "s3", "s3"]},
        services={"orders": {"port": 0, "cpu": "a lot"}},
    )

    assert [(item.code, item.pointer) for item in items if item.code == "missing-key"] == [
        ("missing-key", "/tags"),
        ("missing-key", "/tags"),
    ]
    assert {item.message for item in items if item.code == "missing-key"} == {
        "`tags` needs `owner`",
        "`tags` needs `cost-centre`",
    }
    assert sorted(item.pointer or "" for item in items if item.code != "missing-key") == [
        "/network/az",
        "/network/endpoints/1",
        "/network/endpoints/2",
        "/network/nat",
        "/network/zones",
        "/services/orders/cpu",
        "/services/orders/port",
    ]


def test_a_prefix_leads_to_a_part_of_the_spec() -> None:
    (item,) = violations({"zones": 2}, stage_schema()["$defs"]["Logs"], "/stages/dev/logs")

    assert item.pointer == "/stages/dev/logs/zones"


def subschemas(schema: Any) -> Iterator[dict[str, Any]]:
    """Yield every schema of the language: the top, the definitions, and what lies below."""
    yield schema
    below = [*schema.get("properties", {}).values(), *schema.get("$defs", {}).values()]
    below += [schema[key] for key in ("items", "additionalProperties", "propertyNames") if key in schema]
    for item in below:
        if isinstance(item, dict):
            yield from subschemas(item)


STRUCTURE = {
    "$schema",
    "$id",
    "$ref",
    "$defs",
    "title",
    "description",
    "default",
    "examples",
    "properties",
    "items",
}
TRANSLATED = {
    *(
        "additionalProperties",
        "required",
        "type",
        "enum",
        "pattern",
        "const",
        "uniqueItems",
        "minimum",
        "maximum",
    ),
    *("multipleOf", "minLength", "maxLength", "minItems", "maxItems", "propertyNames"),
}


def test_every_keyword_of_the_schema_has_a_translation() -> None:
    """No branch such as `oneOf`, whose failure nobody can explain, and nothing that falls through."""
    used = {key for schema in subschemas(stage_schema()) for key in schema}

    assert used - STRUCTURE - {"x-short"} <= TRANSLATED


def test_no_message_speaks_of_the_schema() -> None:
    text = json.dumps([[item.message, item.help] for case in CASES.values() for item in found(**case[0])])

    assert not [word for word in ("oneOf", "anyOf", "schema", "additionalProperties") if word in text]


def test_every_pattern_is_anchored_at_both_ends() -> None:
    """A pattern without anchors would accept any text that holds what it wants."""
    patterns = {schema["pattern"] for schema in subschemas(stage_schema()) if "pattern" in schema}

    assert [pattern for pattern in patterns if not (pattern.startswith("^") and pattern.endswith("$"))] == []
    assert [pattern for pattern in patterns if "\\d" in pattern or "\\w" in pattern] == []
