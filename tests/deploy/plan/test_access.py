"""Access in words, and what of it comes and goes."""

from __future__ import annotations

import pytest

from petc.deploy.plan.access import changes, grants
from petc.source.tree import Json
from tests.deploy.plan.sample import ref


def words(type_name: str, properties: Json) -> list[tuple[str, str]]:
    found = grants({"It": {"Type": type_name, "Properties": properties}})
    return [(grant.kind, grant.text) for grant in found]


def statement(**held: Json) -> Json:
    return {"Statement": [{"Effect": "Allow", **held}]}


@pytest.mark.parametrize(
    ("type_name", "properties", "kind", "text"),
    [
        (
            "AWS::EC2::SecurityGroupIngress",
            {
                "GroupId": ref("Web"),
                "IpProtocol": "tcp",
                "FromPort": 443,
                "ToPort": 443,
                "SourceSecurityGroupId": {"Fn::ImportValue": "shop-Lb"},
            },
            "group rule",
            "tcp 443 from ${import shop-Lb} into ${Web}",
        ),
        (
            "AWS::EC2::SecurityGroupEgress",
            {"GroupId": ref("Web"), "IpProtocol": "-1", "CidrIp": "0.0.0.0/0"},
            "group rule",
            "all traffic from ${Web} to 0.0.0.0/0",
        ),
        (
            "AWS::EC2::SecurityGroup",
            {
                "SecurityGroupEgress": [
                    {"IpProtocol": "udp", "FromPort": 1, "ToPort": 9, "CidrIp": "10.0.0.0/8"}
                ]
            },
            "group rule",
            "udp 1-9 from ${It} to 10.0.0.0/8",
        ),
        (
            "AWS::EC2::SecurityGroup",
            {},
            "group rule",
            "all traffic from ${It} to 0.0.0.0/0, as no rule says otherwise",
        ),
        (
            "AWS::EC2::NetworkAclEntry",
            {
                "NetworkAclId": ref("Acl"),
                "Protocol": 6,
                "PortRange": {"From": 80, "To": 80},
                "CidrBlock": "10.0.0.0/16",
                "RuleAction": "allow",
                "RuleNumber": 100,
                "Egress": False,
            },
            "network ACL entry",
            "${Acl} allows tcp 80 in from 10.0.0.0/16, rule 100",
        ),
        (
            "AWS::IAM::RolePolicy",
            {
                "RoleName": {"Fn::ImportValue": "shop-Role"},
                "PolicyDocument": statement(
                    Action=["s3:PutObject", "s3:GetObject"], Resource={"Fn::Sub": "${Data.Arn}/*"}
                ),
            },
            "IAM statement",
            "${import shop-Role} may s3:GetObject, s3:PutObject on ${Data.Arn}/*",
        ),
        (
            "AWS::IAM::Role",
            {
                "AssumeRolePolicyDocument": statement(
                    Action="sts:AssumeRole",
                    Principal={"Service": "lambda.amazonaws.com"},
                    Condition={"StringEquals": {"aws:SourceAccount": ref("AWS::AccountId")}},
                )
            },
            "trust",
            "lambda.amazonaws.com may sts:AssumeRole as ${It} if aws:SourceAccount StringEquals "
            "${AWS::AccountId}",
        ),
        (
            "AWS::S3::BucketPolicy",
            {
                "Bucket": ref("Data"),
                "PolicyDocument": {
                    "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}]
                },
            },
            "resource policy",
            "anyone may not s3:* on * by the policy of ${It}",
        ),
        (
            "AWS::Logs::ResourcePolicy",
            {
                "PolicyDocument": '{"Statement": {"Effect": "Allow", "Principal": {"Service": "x"}, '
                '"Action": "logs:Put", "Resource": "*"}}'
            },
            "resource policy",
            "x may logs:Put on * by the policy of ${It}",
        ),
        (
            "AWS::Lambda::Permission",
            {
                "Principal": "apigateway.amazonaws.com",
                "Action": "lambda:InvokeFunction",
                "FunctionName": ref("F"),
                "SourceArn": "arn:x",
            },
            "permission to invoke",
            "apigateway.amazonaws.com may lambda:InvokeFunction on ${F} for arn:x",
        ),
        (
            "AWS::IAM::Role",
            {"ManagedPolicyArns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"]},
            "IAM statement",
            "${It} may what arn:aws:iam::aws:policy/ReadOnlyAccess says",
        ),
    ],
)
def test_each_kind_of_access_reads_like_a_sentence(
    type_name: str, properties: Json, kind: str, text: str
) -> None:
    assert words(type_name, properties) == [(kind, text)]


def test_a_group_with_rules_of_its_own_has_no_default_rule() -> None:
    found = grants(
        {
            "Web": {"Type": "AWS::EC2::SecurityGroup", "Properties": {}},
            "Out": {
                "Type": "AWS::EC2::SecurityGroupEgress",
                "Properties": {"GroupId": ref("Web"), "IpProtocol": "6", "CidrIp": "10.0.0.0/8"},
            },
        }
    )

    assert [grant.text for grant in found] == ["tcp from ${Web} to 10.0.0.0/8"]


def test_a_wider_statement_is_lost_and_gained() -> None:
    def policy(action: str) -> dict[str, Json]:
        document = statement(Action=action, Resource="*")
        return {
            "It": {
                "Type": "AWS::IAM::RolePolicy",
                "Metadata": {"petc": {"spec": "/services/a"}},
                "Properties": {"RoleName": "r", "PolicyDocument": document},
            }
        }

    found = changes(policy("s3:Get*"), policy("s3:*"))

    assert [(item.gained, item.text, item.pointer) for item in found] == [
        (False, "r may s3:Get* on *", "/services/a"),
        (True, "r may s3:* on *", "/services/a"),
    ]


def test_statements_in_another_order_are_no_change() -> None:
    def policy(*actions: str) -> dict[str, Json]:
        document: Json = {
            "Statement": [{"Effect": "Allow", "Action": item, "Resource": "*"} for item in actions]
        }
        return {"It": {"Type": "AWS::IAM::RolePolicy", "Properties": {"PolicyDocument": document}}}

    assert changes(policy("a:B", "c:D"), policy("c:D", "a:B")) == ()
