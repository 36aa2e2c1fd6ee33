from __future__ import annotations

from typing import Any

from tests.petc_local.running import LocalAws
from tests.petc_local.types.deploying import create, delete, ref, resource, update
from tests.petc_local.types.networking import network


def guarded(number: int = 100, action: str = "allow", associated: bool = True) -> dict[str, Any]:
    made = {
        **network(),
        "Acl": resource("AWS::EC2::NetworkAcl", VpcId=ref("Vpc")),
        "Entry": resource(
            "AWS::EC2::NetworkAclEntry",
            NetworkAclId=ref("Acl"),
            RuleNumber=number,
            Protocol=6,
            RuleAction=action,
            Egress=False,
            CidrBlock="10.0.0.0/16",
            PortRange={"From": 443, "To": 444},
        ),
    }
    if associated:
        made["Association"] = resource(
            "AWS::EC2::SubnetNetworkAclAssociation", NetworkAclId=ref("Acl"), SubnetId=ref("SubnetA")
        )
    return made


def shown(aws: LocalAws, acl: str) -> dict[str, Any]:
    found: dict[str, Any] = aws.client("ec2").describe_network_acls(NetworkAclIds=[acl])["NetworkAcls"][0]
    return found


def test_an_entry_is_shown_with_its_ports(aws: LocalAws) -> None:
    made = create(aws, guarded())
    (entry,) = shown(aws, made.ids["Acl"])["Entries"]

    assert entry["PortRange"] == {"From": 443, "To": 444}
    assert (entry["RuleNumber"], entry["Protocol"], entry["Egress"]) == (100, "6", False)


def test_another_action_changes_the_entry_in_place(aws: LocalAws) -> None:
    made = create(aws, guarded())
    update(aws, guarded(action="deny"))
    (entry,) = shown(aws, made.ids["Acl"])["Entries"]

    assert (entry["RuleNumber"], entry["RuleAction"]) == (100, "deny")


def test_another_number_replaces_the_entry(aws: LocalAws) -> None:
    made = create(aws, guarded())
    changed = update(aws, guarded(number=200))
    (entry,) = shown(aws, made.ids["Acl"])["Entries"]

    assert entry["RuleNumber"] == 200
    assert changed.ids["Entry"] != made.ids["Entry"]


def test_a_second_entry_of_the_same_number_is_refused(aws: LocalAws) -> None:
    twice = guarded()
    twice["Again"] = twice["Entry"]
    made = create(aws, twice)

    assert made.status == "ROLLBACK_COMPLETE"
    assert "already exists" in made.reasons[0]


def test_a_new_subnet_stands_behind_the_default_acl(aws: LocalAws) -> None:
    made = create(aws, network())
    acls = aws.client("ec2").describe_network_acls(Filters=[{"Name": "vpc-id", "Values": [made.ids["Vpc"]]}])
    (default,) = acls["NetworkAcls"]

    assert {held["SubnetId"] for held in default["Associations"]} == {
        made.ids["SubnetA"],
        made.ids["SubnetB"],
    }


def test_an_association_moves_the_subnet_and_its_end_moves_it_back(aws: LocalAws) -> None:
    made = create(aws, guarded())
    during = shown(aws, made.ids["Acl"])["Associations"]
    update(aws, guarded(associated=False))

    assert [held["SubnetId"] for held in during] == [made.ids["SubnetA"]]
    assert shown(aws, made.ids["Acl"])["Associations"] == []


def test_deleting_leaves_no_acl(aws: LocalAws) -> None:
    made = create(aws, guarded())
    ended = delete(aws)
    acls = aws.client("ec2").describe_network_acls()["NetworkAcls"]

    assert ended.status == "DELETE_COMPLETE"
    assert [acl for acl in acls if acl["VpcId"] == made.ids["Vpc"]] == []
