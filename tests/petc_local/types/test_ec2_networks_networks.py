from __future__ import annotations

from typing import Any

from tests.petc_local.running import LocalAws
from tests.petc_local.types.deploying import att, create, delete, ref, resource, update
from tests.petc_local.types.networking import group, network


def test_attributes_of_a_vpc(aws: LocalAws) -> None:
    associations = {"Fn::Select": [0, att("Vpc", "CidrBlockAssociations")]}
    made = create(aws, network(), outputs={"Block": att("Vpc", "CidrBlock"), "Association": associations})

    assert made.outputs["Block"] == "10.0.0.0/16"
    assert made.outputs["Association"].startswith("vpc-cidr-assoc-")


def test_attributes_of_a_subnet(aws: LocalAws) -> None:
    names = ("CidrBlock", "VpcId", "AvailabilityZone", "NetworkAclAssociationId")
    made = create(aws, network(), outputs={name: att("SubnetA", name) for name in names})

    assert made.outputs["CidrBlock"] == "10.0.1.0/24"
    assert made.outputs["VpcId"] == made.ids["Vpc"]
    assert made.outputs["NetworkAclAssociationId"].startswith("aclassoc-")


def test_zones_and_blocks_are_computed(aws: LocalAws) -> None:
    made = create(
        aws,
        {
            **network(),
            "SubnetC": resource(
                "AWS::EC2::Subnet",
                VpcId=ref("Vpc"),
                CidrBlock={"Fn::Select": [3, {"Fn::Cidr": [att("Vpc", "CidrBlock"), 8, 8]}]},
                AvailabilityZone={"Fn::Select": [1, {"Fn::GetAZs": ""}]},
            ),
        },
    )
    (shown,) = aws.client("ec2").describe_subnets(SubnetIds=[made.ids["SubnetC"]])["Subnets"]

    assert (shown["CidrBlock"], shown["AvailabilityZone"]) == ("10.0.3.0/24", "us-west-2b")


def test_an_interface_endpoint_has_names(aws: LocalAws) -> None:
    made = create(
        aws,
        {
            **network(),
            "Endpoint": resource(
                "AWS::EC2::VPCEndpoint",
                VpcId=ref("Vpc"),
                ServiceName="com.amazonaws.us-west-2.execute-api",
                VpcEndpointType="Interface",
                SubnetIds=[ref("SubnetA"), ref("SubnetB")],
                PrivateDnsEnabled=True,
            ),
        },
        outputs={"Names": {"Fn::Join": [" ", att("Endpoint", "DnsEntries")]}},
    )
    names = made.outputs["Names"].split()

    assert names[0].partition(":")[2].startswith(f"{made.ids['Endpoint']}-")
    assert names[0].endswith(".execute-api.us-west-2.vpce.amazonaws.com")
    assert names[-1].partition(":")[2] == "execute-api.us-west-2.amazonaws.com"
    assert len(names) == 4


def ruled() -> dict[str, Any]:
    rule = resource(
        "AWS::EC2::SecurityGroupIngress",
        GroupId=ref("Api"),
        SourceSecurityGroupId=ref("Web"),
        IpProtocol="tcp",
        FromPort=1,
        ToPort=1,
    )
    return {**network(), "Api": group("api"), "Web": group("web"), "Rule": rule}


def test_a_group_that_another_group_names_is_not_deleted(aws: LocalAws) -> None:
    made = create(aws, ruled(), outputs={"Web": ref("Web"), "Api": ref("Api")})
    aws.client("ec2").authorize_security_group_ingress(
        GroupId=made.outputs["Api"],
        IpPermissions=[
            {
                "IpProtocol": "tcp",
                "FromPort": 2,
                "ToPort": 2,
                "UserIdGroupPairs": [{"GroupId": made.outputs["Web"]}],
            }
        ],
    )
    refused = update(aws, {**network(), "Api": group("api")})
    groups = aws.client("ec2").describe_security_groups(GroupIds=[made.outputs["Web"]])

    assert f"resource {made.outputs['Web']} has a dependent object" in refused.reasons
    assert groups["SecurityGroups"]


def test_deleting_a_subnet_leaves_no_association(aws: LocalAws) -> None:
    create(aws, network())
    update(aws, {"Vpc": network()["Vpc"]})
    acls = aws.client("ec2").describe_network_acls()["NetworkAcls"]

    assert [held for acl in acls for held in acl["Associations"]] == []
    assert delete(aws).status == "DELETE_COMPLETE"


def test_a_range_of_another_subnet_is_refused(aws: LocalAws) -> None:
    create(aws, network())
    swapped = network()
    swapped["SubnetA"]["Properties"]["CidrBlock"] = "10.0.2.0/25"
    changed = update(aws, swapped)

    assert changed.status == "UPDATE_ROLLBACK_COMPLETE"
    assert changed.reasons[0] == (
        "The CIDR '10.0.2.0/25' conflicts with another subnet (InvalidSubnet.Conflict)"
    )


def test_the_subnet_s_own_old_range_is_in_use_too(aws: LocalAws) -> None:
    create(aws, network())
    shrunk = network()
    shrunk["SubnetA"]["Properties"]["CidrBlock"] = "10.0.1.0/25"

    assert update(aws, shrunk).status == "UPDATE_ROLLBACK_COMPLETE"


def test_a_free_range_replaces_the_subnet(aws: LocalAws) -> None:
    made = create(aws, network())
    moved = network()
    moved["SubnetA"]["Properties"]["CidrBlock"] = "10.0.3.0/24"
    changed = update(aws, moved)

    assert changed.status == "UPDATE_COMPLETE"
    assert changed.ids["SubnetA"] != made.ids["SubnetA"]
