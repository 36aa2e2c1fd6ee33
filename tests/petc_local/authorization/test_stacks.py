"""Stacks on a local AWS that decides by policies: each resource in the name of whoever the stack works for."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from petc.local import environment
from tests.petc_local.running import LocalAws, local_aws

_ACCOUNTS = itertools.count(330000000000)
EXECUTION, ADMINISTRATION = "petc-execution", "petc-administration"
VPC: Mapping[str, Any] = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}
PARAMETER: Mapping[str, Any] = {
    "Type": "AWS::SSM::Parameter",
    "Properties": {"Name": "/shop/x", "Type": "String", "Value": "1"},
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    with local_aws(tmp_path_factory.mktemp("aws"), variables={environment.IAM: "1"}) as running:
        yield running


@dataclass(frozen=True)
class Account:
    """An account, as its root sees it."""

    aws: LocalAws
    number: str

    def client(self, service: str) -> Any:
        return self.aws.client(service, account=self.number)

    def role(self, name: str, *statements: Mapping[str, Any], service: str = "cloudformation") -> str:
        """Make a role that a service takes, with these statements, and return its ARN."""
        trust = {
            "Effect": "Allow",
            "Principal": {"Service": f"{service}.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
        iam = self.client("iam")
        made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(trust))
        if statements:
            iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=document(*statements))
        return str(made["Role"]["Arn"])

    def user(self, *statements: Mapping[str, Any]) -> Any:
        """Return a client of CloudFormation for a new user with these statements."""
        iam = self.client("iam")
        iam.create_user(UserName="u")
        iam.put_user_policy(UserName="u", PolicyName="p", PolicyDocument=document(*statements))
        key = iam.create_access_key(UserName="u")["AccessKey"]
        return boto3.client(
            "cloudformation",
            region_name=self.aws.region,
            endpoint_url=self.aws.endpoint,
            aws_access_key_id=key["AccessKeyId"],
            aws_secret_access_key=key["SecretAccessKey"],
        )

    def stack(self, client: Any = None, role: str = "", name: str = "s", **resources: Any) -> str:
        """Create a stack and return its id; it is deleted when it fails."""
        more = {"RoleARN": role} if role else {}
        made = (client or self.client("cloudformation")).create_stack(
            StackName=name,
            TemplateBody=template(**resources),
            OnFailure="DELETE",
            Capabilities=["CAPABILITY_NAMED_IAM"],
            **more,
        )
        return str(made["StackId"])

    def ended(self, stack: str) -> str:
        """Wait for the end of what a stack does, and return its status."""
        for _ in range(200):
            status = str(
                self.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]
            )
            if not status.endswith("IN_PROGRESS"):
                return status
            time.sleep(0.05)
        raise AssertionError(status)

    def failures(self, stack: str) -> list[str]:
        """Return why resources of a stack failed."""
        events = self.client("cloudformation").describe_stack_events(StackName=stack)["StackEvents"]
        return [
            event["ResourceStatusReason"]
            for event in events
            if event["ResourceStatus"].endswith("_FAILED")
            and event["LogicalResourceId"] != event["StackName"]
        ]


def allow(*actions: str, on: str = "*", **condition: Any) -> dict[str, Any]:
    found = {"Effect": "Allow", "Action": list(actions), "Resource": on}
    return found | ({"Condition": condition} if condition else {})


def document(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def template(**resources: Any) -> str:
    return json.dumps({"Resources": resources})


@pytest.fixture
def account(server: LocalAws) -> Account:
    return Account(server, str(next(_ACCOUNTS)))


READ_VPC = ("ec2:Describe*",)


def test_a_resource_that_the_role_may_not_make_fails_with_the_words_of_iam_and_the_stack_goes(
    account: Account,
) -> None:
    stack = account.stack(role=account.role(EXECUTION, allow("ssm:*")), Parameter=PARAMETER, Vpc=VPC)

    assert account.ended(stack) == "DELETE_COMPLETE"
    who = f"arn:aws:sts::{account.number}:assumed-role/{EXECUTION}/AWSCloudFormation"
    where = f"arn:aws:ec2:us-west-2:{account.number}:vpc/*"
    assert account.failures(stack) == [
        f'Resource handler returned message: "User: {who} is not authorized to perform: ec2:CreateVpc on resource: '
        f'{where} because no identity-based policy allows the ec2:CreateVpc action" (HandlerErrorCode: AccessDenied)'
    ]
    assert account.client("ssm").get_parameters(Names=["/shop/x"])["Parameters"] == []


def test_what_the_role_may_do_is_done_whoever_calls(account: Account) -> None:
    role = account.role(EXECUTION, allow("ec2:CreateVpc", "ec2:CreateTags", *READ_VPC))
    caller = account.user(allow("cloudformation:*"), allow("iam:PassRole", on=role))

    assert account.ended(account.stack(caller, role, Vpc=VPC)) == "CREATE_COMPLETE"


def test_without_a_role_a_stack_works_with_the_rights_of_the_caller(account: Account) -> None:
    """So a policy for the execution role caps nothing, and a caller with few rights makes nothing."""
    account.role(EXECUTION, allow("*"))
    stack = account.stack(account.user(allow("cloudformation:*")), Vpc=VPC)

    assert account.ended(stack) == "DELETE_COMPLETE"
    assert (
        f"User: arn:aws:iam::{account.number}:user/u is not authorized to perform: ec2:CreateVpc"
        in (account.failures(stack)[0])
    )


def test_a_stack_keeps_the_role_that_it_was_given(account: Account) -> None:
    role = account.role(EXECUTION, allow("ec2:*"))
    caller = account.user(allow("cloudformation:*"), allow("iam:PassRole", on=role))
    stack = account.stack(caller, role, Vpc=VPC)
    assert account.ended(stack) == "CREATE_COMPLETE"
    changed = {**VPC, "Properties": {**VPC["Properties"], "EnableDnsHostnames": True}}

    caller.update_stack(StackName="s", TemplateBody=template(Vpc=changed))
    assert account.ended(stack) == "UPDATE_COMPLETE"
    caller.delete_stack(StackName="s")
    assert account.ended(stack) == "DELETE_COMPLETE"


def test_a_change_set_is_executed_with_the_role_that_it_was_made_with(account: Account) -> None:
    role = account.role(EXECUTION, allow("ec2:*"))
    caller = account.user(allow("cloudformation:*"), allow("iam:PassRole", on=role))
    caller.create_change_set(
        StackName="s", ChangeSetName="c", ChangeSetType="CREATE", TemplateBody=template(Vpc=VPC), RoleARN=role
    )
    caller.execute_change_set(StackName="s", ChangeSetName="c")

    assert account.ended("s") == "CREATE_COMPLETE"


def test_a_denied_update_and_a_denied_deletion_leave_the_resource(account: Account) -> None:
    role = account.role(EXECUTION, allow("ec2:CreateVpc", "ec2:CreateTags", *READ_VPC))
    stack = account.stack(role=role, Vpc=VPC)
    assert account.ended(stack) == "CREATE_COMPLETE"
    client = account.client("cloudformation")
    changed = {**VPC, "Properties": {**VPC["Properties"], "EnableDnsHostnames": True}}

    client.update_stack(StackName="s", TemplateBody=template(Vpc=changed))
    assert account.ended(stack) == "UPDATE_ROLLBACK_COMPLETE"
    client.delete_stack(StackName="s")

    assert account.ended(stack) == "DELETE_FAILED"
    assert any(
        "not authorized to perform: ec2:ModifyVpcAttribute" in reason for reason in account.failures(stack)
    )
    assert any("not authorized to perform: ec2:DeleteVpc" in reason for reason in account.failures(stack))


def test_a_role_is_handed_over_only_by_who_may_pass_it(account: Account) -> None:
    role = account.role(EXECUTION, allow("*"))
    caller = account.user(
        allow("cloudformation:*"),
        allow("iam:PassRole", on=role, StringEquals={"iam:PassedToService": "lambda.amazonaws.com"}),
    )

    with pytest.raises(ClientError, match=rf"not authorized to perform: iam:PassRole on resource: {role}"):
        account.stack(caller, role, Vpc=VPC)


def test_a_role_that_does_not_trust_cloudformation_cannot_be_assumed(account: Account) -> None:
    role = account.role(EXECUTION, allow("*"), service="lambda")

    with pytest.raises(ClientError, match=f"Role {role} is invalid or cannot be assumed"):
        account.stack(role=role, Vpc=VPC)


def test_a_template_is_read_from_a_bucket_in_the_caller_s_name(account: Account) -> None:
    bucket = f"templates-{account.number}"
    account.client("s3").create_bucket(
        Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "us-west-2"}
    )
    account.client("s3").put_object(Bucket=bucket, Key="t.json", Body=template(Vpc=VPC).encode())
    caller = account.user(allow("cloudformation:*"))

    with pytest.raises(ClientError, match="S3 error: Access Denied"):
        caller.create_stack(StackName="s", TemplateURL=f"{account.aws.endpoint}/{bucket}/t.json")


def test_a_boundary_caps_what_policies_allow(account: Account) -> None:
    role = account.role(EXECUTION, allow("*"))
    iam = account.client("iam")
    boundary = iam.create_policy(PolicyName="most", PolicyDocument=document(allow("ssm:*")))["Policy"]["Arn"]
    iam.put_role_permissions_boundary(RoleName=EXECUTION, PermissionsBoundary=boundary)
    stack = account.stack(role=role, Vpc=VPC)

    assert account.ended(stack) == "DELETE_COMPLETE"
    assert "because no permissions boundary allows the ec2:CreateVpc action" in account.failures(stack)[0]


def test_a_role_of_a_template_keeps_its_boundary_which_has_to_exist(account: Account) -> None:
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    boundary = f"arn:aws:iam::{account.number}:policy/most"
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "RoleName": "bounded",
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
            "PermissionsBoundary": boundary,
        },
    }
    execution = account.role(EXECUTION, allow("iam:*"))
    failed = account.stack(role=execution, name="early", Role=role)
    assert account.ended(failed) == "DELETE_COMPLETE"
    account.client("iam").create_policy(PolicyName="most", PolicyDocument=document(allow("ssm:*")))

    assert account.ended(account.stack(role=execution, name="late", Role=role)) == "CREATE_COMPLETE"
    made = account.client("iam").get_role(RoleName="bounded")["Role"]
    assert made["PermissionsBoundary"]["PermissionsBoundaryArn"] == boundary
    assert account.failures(failed) == [f"Scope ARN: {boundary} does not exist or is not attachable."]


def test_a_type_that_the_list_does_not_know_is_refused(account: Account) -> None:
    table = {
        "Type": "AWS::DynamoDB::Table",
        "Properties": {
            "AttributeDefinitions": [{"AttributeName": "a", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}],
            "BillingMode": "PAY_PER_REQUEST",
        },
    }
    stack = account.stack(role=account.role(EXECUTION, allow("*")), Table=table)

    assert account.ended(stack) == "DELETE_COMPLETE"
    assert "does not know what AWS::DynamoDB::Table needs" in account.failures(stack)[0]


def test_a_dynamic_reference_is_read_in_the_role_s_name(account: Account) -> None:
    secret = account.client("secretsmanager").create_secret(Name="hook", SecretString="x")["ARN"]
    given = {
        **PARAMETER,
        "Properties": {**PARAMETER["Properties"], "Value": f"{{{{resolve:secretsmanager:{secret}}}}}"},
    }
    stack = account.stack(role=account.role(EXECUTION, allow("ssm:*")), Parameter=given)

    assert account.ended(stack) == "DELETE_COMPLETE"
    assert f"secretsmanager:GetSecretValue on resource: {secret}" in account.failures(stack)[0]


DRIFT = ("cloudformation:DescribeStackDriftDetectionStatus", "cloudformation:BatchDescribeTypeConfigurations")


def operation(account: Account, identity: str) -> Mapping[str, Any]:
    client = account.client("cloudformation")
    for _ in range(200):
        found = client.describe_stack_set_operation(StackSetName="set", OperationId=identity)[
            "StackSetOperation"
        ]
        if found["Status"] != "RUNNING":
            results = client.list_stack_set_operation_results(StackSetName="set", OperationId=identity)
            return {"Status": found["Status"], "Results": results["Summaries"]}
        time.sleep(0.05)
    raise AssertionError(found)


def stack_set(account: Account, *statements: Mapping[str, Any]) -> str:
    """Make a stack set with an instance in its own account, and return the operation's id."""
    trust = {"Principal": {"AWS": f"arn:aws:iam::{account.number}:role/{ADMINISTRATION}"}}
    account.role(
        ADMINISTRATION, allow("sts:AssumeRole", on=f"arn:aws:iam::{account.number}:role/{EXECUTION}")
    )
    iam = account.client("iam")
    iam.create_role(
        RoleName=EXECUTION,
        AssumeRolePolicyDocument=document({"Effect": "Allow", "Action": "sts:AssumeRole", **trust}),
    )
    iam.put_role_policy(RoleName=EXECUTION, PolicyName="p", PolicyDocument=document(*statements))
    client = account.client("cloudformation")
    client.create_stack_set(
        StackSetName="set",
        TemplateBody=template(Vpc=VPC),
        AdministrationRoleARN=f"arn:aws:iam::{account.number}:role/{ADMINISTRATION}",
        ExecutionRoleName=EXECUTION,
    )
    made = client.create_stack_instances(StackSetName="set", Accounts=[account.number], Regions=["us-west-2"])
    return str(made["OperationId"])


STACKS = allow("cloudformation:*", on="arn:aws:cloudformation:*:*:stack/StackSet-set-*")


def test_drift_of_a_stack_set_takes_two_actions_that_know_no_resource(account: Account) -> None:
    assert operation(account, stack_set(account, allow("ec2:*"), STACKS))["Status"] == "SUCCEEDED"
    client = account.client("cloudformation")

    denied = operation(account, client.detect_stack_set_drift(StackSetName="set")["OperationId"])
    account.client("iam").put_role_policy(
        RoleName=EXECUTION, PolicyName="p", PolicyDocument=document(allow("ec2:*", *DRIFT), STACKS)
    )
    allowed = operation(account, client.detect_stack_set_drift(StackSetName="set")["OperationId"])

    assert denied["Status"] == "FAILED"
    assert f"not authorized to perform: {DRIFT[0]} on resource: *" in denied["Results"][0]["StatusReason"]
    assert allowed["Status"] == "SUCCEEDED"


def test_a_stack_set_works_on_stacks_only_with_the_actions_of_cloudformation(account: Account) -> None:
    found = operation(account, stack_set(account, allow("ec2:*")))

    assert found["Status"] == "FAILED"
    assert "not authorized to perform: cloudformation:CreateStack" in found["Results"][0]["StatusReason"]


def test_a_stack_set_makes_resources_in_the_execution_role_s_name(account: Account) -> None:
    found = operation(account, stack_set(account, allow("ec2:Describe*"), STACKS))

    assert "ResourceLogicalId:Vpc" in found["Results"][0]["StatusReason"]
    assert f"assumed-role/{EXECUTION}/" in found["Results"][0]["StatusReason"]
    assert "ec2:CreateVpc" in found["Results"][0]["StatusReason"]


def test_a_first_resource_makes_the_service_linked_role_only_where_there_is_none(account: Account) -> None:
    cluster = {"Type": "AWS::ECS::Cluster"}
    role = account.role(EXECUTION, allow("ecs:*"))
    first = account.stack(role=role, name="first", Cluster=cluster)
    assert account.ended(first) == "DELETE_COMPLETE"
    account.client("iam").create_service_linked_role(AWSServiceName="ecs.amazonaws.com")

    assert "iam:CreateServiceLinkedRole" in account.failures(first)[0]
    assert account.ended(account.stack(role=role, name="second", Cluster=cluster)) == "CREATE_COMPLETE"


def test_a_delegated_administrator_has_to_see_the_list_of_them(account: Account) -> None:
    caller = account.user(allow("cloudformation:*"))
    with pytest.raises(ClientError, match="Account used is not a delegated administrator"):
        caller.list_stack_sets(CallAs="DELEGATED_ADMIN")
    account.client("iam").put_user_policy(
        UserName="u",
        PolicyName="more",
        PolicyDocument=document(allow("organizations:ListDelegatedAdministrators")),
    )

    assert "not a delegated administrator" not in refusal(caller)


def refusal(caller: Any) -> str:
    """Return why the list is refused to a delegated administrator; empty when it is not."""
    try:
        caller.list_stack_sets(CallAs="DELEGATED_ADMIN")
    except ClientError as refused:
        return str(refused)
    return ""
