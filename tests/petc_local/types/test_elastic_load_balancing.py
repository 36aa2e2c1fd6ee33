from __future__ import annotations

import urllib.request
from typing import Any
from urllib.error import HTTPError

import pytest

from petc.resources.schemas import Json
from petc_local.types import elastic_load_balancing
from tests.petc_local.running import LocalAws
from tests.petc_local.types.deploying import att, create, delete, ref, resource, update
from tests.petc_local.types.networking import group, network

TYPE = "AWS::ElasticLoadBalancingV2"


def fixed(code: str) -> list[dict[str, Any]]:
    return [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": code, "MessageBody": code}}]


def balanced(expression: str = "^/api/(vets|pets)$", tag: str = "one") -> dict[str, Any]:
    return {
        **network(),
        "Group": group("balancer"),
        "Balancer": resource(
            f"{TYPE}::LoadBalancer", Subnets=[ref("SubnetA"), ref("SubnetB")], SecurityGroups=[ref("Group")]
        ),
        "Listener": resource(
            f"{TYPE}::Listener",
            LoadBalancerArn=ref("Balancer"),
            Port=80,
            Protocol="HTTP",
            DefaultActions=fixed("404"),
        ),
        "Rule": resource(
            f"{TYPE}::ListenerRule",
            ListenerArn=ref("Listener"),
            Priority=1,
            Conditions=[{"Field": "path-pattern", "PathPatternConfig": {"RegexValues": [expression]}}],
            Actions=fixed("418"),
            Tags=[{"Key": "use", "Value": tag}],
        ),
    }


def status(aws: LocalAws, host: str, path: str) -> int:
    request = urllib.request.Request(f"{aws.endpoint}{path}", headers={"Host": host})
    try:
        with urllib.request.urlopen(request) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code


def test_requests_are_matched_by_regular_expressions(aws: LocalAws) -> None:
    made = create(aws, balanced(), outputs={"Host": att("Balancer", "DNSName")})
    host = made.outputs["Host"]

    assert status(aws, host, "/api/vets") == 418
    assert status(aws, host, "/api/vets/1") == 404


def test_another_expression_changes_the_rule_in_place(aws: LocalAws) -> None:
    made = create(aws, balanced(), outputs={"Host": att("Balancer", "DNSName")})
    changed = update(aws, balanced("^/api/owners$"), outputs={"Host": att("Balancer", "DNSName")})

    assert changed.ids["Rule"] == made.ids["Rule"]
    assert status(aws, made.outputs["Host"], "/api/owners") == 418
    assert status(aws, made.outputs["Host"], "/api/vets") == 404


def test_headers_are_matched_whatever_their_case() -> None:
    condition: dict[str, Json] = {
        "Field": "http-header",
        "HttpHeaderConfig": {"HttpHeaderName": "X-Way"},
        "RegexValues": ["^in"],
    }
    match = elastic_load_balancing._matching(lambda *_: False)

    assert match(condition, "GET", "/", {"x-way": "INSIDE"}, {})
    assert not match(condition, "GET", "/", {"x-way": "outside"}, {})


def test_a_path_is_matched_by_its_case() -> None:
    condition: dict[str, Json] = {"Field": "path-pattern", "RegexValues": ["^/api$"]}
    match = elastic_load_balancing._matching(lambda *_: False)

    assert match(condition, "GET", "/api", {}, {})
    assert not match(condition, "GET", "/API", {}, {})


def test_tags_of_a_rule_are_shown_and_change(aws: LocalAws) -> None:
    made = create(aws, balanced())
    update(aws, balanced(tag="two"))
    shown = aws.client("elbv2").describe_tags(ResourceArns=[made.ids["Rule"]])["TagDescriptions"]

    assert {"Key": "use", "Value": "two"} in shown[0]["Tags"]


def test_a_target_group_gives_the_balancers_before_it(aws: LocalAws) -> None:
    targets = resource(f"{TYPE}::TargetGroup", Port=80, Protocol="HTTP", TargetType="ip", VpcId=ref("Vpc"))
    made = create(
        aws,
        {**network(), "Targets": targets},
        outputs={"Balancers": {"Fn::Join": [" ", att("Targets", "LoadBalancerArns")]}},
    )

    assert made.outputs["Balancers"] == ""


def forwarding(scheme: str, where: str = "Rule", **group_properties: Any) -> dict[str, Any]:
    """Return a balancer of this scheme whose rule, or whose listener, forwards to a target group."""
    targets = resource(
        f"{TYPE}::TargetGroup",
        Port=80,
        Protocol="HTTP",
        TargetType="ip",
        VpcId=ref("Vpc"),
        **group_properties,
    )
    found = balanced() | {"Targets": targets}
    found["Balancer"]["Properties"]["Scheme"] = scheme
    actions = [{"Type": "forward", "TargetGroupArn": ref("Targets")}]
    found[where]["Properties"]["Actions" if where == "Rule" else "DefaultActions"] = actions
    return found


@pytest.mark.parametrize("where", ["Rule", "Listener"])
def test_a_target_group_stays_with_its_balancer(aws: LocalAws, where: str) -> None:
    create(aws, forwarding("internal", where))
    refused = update(aws, forwarding("internet-facing", where))

    assert refused.status == "UPDATE_ROLLBACK_COMPLETE"
    assert "cannot be associated with more than one load balancer" in " ".join(refused.reasons)


def test_a_target_group_that_is_replaced_with_its_balancer_has_the_new_one(aws: LocalAws) -> None:
    create(aws, forwarding("internal"))
    changed = update(aws, forwarding("internet-facing", ProtocolVersion="HTTP1"))
    back = update(aws, forwarding("internal"))

    assert (changed.status, back.status) == ("UPDATE_COMPLETE", "UPDATE_COMPLETE")


def test_a_target_group_in_use_is_not_deleted(aws: LocalAws) -> None:
    targets = resource(f"{TYPE}::TargetGroup", Port=80, Protocol="HTTP", TargetType="ip", VpcId=ref("Vpc"))
    forwarding = balanced() | {"Targets": targets}
    made = create(aws, forwarding)
    aws.client("elbv2").create_rule(
        ListenerArn=made.ids["Listener"],
        Priority=9,
        Conditions=[{"Field": "path-pattern", "Values": ["/by-hand"]}],
        Actions=[{"Type": "forward", "TargetGroupArn": made.ids["Targets"]}],
    )
    refused = update(aws, balanced())

    assert any("currently in use by a listener or a rule" in reason for reason in refused.reasons)


def test_deleting_leaves_no_balancer(aws: LocalAws) -> None:
    create(aws, balanced())

    assert delete(aws).status == "DELETE_COMPLETE"
    assert aws.client("elbv2").describe_load_balancers()["LoadBalancers"] == []


def test_a_balancer_keeps_its_vpc(aws: LocalAws) -> None:
    create(aws, balanced())
    moved = balanced()
    moved["Vpc"]["Properties"]["CidrBlock"] = "10.0.0.0/8"
    changed = update(aws, moved)

    assert changed.status == "UPDATE_ROLLBACK_COMPLETE"
    assert "the VPC of the load balancer (InvalidSubnet)" in changed.reasons[0]
