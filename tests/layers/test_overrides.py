"""The spec's last word on a property: applied, noted, and refused where it would do nothing."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from petc.diagnostics import Rejected
from petc.layers.base import LayerTemplate
from petc.layers.overrides import overridden
from petc.model.decode import decode
from petc.model.schema import conforming
from petc.source.tree import Json

BASE: dict[str, Json] = {"petc": 1, "name": "shop", "tags": {"owner": "a", "cost-centre": "b"}}
TEMPLATE: dict[str, Any] = {
    "Resources": {
        "ServiceOrders": {
            "Type": "AWS::ECS::Service",
            "Metadata": {"petc": {"spec": "/services/orders"}},
            "Properties": {
                "DesiredCount": 1,
                "Cluster": {"Ref": "Cluster"},
                "DeploymentConfiguration": {"MaximumPercent": 200, "MinimumHealthyPercent": 100},
                "LoadBalancers": [{"ContainerName": "orders", "ContainerPort": 8080}],
            },
        },
        "Cluster": {"Type": "AWS::ECS::Cluster", "Metadata": {"petc": {"spec": "/services"}}},
    }
}


def layers() -> tuple[LayerTemplate, ...]:
    """Return two layers, one of them small."""
    other: dict[str, Any] = {
        "Resources": {"Vpc": {"Type": "AWS::EC2::VPC", "Metadata": {"petc": {}}, "Properties": {}}}
    }
    return (
        LayerTemplate("network", 1, "network", other, (), (), (), ()),
        LayerTemplate("application", 7, "application", copy.deepcopy(TEMPLATE), (), (), (), ()),
    )


def changed(
    change: dict[str, Json], resource: str = "ServiceOrders", layer: str = "application"
) -> tuple[LayerTemplate, ...]:
    """Return the layers with one override."""
    entry: Json = {"reason": "the load test needs it", **change}
    stage = decode(conforming({**BASE, "overrides": {layer: {resource: entry}}}), "dev")
    return overridden(stage, layers())


def body(change: dict[str, Json], resource: str = "ServiceOrders") -> Any:
    """Return the changed resource."""
    return changed(change, resource)[1].template["Resources"][resource]  # type: ignore[index,call-overload]


def properties(change: dict[str, Json]) -> Any:
    """Return the properties of the changed service."""
    return body(change)["Properties"]


def refused(
    change: dict[str, Json], resource: str = "ServiceOrders", layer: str = "application"
) -> tuple[str, str, str, str | None, bool]:
    """Return code, message, help, pointer and place of the only problem."""
    with pytest.raises(Rejected) as refusal:
        changed(change, resource, layer)
    (item,) = refusal.value.diagnostics
    return item.code, item.message, item.help, item.pointer, item.on_key


AT = "/overrides/application/ServiceOrders"


def test_without_overrides_nothing_changes() -> None:
    stage = decode(conforming(BASE), "dev")

    assert overridden(stage, layers()) == layers()


def test_a_property_is_set() -> None:
    assert properties({"set": {"DesiredCount": 5}})["DesiredCount"] == 5


def test_a_new_property_is_set() -> None:
    assert properties({"set": {"HealthCheckGracePeriodSeconds": 600}})["HealthCheckGracePeriodSeconds"] == 600


def test_a_nested_property_is_set_and_its_neighbours_stay() -> None:
    assert properties({"set": {"DeploymentConfiguration.MaximumPercent": 150}})[
        "DeploymentConfiguration"
    ] == {
        "MaximumPercent": 150,
        "MinimumHealthyPercent": 100,
    }


def test_what_lies_between_is_made() -> None:
    found = properties({"set": {"DeploymentConfiguration.DeploymentCircuitBreaker.Enable": True}})

    assert found["DeploymentConfiguration"]["DeploymentCircuitBreaker"] == {"Enable": True}


def test_an_entry_of_a_list_goes_by_its_number() -> None:
    found = properties({"set": {"LoadBalancers.0.ContainerPort": 9000}})

    assert found["LoadBalancers"] == [{"ContainerName": "orders", "ContainerPort": 9000}]


def test_a_resource_without_properties_gets_them() -> None:
    assert body({"set": {"ClusterName": "c"}}, "Cluster")["Properties"] == {"ClusterName": "c"}


@pytest.mark.parametrize(
    ("path", "key", "rest"),
    [
        ("DesiredCount", "DesiredCount", None),
        ("DeploymentConfiguration.MaximumPercent", "DeploymentConfiguration", {"MinimumHealthyPercent": 100}),
        ("LoadBalancers.0", "LoadBalancers", []),
        ("LoadBalancers.0.ContainerPort", "LoadBalancers", [{"ContainerName": "orders"}]),
    ],
)
def test_a_property_is_removed(path: str, key: str, rest: Json) -> None:
    assert properties({"remove": [path]}).get(key) == rest


def test_it_is_noted_where_a_reader_looks() -> None:
    note = body({"set": {"DesiredCount": 5}, "remove": ["LoadBalancers"]})["Metadata"]["petc"]

    assert note == {
        "spec": "/services/orders",
        "overridden": {"reason": "the load test needs it", "properties": ["DesiredCount", "LoadBalancers"]},
    }


def test_what_was_given_stays_and_other_layers_are_the_same() -> None:
    before = layers()
    entry: Json = {"reason": "the load test needs it", "set": {"DeploymentConfiguration.MaximumPercent": 1}}
    stage = decode(conforming({**BASE, "overrides": {"application": {"ServiceOrders": entry}}}), "dev")
    after = overridden(stage, before)

    assert before == layers()
    assert after[0] is before[0]
    assert after[1].template != before[1].template


def test_a_resource_that_is_not_there() -> None:
    assert refused({"set": {"DesiredCount": 5}}, "ServiceOrder") == (
        "override-matches-nothing",
        "layer application has no resource ServiceOrder",
        "did you mean `ServiceOrders`?",
        "/overrides/application/ServiceOrder",
        True,
    )


def test_a_layer_that_is_not_there() -> None:
    found = refused({"set": {"DesiredCount": 5}}, layer="frontend")

    assert found[:2] == ("override-matches-nothing", "there is no layer frontend to override")
    assert found[3] == "/overrides/frontend/ServiceOrders"


def test_a_property_that_is_not_there() -> None:
    assert refused({"set": {"DesiredCounts": 5}}) == (
        "override-unknown-property",
        "AWS::ECS::Service of ServiceOrders has no property DesiredCounts",
        "did you mean `DesiredCount`?",
        f"{AT}/set/DesiredCounts",
        True,
    )


def test_removing_a_property_that_no_service_has() -> None:
    assert refused({"remove": ["DesiredCounts"]})[:1] == ("override-unknown-property",)
    assert refused({"remove": ["DesiredCounts"]})[3:] == (f"{AT}/remove/0", False)


@pytest.mark.parametrize("path", ["PlatformVersion", "DeploymentConfiguration.Strategy", "LoadBalancers.1"])
def test_removing_what_is_not_set(path: str) -> None:
    assert refused({"remove": [path]}) == (
        "override-removes-nothing",
        f"ServiceOrders sets no {path}, so there is nothing to remove",
        "delete this entry",
        f"{AT}/remove/0",
        False,
    )


@pytest.mark.parametrize(
    ("path", "end"),
    [("LoadBalancers.1.ContainerPort", "LoadBalancers"), ("LoadBalancers.1", "LoadBalancers")],
)
def test_past_the_end_of_a_list_there_is_nothing(path: str, end: str) -> None:
    assert refused({"set": {path: 80}}) == (
        "override-leads-nowhere",
        f"{path} cannot be set, because {end} of ServiceOrders has no such part",
        f"set `{end}` as a whole",
        f"{AT}/set/{path}",
        True,
    )


@pytest.mark.parametrize("computed", [{"Ref": "Other"}, {"Fn::ImportValue": "x"}, "text"])
def test_a_computed_value_is_not_gone_into(computed: Json) -> None:
    """A key beside `Ref` would make a template that CloudFormation refuses."""
    found = refused(
        {"set": {"DeploymentConfiguration": computed, "DeploymentConfiguration.MaximumPercent": 1}}
    )

    assert found[0] == "override-leads-nowhere"


def test_every_problem_is_said() -> None:
    with pytest.raises(Rejected) as refusal:
        changed({"set": {"Nope": 1, "Nor": 2}, "remove": ["PlatformVersion"]})

    assert [item.code for item in refusal.value.diagnostics] == [
        "override-unknown-property",
        "override-unknown-property",
        "override-removes-nothing",
    ]
