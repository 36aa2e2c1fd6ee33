from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from ministack.core.responses import request_scope

from petc_local.types import recorded_resources
from petc_local.types.forms import ResourceError
from petc_local.types.recorded_resources import found, recorded

KIND = "AWS::Some::Thing"
THING = recorded(
    KIND, lambda logical, given, stack: str(given["Name"]), lambda physical, given: {"Arn": physical}
)


@pytest.fixture(autouse=True)
def _empty() -> Iterator[None]:
    recorded_resources.reset()
    yield
    recorded_resources.reset()


def test_a_thing_is_kept_with_its_properties() -> None:
    with request_scope("111111111111", "us-west-2"):
        made = THING.create("Logical", {"Name": "a", "Size": 1}, "stack")
        kept = dict(found(KIND))

    assert made == ("a", {"Arn": "a"})
    assert kept == {"a": {"Name": "a", "Size": 1}}


def test_an_update_is_kept() -> None:
    with request_scope("111111111111", "us-west-2"):
        THING.create("Logical", {"Name": "a", "Size": 1}, "stack")
        THING.update("a", {"Name": "a", "Size": 1}, {"Name": "a", "Size": 2})

        assert found(KIND)["a"]["Size"] == 2


def test_accounts_and_regions_do_not_see_each_other() -> None:
    with request_scope("111111111111", "us-west-2"):
        THING.create("Logical", {"Name": "a"}, "stack")
    with request_scope("111111111111", "eu-west-1"):
        other_region = found(KIND)
    with request_scope("222222222222", "us-west-2"):
        other_account = found(KIND)

    assert (other_region, other_account) == ({}, {})


def test_a_name_that_is_taken_is_refused() -> None:
    with request_scope("111111111111", "us-west-2"):
        THING.create("Logical", {"Name": "a"}, "stack")

        with pytest.raises(ResourceError, match="'a' already exists"):
            THING.create("Other", {"Name": "a"}, "stack")


def test_what_is_gone_cannot_be_updated_but_deleted_again() -> None:
    with request_scope("111111111111", "us-west-2"):
        THING.create("Logical", {"Name": "a"}, "stack")
        THING.delete("a", {})
        THING.delete("a", {})

        with pytest.raises(ResourceError, match="'a' was not found"):
            THING.update("a", {}, {})


def test_records_survive_json() -> None:
    with request_scope("111111111111", "us-west-2"):
        THING.create("Logical", {"Name": "a", "Sizes": [1, 2]}, "stack")
        kept = json.loads(json.dumps(recorded_resources.dump()))
        recorded_resources.reset()
        recorded_resources.load(kept)

        assert found(KIND) == {"a": {"Name": "a", "Sizes": [1, 2]}}
