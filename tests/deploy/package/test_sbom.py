"""Bills of materials conform to the schema of CycloneDX 1.6 and say the same for the same package."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
from referencing import Registry, Resource

from petc.deploy.package.sbom import bill
from petc.deploy.package.wheel_contents import Wheel

MIT = Wheel("Py_Mail", "1.0", "MIT", True, "a" * 64, {})
FREE = Wheel("post", "2.0", "The Post License, see LICENSE", False, "b" * 64, {})
SILENT = Wheel("stamps", "3.0", "", False, "c" * 64, {})


def schema(name: str) -> Any:
    text = files("cyclonedx").joinpath("schema", "_res", f"{name}.SNAPSHOT.schema.json").read_text("utf-8")
    return json.loads(text)


def validator() -> jsonschema.Draft7Validator:
    others = ("spdx", "jsf-0.82")
    # The schemas refer to each other by the names that they have on the web.
    pairs = [(found["$id"], Resource.from_contents(found)) for found in map(schema, others)]
    registry: Registry[Any] = Registry().with_resources(pairs)
    return jsonschema.Draft7Validator(schema("bom-1.6"), registry=registry)


@pytest.mark.parametrize("wheels", [(), (MIT,), (FREE, SILENT, MIT)])
def test_a_bill_conforms_to_the_schema(wheels: tuple[Wheel, ...]) -> None:
    found = list(validator().iter_errors(json.loads(bill("mail", b"zip", wheels))))

    assert found == []


def test_the_schema_refuses_what_is_no_bill() -> None:
    broken = json.loads(bill("mail", b"zip", (MIT,))) | {"components": [{"name": "x"}]}

    assert list(validator().iter_errors(broken))


def test_each_distribution_is_named_with_version_licence_and_hash() -> None:
    made = json.loads(bill("mail", b"zip", (FREE, SILENT, MIT)))
    rows = [
        (item["purl"], item.get("licenses"), item["hashes"][0]["content"][0]) for item in made["components"]
    ]

    assert rows == [
        ("pkg:pypi/post@2.0", [{"license": {"name": "The Post License, see LICENSE"}}], "b"),
        ("pkg:pypi/py-mail@1.0", [{"expression": "MIT"}], "a"),
        ("pkg:pypi/stamps@3.0", None, "c"),
    ]


def test_the_order_of_wheels_does_not_count() -> None:
    assert bill("mail", b"zip", (MIT, FREE)) == bill("mail", b"zip", (FREE, MIT))


def test_another_package_has_another_serial_number() -> None:
    one, two = (json.loads(bill("mail", content, ())) for content in (b"1", b"2"))

    assert one["serialNumber"] != two["serialNumber"]
