"""The API's deployment gets another id whenever a value behind its references would change."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from petc.layers.snapshots import REPLACED_BY
from petc.model.types import Stage
from petc.output.reader import read
from petc.resources import schemas
from petc.synthesis import emitted
from tests import specs

SHOP = """
petc: 1
name: shop
tags: {owner: sales, cost-centre: shops}
network:
  cidr: 10.20.0.0/16
  subnets:
    public: [10.20.0.0/24, 10.20.1.0/24]
    app: [10.20.2.0/24, 10.20.3.0/24]
    database: [10.20.4.0/24, 10.20.5.0/24]
services:
  orders: {image: {tag: "1"}, route: /api/orders}
load_balancer: {scheme: internal}
stages:
  dev: {targets: {accounts: ["123456789012"], regions: {us-west-2: {}}}}
"""


def gateway(text: str) -> dict[str, Any]:
    files = emitted(specs.stage_of(text), "shop.yaml").files
    content = next(body for name, body in files.items() if "api-gateway" in name)
    found: dict[str, Any] = read(content.decode())  # type: ignore[assignment]
    return found["Resources"]  # type: ignore[no-any-return]


def deployment(text: str) -> str:
    (found,) = (name for name in gateway(text) if name.startswith("Deployment"))
    return found


def overriding(layer: str, logical_id: str, change: str, text: str = SHOP) -> str:
    wanted = f"{{reason: a load test, set: {{{change}}}}}"
    section = f"overrides: {{{layer}: {{{logical_id}: {wanted}}}}}"
    return text.replace("stages:\n", f"{section}\nstages:\n")


def with_line(section: str) -> str:
    return SHOP.replace("stages:\n", f"{section}\nstages:\n")


@pytest.mark.parametrize(
    "changed",
    [
        # A third zone: the link's subnets are create-only, so CloudFormation replaces the link.
        SHOP.replace("10.20.1.0/24]", "10.20.1.0/24, 10.20.6.0/24]")
        .replace("10.20.3.0/24]", "10.20.3.0/24, 10.20.7.0/24]")
        .replace("10.20.5.0/24]", "10.20.5.0/24, 10.20.8.0/24]"),
        # An app subnet with another range is replaced, and the link with it.
        SHOP.replace("10.20.3.0/24", "10.20.9.0/24"),
        # Another VPC replaces everything in it.
        SHOP.replace("10.20.", "10.30."),
        # The link's group is replaced, by its description.
        overriding("security", "SecurityGroupLink", "GroupDescription: another"),
        # The load balancer is replaced, so its ARN and DNS name are others.
        overriding("application", "LoadBalancer", "Name: another"),
        # What a method itself says changes by an override, after the layer was made.
        overriding("api_gateway", "MethodAnyApiOrders", "Integration.TimeoutInMillis: 9000"),
        # The policy of the API is part of the snapshot.
        SHOP.replace("route: /api/orders", "route: {path: /api/orders, admit: [192.0.2.0/24]}"),
    ],
    ids=["zone", "subnet", "vpc", "group", "balancer", "method", "policy"],
)
def test_another_value_behind_a_reference_is_another_deployment(changed: str) -> None:
    assert deployment(changed) != deployment(SHOP)


@pytest.mark.parametrize(
    "changed",
    [
        SHOP.replace('tag: "1"', 'tag: "2"'),
        with_line("gateway: {throttle: {rate: 7, burst: 9}}"),
        # In place: the load balancer keeps ARN and DNS name.
        overriding("application", "LoadBalancer", "IpAddressType: ipv4"),
    ],
    ids=["image", "throttle", "in-place"],
)
def test_what_replaces_nothing_behind_the_api_keeps_the_deployment(changed: str) -> None:
    assert deployment(changed) == deployment(SHOP)


def test_an_internet_facing_balancer_is_followed_too() -> None:
    public = SHOP.replace("scheme: internal", "scheme: internet-facing")
    named = overriding("application", "LoadBalancer", "Name: another", public)

    assert deployment(public) != deployment(named)


def test_the_secret_behind_the_header_is_followed() -> None:
    public = SHOP.replace("scheme: internal", "scheme: internet-facing")
    named = overriding("application", "HeaderSecret", "Name: another", public)

    assert deployment(public) != deployment(named)


def test_the_stage_serves_the_deployment_of_the_completed_id() -> None:
    resources = gateway(SHOP)

    assert resources["Stage"]["Properties"]["DeploymentId"] == {"Ref": deployment(SHOP)}
    assert re.fullmatch("Deployment[0-9a-f]{10}", deployment(SHOP))
    assert not re.search(r'"Deployment"', json.dumps(resources["Stage"]))


def test_an_override_names_the_deployment_without_its_digest() -> None:
    text = overriding("api_gateway", "Deployment", "Description: mine")

    assert gateway(text)[deployment(text)]["Properties"]["Description"] == "mine"


@pytest.mark.parametrize("type_name", sorted(REPLACED_BY))
def test_the_properties_that_count_are_those_that_replace(type_name: str) -> None:
    """Properties that petc never sets are left out; of those that stand here each replaces."""
    found = schemas.schema(type_name)
    assert found is not None
    known = {*found.create_only, *found.conditional_create_only}

    assert set(REPLACED_BY[type_name]) <= known


def test_every_replacing_property_that_is_set_behind_the_reference_stages_counts(
    dev: Stage, prod: Stage
) -> None:
    missing = set()
    for stage in (dev, prod):
        for content in emitted(stage, "petclinic.yaml").files.values():
            template: dict[str, Any] = read(content.decode())  # type: ignore[assignment]
            for body in template["Resources"].values():
                known = schemas.schema(body["Type"])
                if body["Type"] in REPLACED_BY and known:
                    replacing = {name.partition(".")[0] for name in known.create_only}
                    missing |= (replacing & set(body.get("Properties", {}))) - set(REPLACED_BY[body["Type"]])

    assert missing == set()
