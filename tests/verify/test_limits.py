"""Sizes that a service takes of a resource: just inside is silent, one more is found at the spec's line."""

from __future__ import annotations

from typing import Any

from petc.verify import limits
from petc.verify.limits import (
    API_POLICY,
    GROUP_RULES,
    LAMBDA_VARIABLES,
    LISTENER_RULES,
    PARAMETER,
    PATH_VALUE,
    ROLE_POLICIES,
    TASK_DEFINITION,
)
from tests.verify import sample


def codes(**resources: Any) -> list[str]:
    return [item.code for item in limits.check(sample.view(sample.template(**resources)))]


def test_a_resource_policy_fits_the_gateway() -> None:
    def policy(text: str) -> Any:
        return sample.resource("AWS::ApiGateway::RestApi", Policy={"Id": text})

    room = API_POLICY - len('{"Id":""}')

    assert codes(Api=policy("x" * room)) == []
    assert codes(Api=policy("x" * (room + 1))) == ["limit-exceeded"]


def test_names_and_values_of_variables_count_in_bytes() -> None:
    def function(value: str) -> Any:
        return sample.resource("AWS::Lambda::Function", Environment={"Variables": {"AB": value}})

    assert codes(Function=function("x" * (LAMBDA_VARIABLES - 2))) == []
    assert codes(Function=function("한" * (LAMBDA_VARIABLES // 3 + 1))) == ["limit-exceeded"]


def test_a_task_definition_fits() -> None:
    small = sample.resource("AWS::ECS::TaskDefinition", Cpu="x" * (TASK_DEFINITION - 20))
    large = sample.resource("AWS::ECS::TaskDefinition", Cpu="x" * TASK_DEFINITION)

    assert codes(Task=small) == []
    assert codes(Task=large) == ["limit-exceeded"]


def test_a_parameter_holds_eight_kilobytes() -> None:
    assert codes(Parameter=sample.resource("AWS::SSM::Parameter", Value="x" * PARAMETER)) == []
    assert codes(Parameter=sample.resource("AWS::SSM::Parameter", Value="x" * (PARAMETER + 1))) == [
        "limit-exceeded"
    ]


def test_each_path_expression_fits_a_condition() -> None:
    def rule(*paths: str) -> Any:
        conditions = [{"Field": "path-pattern", "PathPatternConfig": {"RegexValues": list(paths)}}]
        return sample.resource("AWS::ElasticLoadBalancingV2::ListenerRule", Conditions=conditions)

    assert codes(Rule=rule("x" * PATH_VALUE, "y" * PATH_VALUE)) == []
    assert codes(Rule=rule("x", "y" * (PATH_VALUE + 1))) == ["limit-exceeded"]


def test_rules_are_counted_by_listener() -> None:
    def rules(count: int, listener: str) -> dict[str, Any]:
        return {
            f"{listener}Rule{number}": sample.resource(
                "AWS::ElasticLoadBalancingV2::ListenerRule", ListenerArn={"Ref": listener}
            )
            for number in range(count)
        }

    assert codes(**rules(LISTENER_RULES, "One"), **rules(LISTENER_RULES, "Other")) == []
    assert codes(**rules(LISTENER_RULES + 1, "One")) == ["limit-default"]


def test_rules_of_a_group_are_counted_by_direction() -> None:
    def rules(count: int, direction: str) -> dict[str, Any]:
        kind = f"AWS::EC2::SecurityGroup{direction}"
        return {f"{direction}{n}": sample.resource(kind, GroupId={"Ref": "Group"}) for n in range(count)}

    assert codes(**rules(GROUP_RULES, "Ingress"), **rules(GROUP_RULES, "Egress")) == []
    assert codes(**rules(GROUP_RULES + 1, "Ingress")) == ["limit-default"]


def test_policies_of_a_role_are_added_up_over_layers() -> None:
    half = sample.resource(
        "AWS::IAM::RolePolicy", RoleName="worker", PolicyDocument={"Id": "x" * (ROLE_POLICIES // 2)}
    )
    one, other = sample.template(PolicyA=half), sample.template(PolicyB=half)

    assert list(limits.check(sample.view(one))) == []
    assert [item.code for item in limits.check(sample.view(one, other))] == ["limit-exceeded"]


def test_a_finding_leads_to_the_line_of_the_spec() -> None:
    large = sample.resource("AWS::SSM::Parameter", "/configuration/X", Value="x" * (PARAMETER + 1))
    (found,) = limits.check(sample.view(sample.template(Parameter=large)))

    assert found.pointer == "/configuration/X"
    assert "8,193 bytes in its value" in found.message
    assert found.help
