"""What IAM is asked for a resource."""

from __future__ import annotations

from collections.abc import Mapping

from petc.resources.schemas import Json
from petc_local.authorization import arn_forms, questions
from petc_local.authorization.questions import Change, Question, Step
from petc_local.authorization.table import NEEDS

ACCOUNT, REGION = "222222222222", "us-west-2"
ENDPOINT: dict[str, Json] = {
    "VpcId": "vpc-1",
    "SubnetIds": ["subnet-1", "subnet-2"],
    "SecurityGroupIds": ["sg-1"],
}
HEAD = f"arn:aws:ec2:{REGION}:{ACCOUNT}:"


def asked(
    kind: str,
    step: Step,
    before: Mapping[str, Json],
    after: Mapping[str, Json],
    *,
    own: str = "",
    new: str = "",
    known: Mapping[str, Mapping[str, object]] | None = None,
) -> list[Question]:
    change = Change(step, "Logical", new, own, before, after)
    return [
        one
        for call in questions.calls(NEEDS[kind], change)
        for one in questions.of(
            call, change, ACCOUNT, REGION, lambda arn, value: (known or {}).get(value, {})
        )
    ]


def actions(found: list[Question]) -> list[str]:
    return [one.action for one in found]


def test_an_endpoint_with_private_dns_asks_route_53_and_one_without_does_not() -> None:
    private = asked("AWS::EC2::VPCEndpoint", "create", {}, {**ENDPOINT, "PrivateDnsEnabled": True})
    plain = asked("AWS::EC2::VPCEndpoint", "create", {}, {**ENDPOINT, "PrivateDnsEnabled": False})

    assert "route53:AssociateVPCWithHostedZone" in actions(private)
    assert "route53:AssociateVPCWithHostedZone" not in actions(plain)


def test_an_action_is_asked_for_each_resource_that_it_names() -> None:
    found = asked("AWS::EC2::VPCEndpoint", "create", {}, ENDPOINT)

    assert [one.resource for one in found if one.action == "ec2:CreateVpcEndpoint"] == [
        f"{HEAD}vpc-endpoint/*",
        f"{HEAD}vpc/vpc-1",
        f"{HEAD}subnet/subnet-1",
        f"{HEAD}subnet/subnet-2",
        f"{HEAD}security-group/sg-1",
    ]


def test_tags_of_the_request_and_of_what_exists_are_told_apart() -> None:
    tags: Json = [{"Key": "stage", "Value": "dev"}]
    found = asked(
        "AWS::EC2::Subnet",
        "create",
        {},
        {"VpcId": "vpc-1", "Tags": tags, "MapPublicIpOnLaunch": True},
        known={"vpc-1": {"aws:ResourceTag/stage": "prod"}},
    )
    by_place = {(one.action, one.resource): one.keys for one in found}

    assert by_place["ec2:CreateSubnet", f"{HEAD}subnet/*"]["aws:RequestTag/stage"] == "dev"
    assert "aws:ResourceTag/stage" not in by_place["ec2:CreateSubnet", f"{HEAD}subnet/*"]
    assert by_place["ec2:CreateSubnet", f"{HEAD}vpc/vpc-1"]["aws:ResourceTag/stage"] == "prod"
    assert by_place["ec2:CreateTags", f"{HEAD}subnet/*"]["ec2:CreateAction"] == "CreateSubnet"
    assert by_place["ec2:ModifySubnetAttribute", f"{HEAD}subnet/*"]["aws:ResourceTag/stage"] == "dev"


def test_an_update_asks_for_what_changes_and_reads_back() -> None:
    old: Json = [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]
    new: Json = [{"Key": "a", "Value": "3"}]
    found = asked("AWS::ECS::Cluster", "update", {"Tags": old}, {"Tags": new}, own="app")

    assert actions(found) == ["ecs:TagResource", "ecs:UntagResource", "ecs:DescribeClusters"]


def test_what_a_property_no_longer_says_is_taken_away() -> None:
    boundary = f"arn:aws:iam::{ACCOUNT}:policy/most"
    found = asked("AWS::IAM::Role", "update", {"PermissionsBoundary": boundary}, {}, own="r")

    assert "iam:DeleteRolePermissionsBoundary" in actions(found)
    assert "iam:PutRolePermissionsBoundary" not in actions(found)


def test_a_role_is_made_and_given_policies_with_its_boundary() -> None:
    boundary = f"arn:aws:iam::{ACCOUNT}:policy/most"
    policies: Json = [{"PolicyName": "p"}]
    found = asked(
        "AWS::IAM::Role",
        "create",
        {},
        {"PermissionsBoundary": boundary, "Policies": policies},
        new="StackSet-shop-dev-1-Role-X",
    )

    assert {
        one.action: one.keys.get("iam:PermissionsBoundary")
        for one in found
        if one.action in ("iam:CreateRole", "iam:PutRolePolicy")
    } == {"iam:CreateRole": boundary, "iam:PutRolePolicy": boundary}
    assert found[0].resource == f"arn:aws:iam::{ACCOUNT}:role/StackSet-shop-dev-1-Role-X"
    assert found[0].region == "us-east-1"


def test_a_role_is_passed_to_the_service_that_takes_it() -> None:
    role = f"arn:aws:iam::{ACCOUNT}:role/tasks"
    found = asked("AWS::ECS::TaskDefinition", "create", {}, {"TaskRoleArn": role}, new="orders")

    assert [
        (one.resource, one.keys["iam:PassedToService"]) for one in found if one.action == "iam:PassRole"
    ] == [(role, "ecs-tasks.amazonaws.com")]


def test_a_customer_key_is_used_by_the_service_and_a_key_of_aws_needs_nothing() -> None:
    key = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"
    own = asked("AWS::SecretsManager::Secret", "create", {}, {"KmsKeyId": key}, new="Secret-X")
    aws = asked(
        "AWS::SecretsManager::Secret", "create", {}, {"KmsKeyId": "alias/aws/secretsmanager"}, new="Secret-X"
    )

    assert [(one.action, one.resource, one.keys["kms:ViaService"]) for one in own if "kms" in one.action] == [
        ("kms:Decrypt", key, f"secretsmanager.{REGION}.amazonaws.com"),
        ("kms:GenerateDataKey", key, f"secretsmanager.{REGION}.amazonaws.com"),
    ]
    assert not [one for one in aws if "kms" in one.action]


def test_a_managed_password_is_a_secret_in_the_caller_s_name() -> None:
    found = asked("AWS::RDS::DBCluster", "create", {}, {"ManageMasterUserPassword": True}, new="c")

    assert {one.resource for one in found if one.action == "secretsmanager:CreateSecret"} == {
        f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:rds!cluster-*"
    }


def test_target_tracking_writes_alarms_by_a_name_of_its_own() -> None:
    found = asked(
        "AWS::ApplicationAutoScaling::ScalingPolicy",
        "create",
        {},
        {
            "ScalingTargetId": "service/app/orders|ecs:service:DesiredCount|ecs",
            "TargetTrackingScalingPolicyConfiguration": {"TargetValue": 50},
        },
    )

    assert {one.resource for one in found if one.action == "cloudwatch:PutMetricAlarm"} == {
        f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:TargetTracking-service/app/orders-*"
    }


def test_a_web_acl_asks_the_service_that_it_protects() -> None:
    stage = f"arn:aws:apigateway:{REGION}::/restapis/a/stages/v1"
    balancer = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:loadbalancer/app/x/1"
    acl = f"arn:aws:wafv2:{REGION}:{ACCOUNT}:regional/webacl/x/1"

    def of(resource: str) -> set[str]:
        found = asked(
            "AWS::WAFv2::WebACLAssociation", "create", {}, {"ResourceArn": resource, "WebACLArn": acl}
        )
        return {one.action for one in found if not one.action.startswith("wafv2:")}

    assert of(stage) == {"apigateway:SetWebACL"}
    assert of(balancer) == {
        "elasticloadbalancing:CreateWebACLAssociation",
        "elasticloadbalancing:SetWebAcl",
    }


def test_a_deletion_goes_by_what_there_was() -> None:
    found = asked("AWS::S3::BucketPolicy", "delete", {"Bucket": "b"}, {}, own="b")

    assert [(one.action, one.resource) for one in found] == [("s3:DeleteBucketPolicy", "arn:aws:s3:::b")]


def test_tags_are_read_in_both_forms() -> None:
    assert arn_forms.tags([{"Key": "a", "Value": "1"}, "else"]) == arn_forms.tags({"a": "1"}) == {"a": "1"}
