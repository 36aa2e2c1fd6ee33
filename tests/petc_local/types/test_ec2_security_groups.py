from __future__ import annotations

from typing import Any

from tests.petc_local.running import LocalAws
from tests.petc_local.types.deploying import att, create, delete, ref, resource, update
from tests.petc_local.types.networking import group, network


def groups(port: int = 8080, words: str = "web calls api") -> dict[str, Any]:
    return {
        **network(),
        "Web": group("web"),
        "Api": group("api"),
        "Out": resource(
            "AWS::EC2::SecurityGroupEgress",
            GroupId=att("Web", "GroupId"),
            DestinationSecurityGroupId=att("Api", "GroupId"),
            IpProtocol="tcp",
            FromPort=port,
            ToPort=port,
            Description=words,
        ),
        "In": resource(
            "AWS::EC2::SecurityGroupIngress",
            GroupId=att("Api", "GroupId"),
            SourceSecurityGroupId=att("Web", "GroupId"),
            IpProtocol="tcp",
            FromPort=port,
            ToPort=port,
            Description=words,
        ),
    }


def shown(aws: LocalAws, rule: str) -> dict[str, Any]:
    found = aws.client("ec2").describe_security_group_rules(SecurityGroupRuleIds=[rule])["SecurityGroupRules"]
    return dict(found[0])


def test_both_sides_are_shown_in_their_groups(aws: LocalAws) -> None:
    made = create(aws, groups())
    out, into = shown(aws, made.ids["Out"]), shown(aws, made.ids["In"])

    assert (out["GroupId"], out["IsEgress"]) == (made.ids["Web"], True)
    assert (into["GroupId"], into["IsEgress"]) == (made.ids["Api"], False)
    assert into["ReferencedGroupInfo"]["GroupId"] == made.ids["Web"]
    assert (into["FromPort"], into["ToPort"], into["Description"]) == (8080, 8080, "web calls api")


def test_another_description_changes_the_rule_in_place(aws: LocalAws) -> None:
    made = create(aws, groups())
    update(aws, groups(words="the web calls the api"))

    assert shown(aws, made.ids["In"])["Description"] == "the web calls the api"


def test_another_port_replaces_the_rule(aws: LocalAws) -> None:
    made = create(aws, groups())
    changed = update(aws, groups(port=9090))
    rules = aws.client("ec2").describe_security_group_rules()["SecurityGroupRules"]

    assert shown(aws, changed.ids["In"])["FromPort"] == 9090
    assert made.ids["In"] not in {rule["SecurityGroupRuleId"] for rule in rules}


def test_a_rule_that_the_group_has_is_refused(aws: LocalAws) -> None:
    twice = groups()
    twice["Second"] = {**twice["In"], "DependsOn": "In"}
    made = create(aws, twice)

    assert made.status == "ROLLBACK_COMPLETE"
    assert "already exists" in made.reasons[0]


def test_a_rule_for_a_group_that_does_not_exist_is_refused(aws: LocalAws) -> None:
    lost = groups()
    lost["In"]["Properties"]["SourceSecurityGroupId"] = "sg-0123456789abcdef0"

    assert "sg-0123456789abcdef0" in create(aws, lost).reasons[0]


def test_a_list_of_prefixes_may_be_the_other_side(aws: LocalAws) -> None:
    made = create(
        aws,
        {
            **network(),
            "Web": group("web"),
            "Out": resource(
                "AWS::EC2::SecurityGroupEgress",
                GroupId=ref("Web"),
                DestinationPrefixListId="pl-68a54001",
                IpProtocol="tcp",
                FromPort=443,
                ToPort=443,
            ),
        },
    )
    (shown_group,) = aws.client("ec2").describe_security_groups(GroupIds=[made.ids["Web"]])["SecurityGroups"]
    lists = [pair for rule in shown_group["IpPermissionsEgress"] for pair in rule["PrefixListIds"]]

    assert [pair["PrefixListId"] for pair in lists] == ["pl-68a54001"]


def test_deleting_takes_groups_that_name_each_other(aws: LocalAws) -> None:
    create(aws, groups())

    assert delete(aws).status == "DELETE_COMPLETE"
