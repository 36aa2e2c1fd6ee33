from __future__ import annotations

import json
from typing import Any

import pytest

from petc.local.admin_request import ask
from petc_local.types.fidelity import STANDING
from tests.petc_local.running import REGION, LocalAws, grant_stack_sets

TOPIC = {"Type": "AWS::SNS::Topic"}


@pytest.fixture
def empty(aws: LocalAws) -> LocalAws:
    """The server when it has forgotten what other tests deployed."""
    aws.faults.reset()
    return aws


def held(aws: LocalAws) -> dict[str, Any]:
    return ask(aws.endpoint, "GET", "inventory")


def create(aws: LocalAws, name: str, **resources: object) -> None:
    body = json.dumps({"Resources": resources})
    aws.client("cloudformation").create_stack(StackName=name, TemplateBody=body)


def test_resources_of_all_accounts_and_regions_are_counted_by_type(empty: LocalAws) -> None:
    create(empty, "one", First=TOPIC, Second=TOPIC)
    empty.client("cloudformation", account="111122223333", region="eu-west-1").create_stack(
        StackName="one", TemplateBody=json.dumps({"Resources": {"First": TOPIC}})
    )
    found = held(empty)

    assert [(row["type"], row["count"], row["standing"]) for row in found["types"]] == [
        ("AWS::SNS::Topic", 3, "runs")
    ]
    assert found["types"][0]["reason"] == STANDING["AWS::SNS::Topic"].reason
    assert {(stack["account"], stack["region"]) for stack in found["stacks"]} == {
        (empty.account, REGION),
        ("111122223333", "eu-west-1"),
    }


def test_a_resource_that_failed_counts_as_nothing(empty: LocalAws) -> None:
    empty.faults.fail(logical_id="Second")
    create(empty, "one", First=TOPIC, Second=TOPIC)
    found = held(empty)

    assert [stack["status"] for stack in found["stacks"]] == ["ROLLBACK_COMPLETE"]
    assert found["types"] == []
    assert found["totals"] == {"runs": 0, "answers": 0, "recorded": 0}


def test_what_a_stack_failed_to_delete_is_still_there(empty: LocalAws) -> None:
    create(empty, "one", First=TOPIC, Second={**TOPIC, "DependsOn": "First"})
    empty.faults.fail(logical_id="First", on=("delete",))
    empty.client("cloudformation").delete_stack(StackName="one")
    found = held(empty)

    assert [(stack["status"], stack["resources"]) for stack in found["stacks"]] == [("DELETE_FAILED", 1)]


def test_a_deleted_stack_is_not_listed(empty: LocalAws) -> None:
    create(empty, "one", First=TOPIC)
    empty.client("cloudformation").delete_stack(StackName="one")
    empty.client("cloudformation").get_waiter("stack_delete_complete").wait(
        StackName="one", WaiterConfig={"Delay": 0}
    )

    assert held(empty)["stacks"] == []


def test_a_type_that_petc_does_not_know_is_recorded_at_best(empty: LocalAws) -> None:
    create(
        empty, "one", Table={"Type": "AWS::Glue::Database", "Properties": {"DatabaseInput": {"Name": "x"}}}
    )
    found = held(empty)

    assert [(row["standing"], row["reason"]) for row in found["types"]] == [
        ("recorded", "petc knows nothing of this type")
    ]


def test_stack_sets_are_listed_with_their_instances(empty: LocalAws) -> None:
    grant_stack_sets(empty)
    client = empty.client("cloudformation")
    client.create_stack_set(StackSetName="all", TemplateBody=json.dumps({"Resources": {"First": TOPIC}}))
    client.create_stack_instances(StackSetName="all", Accounts=[empty.account], Regions=[REGION])

    assert [(item["name"], item["instances"]) for item in held(empty)["stack_sets"]] == [("all", 1)]
