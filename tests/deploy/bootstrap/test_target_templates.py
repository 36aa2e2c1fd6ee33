"""The templates of a target account."""

from __future__ import annotations

from dataclasses import replace

import pytest

from petc.deploy.aws.call_settings import ADMINISTRATION_ROLE, EXECUTION_ROLE
from petc.deploy.aws.connection import READER_ROLE
from petc.deploy.bootstrap import administrator_template, target_templates
from petc.deploy.bootstrap.consumers import SERVICE_MANAGED, STACKS, Served
from petc.deploy.bootstrap.execution_policies import MANAGED_POLICY, size
from petc.deploy.bootstrap.names import ADMINISTRATION, EXECUTION, READER
from petc.deploy.bootstrap.permissions import SUPPORTING, service_of
from petc.verify.rendered import mapping, resources, sequence
from tests.deploy.bootstrap.reading import ONE, properties, trust
from tests.deploy.bootstrap.stages import stages


def test_only_the_administration_role_takes_the_execution_role() -> None:
    (statement,) = trust(target_templates.target("123456789012", ONE), "Execution")

    assert mapping(statement)["Principal"] == {
        "AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::123456789012:role/petc-administration"}
    }


def test_for_plain_stacks_cloudformation_takes_it_itself() -> None:
    (statement,) = trust(target_templates.target("123456789012", Served(ways=(STACKS,))), "Execution")

    assert mapping(statement)["Principal"] == {"Service": "cloudformation.amazonaws.com"}


def test_a_service_managed_stage_needs_neither_role() -> None:
    served = Served(("111111111111",), "o-abcdefghij", (), (SERVICE_MANAGED,))

    assert "Administration" not in mapping(administrator_template.administrator(served)["Resources"])
    assert set(mapping(target_templates.target("123456789012", served)["Resources"])) == {"Reader"}


def test_the_boundary_caps_the_execution_role_and_lets_it_not_change_itself() -> None:
    made = target_templates.target("123456789012", ONE)
    statements = sequence(mapping(properties(made, "Boundary")["PolicyDocument"])["Statement"])
    denied = [mapping(item) for item in statements if mapping(item)["Effect"] == "Deny"]

    assert properties(made, "Execution")["PermissionsBoundary"] == {"Ref": "Boundary"}
    assert {item["Sid"] for item in denied} == {
        "BoundedRolesOnly",
        "BoundariesStay",
        "NotItself",
        "NotItsArtifacts",
    }
    assert size(mapping(properties(made, "Boundary")["PolicyDocument"])) <= MANAGED_POLICY


@pytest.mark.parametrize("name", sorted(stages()))
def test_the_boundary_reaches_as_far_as_the_layers(name: str) -> None:
    """A service that it lacks would be refused whatever the policies say."""
    _, made = stages()[name]
    boundary = sequence(
        mapping(properties(target_templates.target("1", ONE), "Boundary")["PolicyDocument"])["Statement"]
    )
    allowed = {
        str(action).partition(":")[0] for item in boundary for action in sequence(mapping(item)["Action"])
    }

    assert {service_of(item.type) for item in resources(made.view)} | set(SUPPORTING) <= allowed


def test_the_gateway_s_settings_stay_when_the_stack_goes() -> None:
    made = mapping(target_templates.gateway()["Resources"])

    kept = {name: mapping(item).get("DeletionPolicy") for name, item in made.items()}
    assert kept == {"First": None, "Logs": "RetainExceptOnCreate", "Account": "RetainExceptOnCreate"}


def test_something_of_api_gateway_stands_before_its_settings() -> None:
    """CloudFormation Template Reference, "AWS::ApiGateway::Account"."""
    made = mapping(target_templates.gateway()["Resources"])

    assert mapping(made["Account"])["DependsOn"] == ["First"]
    assert mapping(mapping(made["First"])["Properties"])["Enabled"] is False


def test_a_boundary_that_a_spec_names_may_be_carried_too() -> None:
    served = replace(ONE, boundaries=("museum-boundary",))
    statements = sequence(
        mapping(properties(target_templates.target("1", served), "Boundary")["PolicyDocument"])["Statement"]
    )
    (bounded,) = [mapping(item) for item in statements if mapping(item)["Sid"] == "BoundedRolesOnly"]

    assert "policy/museum-boundary" in str(bounded["Condition"])


def test_the_names_are_those_by_which_the_adapters_call_the_roles() -> None:
    assert (ADMINISTRATION, EXECUTION, READER) == (ADMINISTRATION_ROLE, EXECUTION_ROLE, READER_ROLE)
