from __future__ import annotations

from typing import Any

from tests.petc_local.running import LocalAws
from tests.petc_local.types.deploying import create, delete, ref, resource, update
from tests.petc_local.types.networking import network


def logged(traffic: str = "ALL", tag: str = "one") -> dict[str, Any]:
    return {
        **network(),
        "Log": resource(
            "AWS::EC2::FlowLog",
            ResourceId=ref("Vpc"),
            ResourceType="VPC",
            TrafficType=traffic,
            LogGroupName="/flow",
            Tags=[{"Key": "use", "Value": tag}],
        ),
    }


def shown(aws: LocalAws) -> list[dict[str, Any]]:
    return list(aws.client("ec2").describe_flow_logs()["FlowLogs"])


def test_a_flow_log_is_shown_at_its_vpc(aws: LocalAws) -> None:
    made = create(aws, logged())
    (log,) = shown(aws)

    assert (log["FlowLogId"], log["ResourceId"]) == (made.ids["Log"], made.ids["Vpc"])
    assert (log["TrafficType"], log["FlowLogStatus"]) == ("ALL", "ACTIVE")


def test_tags_change_in_place(aws: LocalAws) -> None:
    made = create(aws, logged())
    update(aws, logged(tag="two"))
    (log,) = shown(aws)

    assert log["FlowLogId"] == made.ids["Log"]
    assert {"Key": "use", "Value": "two"} in log["Tags"]


def test_other_traffic_replaces_it(aws: LocalAws) -> None:
    made = create(aws, logged())
    update(aws, logged(traffic="REJECT"))
    (log,) = shown(aws)

    assert log["TrafficType"] == "REJECT"
    assert log["FlowLogId"] != made.ids["Log"]


def test_deleting_ends_it(aws: LocalAws) -> None:
    create(aws, logged())
    delete(aws)

    assert shown(aws) == []
