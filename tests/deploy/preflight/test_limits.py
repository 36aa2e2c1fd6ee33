"""Checks against quotas: what is certain to fail, what may, and what asks nothing."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import pytest

from petc.deploy.preflight import limits
from petc.deploy.preflight.types import NotAnswered, PlannedResource, Verdict
from petc.source.tree import Json
from tests.deploy.preflight.lookups import Answers, planned, resource

EIP, VPC, NAT, ALB, VCPU, ENDPOINT = (
    "L-0263D0A3",
    "L-F678F1CE",
    "L-FE5A380F",
    "L-53DA6B97",
    "L-3032A538",
    "L-29B6F2EB",
)


def function(reserved: int | None, earlier: int | None = None) -> PlannedResource:
    made = resource("AWS::Lambda::Function", "F", ReservedConcurrentExecutions=reserved)
    if earlier is None:
        return made
    return replace(made, deployed=True, earlier=MappingProxyType({"ReservedConcurrentExecutions": earlier}))


def account(limit: int, unreserved: int) -> Answers:
    return Answers().at(
        "lambda:get_account_settings",
        {"AccountLimit": {"ConcurrentExecutions": limit, "UnreservedConcurrentExecutions": unreserved}},
    )


@pytest.mark.parametrize(
    ("limit", "unreserved", "fails"),
    [(10, 10, True), (50, 50, True), (1000, 1000, False), (1000, 104, False), (1000, 103, True)],
)
def test_a_reservation_must_leave_what_lambda_keeps_unreserved(
    limit: int, unreserved: int, fails: bool
) -> None:
    found = list(limits.lambda_concurrency(planned(function(4)), account(limit, unreserved)))

    assert [item.verdict for item in found] == ([Verdict.ERROR] if fails else [])


def test_the_way_out_asks_for_a_quota_that_is_enough() -> None:
    (found,) = limits.lambda_concurrency(planned(function(4)), account(10, 10))

    assert "--quota-code L-B99A9384 --desired-value 104 --region us-west-2" in found.help
    assert found.pointer == "/F"


def test_a_reservation_that_is_deployed_already_asks_nothing() -> None:
    answers = account(10, 6)

    assert list(limits.lambda_concurrency(planned(function(4, earlier=4)), answers)) == []
    assert answers.asked == []


def test_only_the_increase_of_a_reservation_counts() -> None:
    assert list(limits.lambda_concurrency(planned(function(6, earlier=4)), account(1000, 102))) == []
    assert len(list(limits.lambda_concurrency(planned(function(7, earlier=4)), account(1000, 102)))) == 1


def service(least: int, most: int, cpu: str = "512", percent: int = 200) -> tuple[PlannedResource, ...]:
    return (
        resource(
            "AWS::ECS::Service",
            "ServiceA",
            TaskDefinition={"Ref": "TaskA"},
            DeploymentConfiguration={"MaximumPercent": percent},
        ),
        resource("AWS::ECS::TaskDefinition", "TaskA", Cpu=cpu),
        resource(
            "AWS::ApplicationAutoScaling::ScalableTarget",
            "ScaleA",
            ResourceId={"Fn::Sub": "service/${Cluster}/${ServiceA.Name}"},
            MinCapacity=least,
            MaxCapacity=most,
        ),
    )


@pytest.mark.parametrize(
    ("quota", "verdict", "said"),
    [
        (100, None, ""),
        (12, None, ""),
        (11, Verdict.WARNING, "services stop scaling out"),
        (3, Verdict.WARNING, "a deployment of all services waits for tasks to stop"),
        (1, Verdict.ERROR, "tasks cannot start"),
    ],
)
def test_vcpus_are_held_against_rest_rolling_and_full_scale(
    quota: float, verdict: Verdict | None, said: str
) -> None:
    found = list(limits.fargate_vcpus(planned(*service(4, 12)), Answers(**{VCPU: quota})))

    assert [item.verdict for item in found] == ([verdict] if verdict else [])
    assert all(said in item.message and "2 vCPUs at their minimum, 4 while" in item.message for item in found)


def test_a_service_that_rolls_in_place_takes_no_more_while_it_rolls() -> None:
    (found,) = limits.fargate_vcpus(planned(*service(4, 12, percent=100)), Answers(**{VCPU: 5}))

    assert "2 vCPUs at their minimum, 2 while all of them roll and 6 at their maximum" in found.message


def test_without_services_no_quota_is_asked_for() -> None:
    answers = Answers()

    assert list(limits.fargate_vcpus(planned(), answers)) == []
    assert answers.asked == []


@pytest.mark.parametrize(
    ("check", "kind", "call", "key", "code"),
    [
        (limits.elastic_ips, "AWS::EC2::EIP", "ec2:describe_addresses", "Addresses", EIP),
        (limits.vpcs, "AWS::EC2::VPC", "ec2:describe_vpcs", "Vpcs", VPC),
    ],
)
def test_what_exists_and_what_comes_must_fit_the_quota(
    check: object, kind: str, call: str, key: str, code: str
) -> None:
    target = planned(resource(kind, "A"), resource(kind, "B"))
    for used, fails in ((3, False), (4, True)):
        answers = Answers(**{code: 5}).at(call, {key: [{}] * used})
        found = list(check(target, answers))  # type: ignore[operator]

        assert [item.verdict for item in found] == ([Verdict.ERROR] if fails else [])
        assert all(f"--quota-code {code} --desired-value 6" in item.help for item in found)


def used(vcpus: float | None) -> list[dict[str, float]]:
    return [] if vcpus is None else [{"Maximum": 1.0}, {"Maximum": vcpus}]


@pytest.mark.parametrize(("running", "warns"), [(None, False), (4, False), (4.5, True)])
def test_tasks_that_start_must_fit_beside_those_of_others(running: float | None, warns: bool) -> None:
    answers = Answers(**{VCPU: 6}).at("cloudwatch:get_metric_statistics", {"Datapoints": used(running)})
    found = list(limits.fargate_in_use(planned(*service(4, 4)), answers))

    assert [item.verdict for item in found] == ([Verdict.WARNING] if warns else [])
    assert all("4.5 vCPUs" in item.message and "starts 2 more" in item.message for item in found)


def test_tasks_that_run_already_are_not_counted_twice() -> None:
    answers = Answers()
    running = tuple(replace(item, deployed=True) for item in service(4, 4))

    assert list(limits.fargate_in_use(planned(*running), answers)) == []
    assert answers.asked == []


def test_what_is_replaced_needs_room_beside_what_it_replaces() -> None:
    replaced = replace(resource("AWS::EC2::EIP"), deployed=True, replaced=True)
    answers = Answers(**{EIP: 2}).at("ec2:describe_addresses", {"Addresses": [{}] * 2})

    assert [item.verdict for item in limits.elastic_ips(planned(replaced), answers)] == [Verdict.ERROR]


def test_what_is_deployed_already_asks_nothing() -> None:
    answers = Answers()
    target = planned(replace(resource("AWS::EC2::EIP"), deployed=True))

    assert list(limits.elastic_ips(target, answers)) == []
    assert answers.asked == []


def test_other_kinds_of_load_balancers_do_not_count() -> None:
    answers = Answers(**{ALB: 2}).at(
        "elbv2:describe_load_balancers",
        {"LoadBalancers": [{"Type": "network"}] * 9 + [{"Type": "application"}]},
    )

    assert (
        list(limits.load_balancers(planned(resource("AWS::ElasticLoadBalancingV2::LoadBalancer")), answers))
        == []
    )


def test_nat_gateways_are_counted_by_zone_and_dead_ones_not() -> None:
    answers = (
        Answers(**{NAT: 3})
        .at(
            "ec2:describe_nat_gateways",
            {
                "NatGateways": [
                    *({"SubnetId": "a", "State": "available"} for _ in range(3)),
                    {"SubnetId": "b", "State": "deleted"},
                ]
            },
        )
        .at(
            "ec2:describe_subnets",
            {"Subnets": [{"SubnetId": name, "AvailabilityZone": f"z{name}"} for name in "ab"]},
        )
    )
    target = planned(resource("AWS::EC2::NatGateway", SubnetId={"Ref": "PublicOne"}))
    (found,) = limits.nat_gateways(target, answers)

    assert found.verdict is Verdict.WARNING
    assert "has 3 NAT gateways, the deployment creates 1" in found.message


def test_endpoints_of_a_given_vpc_count_those_that_are_there() -> None:
    answers = Answers(**{ENDPOINT: 2}).at("ec2:describe_vpc_endpoints", {"VpcEndpoints": [{}, {}]})
    target = planned(resource("AWS::EC2::VPCEndpoint", VpcEndpointType="Interface", VpcId="vpc-1"))
    (found,) = limits.interface_endpoints(target, answers)

    assert found.verdict is Verdict.ERROR
    assert (
        list(
            limits.interface_endpoints(
                planned(resource("AWS::EC2::VPCEndpoint", VpcEndpointType="Interface", VpcId={"Ref": "Vpc"})),
                answers,
            )
        )
        == []
    )


def test_given_subnets_need_addresses_for_tasks_that_roll() -> None:
    first, *rest = service(4, 12)
    network: Json = {"AwsvpcConfiguration": {"Subnets": ["subnet-1"]}}
    given = replace(first, properties={**first.properties, "NetworkConfiguration": network})
    for free, fails in ((24, False), (23, True)):
        answers = Answers().at("ec2:describe_subnets", {"Subnets": [{"AvailableIpAddressCount": free}]})
        found = list(limits.free_addresses(planned(given, *rest), answers))

        assert [item.verdict for item in found] == ([Verdict.WARNING] if fails else [])


@pytest.mark.parametrize("value", [None, "5", True])
def test_a_quota_without_a_number_is_no_answer(value: object) -> None:
    answers = Answers().at("ec2:describe_addresses", {"Addresses": []})
    answers.at("service-quotas:get_service_quota", {"Quota": {"Value": value}})

    with pytest.raises(NotAnswered):
        list(limits.elastic_ips(planned(resource("AWS::EC2::EIP")), answers))
