from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from ministack.services.cloudformation import provisioners

from petc_local.types import patching
from petc_local.types.forms import ResourceError
from petc_local.types.patching import Mend

KIND = "AWS::Some::Thing"
TABLE: Any = provisioners._RESOURCE_HANDLERS


@pytest.fixture
def calls() -> Iterator[list[object]]:
    """Enter a type of MiniStack's own that notes its calls, and take it away again."""
    noted: list[object] = []

    def create(logical_id: str, properties: object, stack_name: str) -> tuple[str, dict[str, str]]:
        noted.append(("create", properties))
        return "own-id", {"Arn": "arn"}

    def update(physical_id: str, old: object, new: object, stack_name: str) -> tuple[str, dict[str, str]]:
        noted.append(("update", physical_id))
        return physical_id, {}

    TABLE[KIND] = {
        "create": create,
        "update": update,
        "delete": lambda physical_id, properties: noted.append(("delete", physical_id)),
    }
    yield noted
    del TABLE[KIND]


def test_a_mend_may_give_another_id_and_find_back(calls: list[object]) -> None:
    mend = Mend(
        made=lambda physical_id, old, new, attributes: (f"arn/{physical_id}", attributes),
        own_id=lambda physical_id: physical_id.removeprefix("arn/"),
    )
    patching.enter({KIND: mend})
    held = TABLE[KIND]
    made, attributes = held["create"]("Logical", {}, "stack")
    held["update"](made, {}, {"A": 1}, "stack")
    held["delete"](made, {})

    assert (made, attributes) == ("arn/own-id", {"Arn": "arn"})
    assert calls == [("create", {}), ("update", "own-id"), ("delete", "own-id")]


def test_entering_twice_mends_once(calls: list[object]) -> None:
    mend = Mend(made=lambda physical_id, old, new, attributes: (f"{physical_id}+", attributes))
    patching.enter({KIND: mend})
    patching.enter({KIND: mend})

    assert TABLE[KIND]["create"]("Logical", {}, "stack")[0] == "own-id+"


def test_a_refused_delete_reaches_nothing(calls: list[object]) -> None:
    def refuse(physical_id: str, properties: object) -> None:
        raise ResourceError("in use")

    patching.enter({KIND: Mend(deletable=refuse)})

    with pytest.raises(ResourceError, match="in use"):
        TABLE[KIND]["delete"]("own-id", {})
    assert calls == []
