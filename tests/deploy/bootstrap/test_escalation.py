"""No role of `petc bootstrap` can get more than it was given: each published way of escalation is asked for.

The ways are those that Rhino Security Labs, "AWS IAM Privilege Escalation", and later lists of the same kind name.
"""

from __future__ import annotations

from functools import cache

import pytest

from tests.deploy.bootstrap.deciding import ACCOUNT, Holder, holders, of_texts
from tests.deploy.bootstrap.stages import asked, stages

IAM = f"arn:aws:iam::{ACCOUNT}"
OWN = f"{IAM}:role/StackSet-petclinic-dev-02-RoleX-ABC"
BOUNDARY = f"{IAM}:policy/petc-petclinic-dev-workloads"

FOREIGN_ROLES = (
    f"{IAM}:role/Admin",
    f"{IAM}:role/petc-execution",
    f"{IAM}:role/petc-reader",
    f"{IAM}:role/petc-administration",
    f"{IAM}:role/StackSet-petclinic-dev2-02-RoleX-ABC",
    f"{IAM}:role/StackSet-other-dev-02-RoleX-ABC",
    f"{IAM}:role/cdk-hnb659fds-cfn-exec-role-{ACCOUNT}-us-west-2",
)

ON_POLICIES = (
    "iam:CreatePolicy",
    "iam:CreatePolicyVersion",
    "iam:SetDefaultPolicyVersion",
    "iam:DeletePolicyVersion",
)
ON_USERS = (
    "iam:AddUserToGroup",
    "iam:AttachGroupPolicy",
    "iam:AttachUserPolicy",
    "iam:CreateAccessKey",
    "iam:CreateLoginProfile",
    "iam:CreateUser",
    "iam:DeactivateMFADevice",
    "iam:DeleteUserPermissionsBoundary",
    "iam:PutGroupPolicy",
    "iam:PutUserPermissionsBoundary",
    "iam:PutUserPolicy",
    "iam:UpdateAccessKey",
    "iam:UpdateLoginProfile",
)
ON_ROLES = (
    "iam:AttachRolePolicy",
    "iam:CreateRole",
    "iam:DeleteRole",
    "iam:DeleteRolePermissionsBoundary",
    "iam:DeleteRolePolicy",
    "iam:DetachRolePolicy",
    "iam:PassRole",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
    "iam:UpdateAssumeRolePolicy",
)
TRUSTS = (
    "iam:CreateOpenIDConnectProvider",
    "iam:CreateSAMLProvider",
    "iam:UpdateSAMLProvider",
    "iam:AddClientIDToOpenIDConnectProvider",
)
ELSEWHERE = (
    "autoscaling:CreateLaunchConfiguration",
    "bedrock-agentcore:CreateCodeInterpreter",
    "cloudformation:SetStackPolicy",
    "codebuild:CreateProject",
    "codebuild:StartBuild",
    "codebuild:UpdateProject",
    "codestar:CreateProject",
    "cognito-identity:SetIdentityPoolRoles",
    "datapipeline:CreatePipeline",
    "dynamodb:CreateTable",
    "ec2:RunInstances",
    "ec2:CreateLaunchTemplateVersion",
    "ec2:ModifyInstanceAttribute",
    "ec2:AssociateIamInstanceProfile",
    "ec2-instance-connect:SendSSHPublicKey",
    "ecs:RunTask",
    "ecs:StartTask",
    "ecs:ExecuteCommand",
    "glue:CreateDevEndpoint",
    "glue:UpdateDevEndpoint",
    "glue:CreateJob",
    "glue:UpdateJob",
    "iam:AddRoleToInstanceProfile",
    "iam:CreateInstanceProfile",
    "lambda:AddLayerVersionPermission",
    "lambda:CreateEventSourceMapping",
    "organizations:AttachPolicy",
    "organizations:CreateAccount",
    "organizations:DetachPolicy",
    "sagemaker:CreateNotebookInstance",
    "sagemaker:CreatePresignedNotebookInstanceUrl",
    "ssm:CreateAssociation",
    "ssm:SendCommand",
    "ssm:StartAutomationExecution",
    "ssm:StartSession",
    "states:CreateStateMachine",
    "sts:AssumeRole",
    "sso:CreatePermissionSet",
    "sso:AttachManagedPolicyToPermissionSet",
)

CODE = (
    "lambda:UpdateFunctionCode",
    "lambda:UpdateFunctionConfiguration",
    "lambda:InvokeFunction",
    "lambda:AddPermission",
)
FOREIGN_FUNCTIONS = tuple(
    f"arn:aws:lambda:us-west-2:{ACCOUNT}:function:{name}"
    for name in ("other", "petclinic-dev2-genai", "petclinic-prod-genai")
)
STACK_CHANGES = (
    "cloudformation:CreateChangeSet",
    "cloudformation:CreateStack",
    "cloudformation:DeleteStack",
    "cloudformation:ExecuteChangeSet",
    "cloudformation:SetStackPolicy",
    "cloudformation:UpdateStack",
    "cloudformation:UpdateTerminationProtection",
)
FOREIGN_STACKS = tuple(
    f"arn:aws:cloudformation:us-west-2:{ACCOUNT}:stack/{name}/1"
    for name in (
        "petc-bootstrap-target",
        "CDKToolkit",
        "other",
        "StackSet-other-dev-01-network",
        "petclinic-prod-01-network",
    )
)
SET_CHANGES = (
    "cloudformation:CreateStackInstances",
    "cloudformation:DeleteStackInstances",
    "cloudformation:DeleteStackSet",
    "cloudformation:UpdateStackInstances",
    "cloudformation:UpdateStackSet",
)
FOREIGN_SETS = tuple(
    f"arn:aws:cloudformation:us-west-2:{ACCOUNT}:{name}"
    for name in (
        "stackset/petc-bootstrap-target:1",
        "stackset/petclinic-prod-01-network:1",
        "stackset/petclinic-dev2-01-network:1",
        "stackset/other:1",
        "stackset-target/petclinic-dev-01-network:1/222222222222",
        "stackset-target/petclinic-dev-01-network:1/ou-abcd-11112222",
    )
)
DATA = (
    ("secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:us-west-2:{ACCOUNT}:secret:other-AbCdEf"),
    (
        "secretsmanager:GetSecretValue",
        f"arn:aws:secretsmanager:us-west-2:{ACCOUNT}:secret:rds!cluster-1-AbCdEf",
    ),
    ("cloudtrail:StopLogging", f"arn:aws:cloudtrail:us-west-2:{ACCOUNT}:trail/organization"),
    ("cloudtrail:StopLogging", f"arn:aws:cloudtrail:us-west-2:{ACCOUNT}:trail/petclinic-dev"),
    ("cloudtrail:DeleteTrail", f"arn:aws:cloudtrail:us-west-2:{ACCOUNT}:trail/petclinic-dev2"),
    ("s3:PutBucketPolicy", "arn:aws:s3:::other"),
    ("s3:PutObject", f"arn:aws:s3:::petc-artifacts-{ACCOUNT}-us-west-2/shop/prod/templates/1.yaml"),
    ("s3:DeleteObject", f"arn:aws:s3:::petc-artifacts-{ACCOUNT}-us-west-2/petclinic/prod/lock.json"),
    ("s3:GetObject", "arn:aws:s3:::other/key"),
    ("s3:DeleteObjectVersion", "arn:aws:s3:::other/key"),
    ("ssm:GetParameters", f"arn:aws:ssm:us-west-2:{ACCOUNT}:parameter/petclinic/prod/x"),
    ("logs:DeleteLogGroup", f"arn:aws:logs:us-west-2:{ACCOUNT}:log-group:/petclinic/prod/x"),
)


@cache
def all_holders() -> dict[str, Holder]:
    found = holders(asked("petclinic-dev", ACCOUNT, repositories=("owner/repository",)))
    return {name: holder for name, holder in found.items() if not name.endswith(("boundary", "workloads"))}


NAMES = (
    "petc-administration",
    "petc-deployer",
    "petc-deployer-petclinic-dev",
    "petc-execution",
    "petc-gateway-logs-us-west-2",
    "petc-github-petclinic-dev",
    "petc-github-plan",
    "petc-planner",
    "petc-reader",
    "petc-writer-petclinic-dev",
)
READING = ("petc-planner", "petc-reader", "petc-github-plan")


def test_every_role_and_policy_is_asked() -> None:
    assert {name for name in all_holders() if not name.startswith("petc-petclinic-dev-")} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_no_way_to_more_permissions_is_open(name: str) -> None:
    holder = all_holders()[name]
    tries = [
        *(
            (action, f"{IAM}:policy/{policy}")
            for action in ON_POLICIES
            for policy in ("x", "petc-boundary", "petc-petclinic-dev-workloads", "petc-petclinic-dev-1")
        ),
        *((action, f"{IAM}:{whom}") for action in ON_USERS for whom in ("user/x", "group/x")),
        *((action, role) for action in ON_ROLES for role in FOREIGN_ROLES),
        *((action, f"{IAM}:oidc-provider/x") for action in TRUSTS),
        *((action, "*") for action in ELSEWHERE),
        *((action, role) for action in ("sts:AssumeRole",) for role in FOREIGN_ROLES),
        *((action, function) for action in CODE for function in FOREIGN_FUNCTIONS),
        *((action, stack) for action in STACK_CHANGES for stack in FOREIGN_STACKS),
        *((action, one) for action in SET_CHANGES for one in FOREIGN_SETS),
        *DATA,
    ]
    service = {"iam__PassedToService": "cloudformation.amazonaws.com"}
    lambda_ = {"iam__PassedToService": "lambda.amazonaws.com"}
    of_others = {"aws__ResourceTag___project": "other", "aws__ResourceTag___stage": "dev"}
    open_ = {
        (action, resource)
        for action, resource in tries
        for keys in (
            {},
            service,
            lambda_,
            of_others,
            {"iam__PermissionsBoundary": f"{IAM}:policy/AdministratorAccess"},
        )
        if holder.may(action, resource, **keys)
    }
    # What each is for.
    given = {
        "petc-administration": {("sts:AssumeRole", f"{IAM}:role/petc-execution")},
        "petc-planner": {("sts:AssumeRole", f"{IAM}:role/petc-reader")},
    }
    given["petc-github-plan"] = given["petc-planner"]
    handing = {("iam:PassRole", f"{IAM}:role/petc-administration")}
    given["petc-deployer"] = given["petc-deployer-petclinic-dev"] = handing
    given["petc-github-petclinic-dev"] = given["petc-planner"] | handing

    assert open_ - given.get(name, set()) == set()


def test_execution_gives_permissions_only_to_roles_with_the_stage_s_boundary() -> None:
    execution = all_holders()["petc-execution"]
    others = (None, f"{IAM}:policy/AdministratorAccess", f"{IAM}:policy/petc-other-live-workloads")

    for action in ("iam:CreateRole", "iam:PutRolePolicy", "iam:PutRolePermissionsBoundary"):
        assert execution.may(action, OWN, iam__PermissionsBoundary=BOUNDARY)
        assert not [
            one
            for one in others
            if execution.may(action, OWN, **({"iam__PermissionsBoundary": one} if one else {}))
        ]
    assert not execution.may("iam:DeleteRolePermissionsBoundary", OWN, iam__PermissionsBoundary=BOUNDARY)
    assert not execution.may("iam:AttachRolePolicy", OWN, iam__PermissionsBoundary=BOUNDARY)


def test_whatever_is_attached_to_execution_its_boundary_keeps_it_from_becoming_administrator() -> None:
    execution = all_holders()["petc-execution"]
    everything = Holder(
        [{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}], execution.boundary
    )

    assert everything.may("s3:CreateBucket", "arn:aws:s3:::any")
    assert not everything.may("iam:DeleteRolePermissionsBoundary", OWN)
    for action in (
        "iam:CreateRole",
        "iam:PutRolePolicy",
        "iam:AttachRolePolicy",
        "iam:PutRolePermissionsBoundary",
    ):
        assert not everything.may(action, f"{IAM}:role/any")
        assert not everything.may(action, f"{IAM}:role/any", iam__PermissionsBoundary=f"{IAM}:policy/any")
    assert not [
        action for action in (*ON_POLICIES, *ON_USERS, *TRUSTS) if everything.may(action, f"{IAM}:policy/x")
    ]
    assert not everything.may("cloudformation:UpdateStack", FOREIGN_STACKS[0])


@pytest.mark.parametrize(
    "way",
    [
        "iam:CreateRole",
        "iam:PassRole",
        "sts:AssumeRole",
        "iam:PutRolePolicy",
        "ec2:RunInstances",
        "cloudformation:CreateStack",
    ],
)
def test_a_role_of_the_layers_cannot_get_further_whatever_its_policies_say(way: str) -> None:
    found = holders(asked("petclinic-dev", ACCOUNT))
    boundary = found["petc-petclinic-dev-workloads"].documents[0]
    everything = Holder([{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}], boundary)

    assert not everything.may(way, OWN)
    assert not everything.may("secretsmanager:GetSecretValue", DATA[0][1])
    assert not everything.may(
        "ssm:GetParameters", f"arn:aws:ssm:us-west-2:{ACCOUNT}:parameter/petclinic/prod/x"
    )
    assert everything.may("ssm:GetParameters", f"arn:aws:ssm:us-west-2:{ACCOUNT}:parameter/petclinic/dev/x")


@pytest.mark.parametrize("name", READING)
def test_who_reads_writes_nothing(name: str) -> None:
    verbs = {action.partition(":")[2] for action, _ in all_holders()[name].actions}
    reads = ("Describe", "Get", "List", "Batch", "Detect")

    assert {verb for verb in verbs if not verb.startswith(reads)} <= {"AssumeRole"}
    assert not all_holders()[name].may("sts:AssumeRole", f"{IAM}:role/petc-writer-petclinic-dev")


def test_a_stage_s_pipeline_is_trusted_in_that_stage_s_environment_alone() -> None:
    trust = all_holders()["petc-github-petclinic-dev"].trust["Statement"][0]["Condition"]
    plan = all_holders()["petc-github-plan"].trust["Statement"][0]["Condition"]
    host = "token.actions.githubusercontent.com"

    assert trust == {
        "StringEquals": {
            f"{host}:aud": "sts.amazonaws.com",
            f"{host}:sub": ["repo:owner/repository:environment:dev"],
        }
    }
    assert plan["StringEquals"][f"{host}:sub"] == ["repo:owner/repository:pull_request"]


@pytest.mark.parametrize("name", [name for name in stages() if name not in ("petclinic-prod", "museum-open")])
def test_few_actions_of_execution_are_allowed_on_everything(name: str) -> None:
    """Of the reference stage it were 343 of 553 pairs, before resources were limited by name and by tag."""
    pairs = holders(asked(name, ACCOUNT))["petc-execution"].actions
    everywhere = {action for action, resource in pairs if resource == "*"}
    changing = {
        action
        for action in everywhere
        if not action.partition(":")[2].startswith(("Describe", "Get", "List"))
    }

    assert len(everywhere) < 0.3 * len(pairs)
    assert changing <= {
        "cloudformation:BatchDescribeTypeConfigurations",
        "cloudformation:ValidateTemplate",
        "cloudfront:CreateDistribution",
        "cloudfront:CreateOriginAccessControl",
        "cloudfront:CreateResponseHeadersPolicy",
        "ecs:DeregisterTaskDefinition",
        "ecs:PutAccountSetting",
        "ecs:PutAccountSettingDefault",
        "elasticloadbalancing:SetWebACL",
        "kms:CreateKey",
        # For the stage's own functions alone, by a condition.
        "lambda:CreateEventSourceMapping",
        "logs:CreateLogDelivery",
        "logs:DeleteLogDelivery",
        "logs:DeleteResourcePolicy",
        "logs:PutResourcePolicy",
        "route53:AssociateVPCWithHostedZone",
        "route53:CreateHostedZone",
        "route53:DisassociateVPCFromHostedZone",
        "servicediscovery:CreatePrivateDnsNamespace",
        "servicediscovery:TagResource",
        "servicediscovery:UntagResource",
        "sns:SetSubscriptionAttributes",
        "sns:Unsubscribe",
    }


TAGS = {"aws__ResourceTag___project": "petclinic", "aws__ResourceTag___stage": "dev"}
PROD = TAGS | {"aws__ResourceTag___stage": "prod"}
EXISTING = (
    ("ec2:DeleteVpc", "ec2:us-west-2:{}:vpc/vpc-1"),
    ("ec2:AuthorizeSecurityGroupIngress", "ec2:us-west-2:{}:security-group/sg-1"),
    ("ecs:UpdateService", "ecs:us-west-2:{}:service/c/s"),
    ("elasticloadbalancing:DeleteLoadBalancer", "elasticloadbalancing:us-west-2:{}:loadbalancer/app/x/1"),
    ("rds:DeleteDBCluster", "rds:us-west-2:{}:cluster:x"),
    ("secretsmanager:GetSecretValue", "secretsmanager:us-west-2:{}:secret:SecretSlackWebhook-AbCdEf"),
    ("servicediscovery:DeleteNamespace", "servicediscovery:us-west-2:{}:namespace/ns-1"),
)


@pytest.mark.parametrize(("action", "place"), EXISTING)
def test_what_exists_is_changed_only_when_it_carries_the_stage_s_tags(action: str, place: str) -> None:
    execution, arn = all_holders()["petc-execution"], f"arn:aws:{place.format(ACCOUNT)}"

    assert execution.may(action, arn, **TAGS)
    assert not execution.may(action, arn, **PROD)
    assert not execution.may(action, arn)


@pytest.mark.parametrize("action", ["kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:Decrypt"])
def test_a_key_of_somebody_else_is_not_touched(action: str) -> None:
    execution, arn = all_holders()["petc-execution"], f"arn:aws:kms:us-west-2:{ACCOUNT}:key/1"

    assert execution.may(action, arn, kms__ResourceAliases=["alias/petclinic-dev-data"], **TAGS)
    assert execution.may(action, arn)  # made just now: neither tag nor alias counts yet
    assert not execution.may(action, arn, kms__ResourceAliases=["alias/other"])
    assert not execution.may(action, arn, **PROD)


def test_the_printed_roles_of_the_version_before_are_found_wanting() -> None:
    """Otherwise the tests above could not fail: these are statements of 0.3's templates."""
    old = """\
Resources:
  Policy1:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      ManagedPolicyName: petc-shop-dev-1
      Roles:
        - petc-execution
      PolicyDocument:
        Statement:
          - Effect: Allow
            Action:
              - iam:DeleteRolePermissionsBoundary
              - iam:PutRolePolicy
            Resource:
              - Fn::Sub: "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/StackSet-shop-dev*"
  Execution:
    Type: AWS::IAM::Role
    Properties:
      RoleName: petc-execution
      AssumeRolePolicyDocument: {}
"""
    execution = of_texts([("old", old)])["petc-execution"]

    assert execution.may("iam:DeleteRolePermissionsBoundary", f"{IAM}:role/StackSet-shop-dev2-x")
    assert execution.may("iam:PutRolePolicy", f"{IAM}:role/StackSet-shop-dev-x")
