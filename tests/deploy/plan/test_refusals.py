"""What AWS would refuse in the middle of a deployment is refused before the first step, with the way out."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from petc.deploy.plan.planner import plan
from petc.deploy.plan.types import Plan
from petc.deploy.targets import Target
from petc.diagnostics import Diagnostic, Rejected
from petc.source.tree import Json
from tests.deploy.plan.sample import TWO, Body, body, imported, output, ref, standing, topic, wanted

VPC = "AWS::EC2::VPC"
GROUP = "AWS::RDS::DBSubnetGroup"


def resource(kind: str, **properties: Json) -> Json:
    return {"Type": kind, "Properties": properties}


def refused(old: Mapping[str, Body], new: Mapping[str, Body]) -> dict[str, Diagnostic]:
    """Return by code what is refused, of which there is one each."""
    with pytest.raises(Rejected) as caught:
        planned(old, new)
    found = {item.code: item for item in caught.value.diagnostics}
    assert len(found) == len(caught.value.diagnostics)
    return found


def planned(old: Mapping[str, Body], new: Mapping[str, Body]) -> Plan:
    return plan(wanted(new), standing(wanted(old)))


def alone(kind: str, **properties: Json) -> dict[str, Body]:
    return {"a": body({"It": resource(kind, **properties)})}


# Names


@pytest.mark.parametrize(
    ("kind", "name", "old", "new"),
    [
        (
            "AWS::ECR::Repository",
            {"RepositoryName": "r"},
            {"EncryptionConfiguration": {"EncryptionType": "KMS"}},
            {"EncryptionConfiguration": {"EncryptionType": "AES256"}},
        ),
        ("AWS::IAM::Role", {"RoleName": "r"}, {"Path": "/a/"}, {"Path": "/b/"}),
        ("AWS::Lambda::Function", {"FunctionName": "f"}, {"PackageType": "Zip"}, {"PackageType": "Image"}),
        ("AWS::RDS::DBCluster", {"DBClusterIdentifier": "c"}, {"DatabaseName": "a"}, {"DatabaseName": "b"}),
        ("AWS::ElasticLoadBalancingV2::TargetGroup", {"Name": "t"}, {"Port": 80}, {"Port": 81}),
        ("AWS::ElasticLoadBalancingV2::LoadBalancer", {"Name": "l"}, {"Scheme": "internal"}, {"Scheme": "x"}),
        ("AWS::ECS::Service", {"ServiceName": "s"}, {"Cluster": "a"}, {"Cluster": "b"}),
        ("AWS::SQS::Queue", {"QueueName": "q.fifo"}, {}, {"FifoQueue": True}),
        ("AWS::SNS::Topic", {"TopicName": "t.fifo"}, {}, {"FifoTopic": True}),
        ("AWS::WAFv2::WebACL", {"Name": "w"}, {"Scope": "REGIONAL"}, {"Scope": "CLOUDFRONT"}),
        ("AWS::ServiceDiscovery::Service", {"Name": "s"}, {"Type": "HTTP"}, {}),
        ("AWS::EC2::SecurityGroup", {"GroupName": "g"}, {"GroupDescription": "a"}, {"GroupDescription": "b"}),
    ],
)
def test_a_resource_with_a_name_is_not_replaced(kind: str, name: Body, old: Body, new: Body) -> None:
    found = refused(alone(kind, **name, **old), alone(kind, **name, **new))["cannot-be-replaced"]

    assert f"It ({kind}) of layer a would be replaced because" in found.message
    assert next(iter(name.values())) in found.message  # type: ignore[operator]
    assert "give the resource another name" in found.help


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"RepositoryName": "a"}, {"RepositoryName": "b"}),
        ({}, {}),
        ({"RepositoryName": "a"}, {}),
    ],
)
def test_another_name_or_none_can_be_replaced(old: Body, new: Body) -> None:
    kinds: tuple[Json, Json] = ({"EncryptionType": "KMS"}, {"EncryptionType": "AES256"})
    made = planned(
        alone("AWS::ECR::Repository", EncryptionConfiguration=kinds[0], **old),
        alone("AWS::ECR::Repository", EncryptionConfiguration=kinds[1], **new),
    )

    assert [item.logical_id for item in made.refused] == ["It"]


def test_a_name_that_a_parameter_or_a_pseudo_parameter_gives_is_a_name() -> None:
    def layer(path: str) -> dict[str, Body]:
        name: Json = {"Fn::Sub": "r-${AWS::Region}-${P}"}
        parameters: Json = {"P": {"Type": "String", "Default": "p"}}
        return {
            "a": body({"It": resource("AWS::IAM::Role", RoleName=name, Path=path)}, Parameters=parameters)
        }

    assert "cannot-be-replaced" in refused(layer("/a/"), layer("/b/"))


def test_a_name_within_something_that_is_replaced_too_is_free() -> None:
    def layer(name: str) -> dict[str, Body]:
        space = resource("AWS::ServiceDiscovery::PrivateDnsNamespace", Name=name, Vpc="vpc-1")
        service = resource("AWS::ServiceDiscovery::Service", Name="s", NamespaceId=ref("Space"))
        return {"a": body({"Space": space, "Service": service})}

    assert not planned(layer("one.local"), layer("two.local")).is_empty


def test_many_hosted_zones_may_have_one_name() -> None:
    made = planned(
        alone("AWS::Route53::HostedZone", Name="x.org", DelegationSetId="a"),
        alone("AWS::Route53::HostedZone", Name="x.org", DelegationSetId="b"),
    )

    assert not made.is_empty


def test_a_name_is_taken_by_another_logical_id() -> None:
    found = refused(
        {"a": body({"Old": resource("AWS::Logs::LogGroup", LogGroupName="/x")})},
        {"a": body({"New": resource("AWS::Logs::LogGroup", LogGroupName="/x")})},
    )["name-in-use"]

    assert (
        "New (AWS::Logs::LogGroup) of layer a would be created with the name /x, which Old" in found.message
    )
    assert "`moved:` keeps a resource through a rename" in found.help


def test_a_name_is_taken_by_another_layer() -> None:
    group = resource("AWS::Logs::LogGroup", LogGroupName="/x")
    old = {"a": body({"It": group, "Else": topic()}), "b": body({"More": topic()})}
    new = {"a": body({"Else": topic()}), "b": body({"More": topic(), "It": group})}

    assert "which It of layer a has" in refused(old, new)["name-in-use"].message


def test_two_names_that_swap_are_taken() -> None:
    def layer(one: str, two: str) -> dict[str, Body]:
        kind = "AWS::SSM::Parameter"
        return {"a": body({"One": resource(kind, Name=one), "Two": resource(kind, Name=two)})}

    with pytest.raises(Rejected) as caught:
        planned(layer("/x", "/y"), layer("/y", "/x"))

    assert [item.code for item in caught.value.diagnostics] == ["name-in-use"] * 2


def test_it_is_said_in_which_targets_when_not_in_all() -> None:
    held: Body = {"Type": "String", "Default": "/a/"}
    role = resource("AWS::IAM::Role", RoleName="r", Path=ref("P"))
    layers = {"a": body({"It": role}, Parameters={"P": held})}
    new = wanted(layers, TWO, {"a": {TWO[1]: {"P": "/b/"}}})
    with pytest.raises(Rejected) as caught:
        plan(new, standing(wanted(layers, TWO)))

    (problem,) = caught.value.diagnostics
    assert problem.message.endswith(f"(in {TWO[1]})")


# Subnets and VPCs


def network(vpc: str = "10.0.0.0/16", **subnets: str) -> Body:
    """Return a layer of a VPC with subnets by range, which it exports together."""
    made: Body = {"Vpc": resource(VPC, CidrBlock=vpc)}
    made |= {
        name: resource("AWS::EC2::Subnet", VpcId=ref("Vpc"), CidrBlock=cidr) for name, cidr in subnets.items()
    }
    joined: Json = {"Fn::Join": [",", [ref(name) for name in subnets]]}
    return body(made, {"Subnets": output(joined, "subnets")})


DATABASE = body(
    {
        "Group": resource(GROUP, SubnetIds={"Fn::Split": [",", imported("subnets")]}),
        "Cluster": resource("AWS::RDS::DBCluster", DBSubnetGroupName=ref("Group"), Engine="aurora-mysql"),
    }
)


@pytest.mark.parametrize(
    ("one", "two", "overlap"),
    [
        ("10.0.1.0/24", "10.0.0.0/24", "10.0.0.0/24 of One"),
        ("10.0.0.0/25", "10.0.1.0/24", "10.0.0.0/24 of the deployed one"),
        ("10.0.0.0/23", "10.0.9.0/24", "10.0.0.0/24 of the deployed one and 10.0.1.0/24 of Two"),
        ("10.0.0.0/24", "10.0.0.128/25", "10.0.0.0/24 of One"),
    ],
)
def test_a_range_that_overlaps_a_deployed_subnet_is_refused(one: str, two: str, overlap: str) -> None:
    with pytest.raises(Rejected) as caught:
        planned({"n": network(One="10.0.0.0/24", Two="10.0.1.0/24")}, {"n": network(One=one, Two=two)})

    assert {item.code for item in caught.value.diagnostics} == {"subnet-overlaps"}
    assert any(overlap in item.message for item in caught.value.diagnostics)


def test_a_new_subnet_may_not_overlap_either() -> None:
    found = refused({"n": network(One="10.0.0.0/24")}, {"n": network(One="10.0.0.0/24", Two="10.0.0.0/28")})

    assert "Two (AWS::EC2::Subnet) of layer n would be created" in found["subnet-overlaps"].message


def test_a_free_range_can_be_taken() -> None:
    assert not planned({"n": network(One="10.0.0.0/24")}, {"n": network(One="10.0.1.0/24")}).is_empty


def test_another_zone_under_the_same_range_overlaps() -> None:
    def layer(zone: str) -> dict[str, Body]:
        subnet = resource(
            "AWS::EC2::Subnet", VpcId=ref("Vpc"), CidrBlock="10.0.0.0/24", AvailabilityZone=zone
        )
        return {"n": body({"Vpc": resource(VPC, CidrBlock="10.0.0.0/16"), "One": subnet})}

    assert "subnet-overlaps" in refused(layer("us-west-2a"), layer("us-west-2b"))


def test_the_same_range_in_another_vpc_is_free() -> None:
    """Without anything that is bound to the VPC, it can be replaced together with its subnets."""
    old, new = network("10.0.0.0/16", One="10.0.0.0/24"), network("10.0.0.0/8", One="10.0.0.0/24")

    assert not planned({"n": old}, {"n": new}).is_empty


def test_a_group_in_use_keeps_its_subnets() -> None:
    found = refused(
        {"n": network(One="10.0.0.0/24", Two="10.0.1.0/24"), "d": DATABASE},
        {"n": network(One="10.0.2.0/24", Two="10.0.1.0/24"), "d": DATABASE},
    )["subnet-in-use"]

    assert "Group (AWS::RDS::DBSubnetGroup) of layer d would lose One" in found.message
    assert "Cluster uses the group" in found.message


def test_a_group_in_use_may_get_further_subnets() -> None:
    old = {"n": network(One="10.0.0.0/24"), "d": DATABASE}
    new = {"n": network(One="10.0.0.0/24", Two="10.0.1.0/24"), "d": DATABASE}

    assert not planned(old, new).is_empty


def test_a_group_that_nothing_uses_may_lose_subnets() -> None:
    group = body({"Group": resource(GROUP, SubnetIds={"Fn::Split": [",", imported("subnets")]})})
    old = {"n": network(One="10.0.0.0/24", Two="10.0.1.0/24"), "d": group}

    assert not planned(old, {"n": network(One="10.0.0.0/24"), "d": group}).is_empty


def test_a_database_keeps_its_vpc() -> None:
    found = refused(
        {"n": network("10.0.0.0/16", One="10.0.0.0/24"), "d": DATABASE},
        {"n": network("10.1.0.0/16", One="10.1.0.0/24"), "d": DATABASE},
    )

    assert list(found) == ["vpc-cannot-change"]
    assert "Group (AWS::RDS::DBSubnetGroup) cannot move" in found["vpc-cannot-change"].message
    assert found["vpc-cannot-change"].message.endswith("and Cluster would stay behind with the data")


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("AWS::ElasticLoadBalancingV2::LoadBalancer", "Subnets"),
        ("AWS::ElastiCache::SubnetGroup", "SubnetIds"),
        ("AWS::Neptune::DBSubnetGroup", "SubnetIds"),
    ],
)
def test_what_else_keeps_its_vpc(kind: str, name: str) -> None:
    subnets: Json = {"Fn::Split": [",", imported("subnets")]}
    user = body({"It": resource(kind, **{name: subnets})})
    old = {"n": network("10.0.0.0/16", One="10.0.0.0/24"), "u": user}
    new = {"n": network("10.1.0.0/16", One="10.1.0.0/24"), "u": user}

    assert f"It ({kind}) cannot move" in refused(old, new)["vpc-cannot-change"].message


def test_another_vpc_beside_the_first_moves_too() -> None:
    """The logical ids change as well, so no VPC is replaced: one goes, and another one comes."""

    def layer(vpc: str) -> Body:
        subnet = resource("AWS::EC2::Subnet", VpcId=ref(vpc), CidrBlock="10.0.0.0/24")
        subnets: Json = [ref(f"{vpc}Subnet")]
        return body(
            {
                vpc: resource(VPC, CidrBlock="10.0.0.0/16"),
                f"{vpc}Subnet": subnet,
                "Balancer": resource("AWS::ElasticLoadBalancingV2::LoadBalancer", Subnets=subnets),
            }
        )

    assert "vpc-cannot-change" in refused({"n": layer("One")}, {"n": layer("Two")})


def test_a_security_group_that_is_replaced_in_its_vpc_moves_nothing() -> None:
    def layer(text: str) -> dict[str, Body]:
        group = resource("AWS::EC2::SecurityGroup", VpcId=ref("Vpc"), GroupDescription=text)
        balancer = resource("AWS::ElasticLoadBalancingV2::LoadBalancer", SecurityGroups=[ref("Group")])
        vpc = resource(VPC, CidrBlock="10.0.0.0/16")
        return {"n": body({"Vpc": vpc, "Group": group, "Balancer": balancer})}

    assert not planned(layer("a"), layer("b")).is_empty


def test_what_an_interruption_wrote_out_is_followed_too() -> None:
    """The deployed group holds the ids of subnets instead of the import."""
    old = wanted({"n": network("10.0.0.0/16", One="10.0.0.0/24"), "d": DATABASE})
    here = next(iter(old.targets))
    written = f"Subnets of {here}"
    between = body(
        {
            "Group": resource(GROUP, SubnetIds=[written]),
            "Cluster": resource("AWS::RDS::DBCluster", DBSubnetGroupName=ref("Group"), Engine="aurora-mysql"),
        }
    )
    held = standing(wanted({"n": network("10.0.0.0/16", One="10.0.0.0/24"), "d": between}))
    new = wanted({"n": network("10.1.0.0/16", One="10.1.0.0/24"), "d": DATABASE})
    with pytest.raises(Rejected) as caught:
        plan(new, held)

    assert [item.code for item in caught.value.diagnostics] == ["vpc-cannot-change"]


@pytest.mark.parametrize("other", ["10.0.1.0/24"])
def test_a_nat_gateway_is_not_replaced_with_its_address(other: str) -> None:
    def layer(cidr: str) -> dict[str, Body]:
        made = network(Public=cidr)
        gateway = resource(
            "AWS::EC2::NatGateway",
            SubnetId=ref("Public"),
            AllocationId={"Fn::GetAtt": ["Address", "AllocationId"]},
        )
        made["Resources"] = {**made["Resources"], "Address": resource("AWS::EC2::EIP"), "Gateway": gateway}  # type: ignore[dict-item]
        return {"n": made}

    found = refused(layer("10.0.0.0/24"), layer(other))["cannot-be-replaced"]

    assert "its AllocationId (${Address.AllocationId}) is in use by the deployed one" in found.message


# Engines and storage


def cluster(version: str, engine: str = "aurora-mysql") -> dict[str, Body]:
    return alone("AWS::RDS::DBCluster", Engine=engine, EngineVersion=version)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("8.0.mysql_aurora.3.10.0", "8.0.mysql_aurora.3.8.0"),
        ("8.4.mysql_aurora.8.4.7", "8.0.mysql_aurora.3.10.0"),
        ("16.4", "16.3"),
        ("16.10", "16.9"),
    ],
)
def test_an_engine_does_not_go_back(old: str, new: str) -> None:
    found = refused(cluster(old, "any"), cluster(new, "any"))["engine-goes-back"]

    assert f"back from {old} to {new}" in found.message


def test_an_engine_goes_up() -> None:
    assert not planned(cluster("8.0.mysql_aurora.3.9.0"), cluster("8.0.mysql_aurora.3.10.0")).is_empty
    assert not planned(cluster("8.0.mysql_aurora.3.10.0"), cluster("8.4.mysql_aurora.8.4.7")).is_empty


def test_a_major_version_is_not_left_out() -> None:
    found = refused(cluster("5.7.mysql_aurora.2.12.0"), cluster("8.4.mysql_aurora.8.4.7"))

    assert found["engine-skips-a-version"].help == "deploy a version of 8.0 first"


def test_storage_does_not_shrink() -> None:
    kind = "AWS::RDS::DBInstance"
    found = refused(alone(kind, AllocatedStorage="100"), alone(kind, AllocatedStorage="50"))

    assert "from 100 down to 50" in found["storage-shrinks"].message
    assert not planned(alone(kind, AllocatedStorage="50"), alone(kind, AllocatedStorage="100")).is_empty


def test_a_stage_that_goes_altogether_is_not_held_up() -> None:
    old = {"n": network(One="10.0.0.0/24"), "d": DATABASE}

    assert plan(wanted({}, (Target("111111111111", "us-west-2"),)), standing(wanted(old))).steps
