from __future__ import annotations

from typing import Any

from tests.petc_local.running import LocalAws
from tests.petc_local.types.deploying import create, resource, update

EVERYTHING = {
    "Host": "*",
    "HTTPMethod": "*",
    "ResourceARN": "*",
    "ServiceName": "*",
    "ServiceType": "*",
    "URLPath": "*",
}


def traced(rate: float = 0.05, expression: str = 'service("web")') -> dict[str, Any]:
    rule = {
        **EVERYTHING,
        "RuleName": "web",
        "FixedRate": rate,
        "Priority": 1,
        "ReservoirSize": 1,
        "Version": 1,
    }
    return {
        "Group": resource("AWS::XRay::Group", GroupName="web", FilterExpression=expression),
        "Rule": resource("AWS::XRay::SamplingRule", SamplingRule=rule),
    }


def test_ids_are_arns(aws: LocalAws) -> None:
    made = create(aws, traced())

    assert made.ids["Group"].startswith(f"arn:aws:xray:us-west-2:{aws.account}:group/web/")
    assert made.ids["Rule"] == f"arn:aws:xray:us-west-2:{aws.account}:sampling-rule/web"


def test_everything_changes_in_place(aws: LocalAws) -> None:
    made = create(aws, traced())
    changed = update(aws, traced(0.1, 'service("api")'))

    assert (changed.ids["Group"], changed.ids["Rule"]) == (made.ids["Group"], made.ids["Rule"])
