"""Parameter values are put where they decide what is written."""

from __future__ import annotations

import pytest

from petc.deploy.plan.resolve import HIDDEN, resolved, secret
from petc.deploy.plan.templates import template
from petc.output.render import render
from petc.source.tree import Json
from tests.deploy.plan.sample import Body, ref

PARAMETERS: Body = {
    "Count": {"Type": "Number"},
    "Name": {"Type": "String"},
    "Zones": {"Type": "CommaDelimitedList"},
    "Password": {"Type": "String", "NoEcho": True},
}
PASSED = {"Count": "3", "Name": "blue", "Zones": "a, b", "Password": "hunter2"}


def value(written: Json, **sections: Json) -> Json:
    body: Body = {
        "Parameters": PARAMETERS,
        "Resources": {"One": {"Type": "T", "Properties": {"It": written}}},
    }
    found = resolved(template(render(body | sections)), PASSED, "Resources")
    one = found["One"]
    assert isinstance(one, dict)
    properties = one["Properties"]
    assert isinstance(properties, dict)
    return properties.get("It", "absent")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (ref("Count"), 3),
        (ref("Name"), "blue"),
        (ref("Zones"), ["a", "b"]),
        (ref("Password"), HIDDEN),
        (ref("AWS::Region"), ref("AWS::Region")),
        (ref("AWS::NoValue"), "absent"),
        ({"Fn::Sub": "x-${Name}-${Count}"}, "x-blue-3"),
        ({"Fn::Sub": "${Name}-${AWS::Region}"}, {"Fn::Sub": "blue-${AWS::Region}"}),
        ({"Fn::Sub": "${!Name}"}, {"Fn::Sub": "${!Name}"}),
        (
            {"Fn::Sub": ["${A}-${B}", {"A": ref("Name"), "B": ref("One")}]},
            {"Fn::Sub": ["blue-${B}", {"B": ref("One")}]},
        ),
        ({"Fn::Join": ["/", ["a", ref("Name")]]}, "a/blue"),
        ({"Fn::Select": ["1", ref("Zones")]}, "b"),
        ({"Fn::Split": [",", "a,b"]}, ["a", "b"]),
        ({"Fn::Select": [0, {"Fn::Split": [",", {"Fn::ImportValue": "x"}]}]},) * 2,
    ],
)
def test_a_function_is_worked_out_as_far_as_it_can_be(written: Json, expected: Json) -> None:
    assert value(written) == expected


def test_a_mapping_gives_its_value_or_stands_whole() -> None:
    tables: Json = {"Sizes": {"blue": {"Cpu": "1"}}}

    assert value({"Fn::FindInMap": ["Sizes", ref("Name"), "Cpu"]}, Mappings=tables) == "1"
    assert value({"Fn::FindInMap": ["Sizes", ref("AWS::Region"), "Cpu"]}, Mappings=tables) == {
        "Fn::FindInMap": [{"Sizes": {"blue": {"Cpu": "1"}}}, ref("AWS::Region"), "Cpu"]
    }


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"Fn::Equals": [ref("Name"), "blue"]}, "yes"),
        ({"Fn::Not": [{"Fn::Equals": [ref("Name"), "blue"]}]}, "no"),
        ({"Fn::And": [{"Fn::Equals": ["a", "b"]}, {"Fn::Equals": [ref("AWS::Region"), "x"]}]}, "no"),
        ({"Fn::Or": [{"Fn::Equals": ["a", "a"]}, {"Fn::Equals": [ref("AWS::Region"), "x"]}]}, "yes"),
        ({"Fn::Equals": [ref("AWS::Region"), "x"]}, {"Fn::If": ["It", "yes", "no"]}),
    ],
)
def test_a_condition_chooses_where_it_can_be_decided(condition: Json, expected: Json) -> None:
    assert value({"Fn::If": ["It", "yes", "no"]}, Conditions={"It": condition}) == expected


def test_hidden_parameters_are_known() -> None:
    body: Body = {"Parameters": PARAMETERS, "Resources": {"One": {"Type": "T"}}}

    assert secret(template(render(body))) == {"Password"}
