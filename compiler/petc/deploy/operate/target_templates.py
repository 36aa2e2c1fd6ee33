"""The templates of a target account: its roles, what a stage adds to them, the settings of its gateways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from petc.deploy.operate import deployer_policies, shared
from petc.deploy.operate import iam_forms as forms
from petc.deploy.operate.bootstrap_names import ADMINISTRATION, BOUNDARY, EXECUTION, GATEWAY_LOGS, READER
from petc.deploy.operate.shared import Served
from petc.source.tree import Json

_SERVICES = (
    "apigateway",
    "application-autoscaling",
    "cloudformation",
    "cloudfront",
    "cloudtrail",
    "cloudwatch",
    "ec2",
    "ecr",
    "ecs",
    "elasticloadbalancing",
    "events",
    "kms",
    "lambda",
    "logs",
    "rds",
    "route53",
    "s3",
    "secretsmanager",
    "servicediscovery",
    "sns",
    "sqs",
    "ssm",
    "wafv2",
    "xray",
)
"""The services of all types that layers can hold; the boundary allows no other."""


def target(administrator_account: str, served: Served) -> dict[str, Json]:
    """Return the template of a target account: the reader, and the execution role without permissions.

    Service-managed stack sets bring a role of their own, so there is no execution role for them.

    Permissions come with each stage, by `policies`. The boundary caps the execution role, not the roles
    that layers make: those carry the boundary that the spec names (`security.permissions_boundary`), because
    only the account's owner knows what its workloads may be allowed at most.
    """
    trusted: list[Json] = []
    if shared.SELF_MANAGED in served.ways:
        trusted.append(
            {
                "Effect": "Allow",
                "Principal": {"AWS": forms.role_arn(administrator_account, ADMINISTRATION)},
                "Action": "sts:AssumeRole",
            }
        )
    if shared.STACKS in served.ways:
        trusted.append(
            {
                "Effect": "Allow",
                "Principal": forms.service("cloudformation"),
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
            }
        )
    resources: dict[str, Json] = {
        "Reader": forms.role(
            READER,
            "lets petc read what it deployed: stacks, events, templates, images, tasks",
            forms.trust({"AWS": forms.root(administrator_account)}, {}),
            {"Read": deployer_policies.in_targets()},
        )
    }
    if trusted:
        resources |= {
            "Boundary": forms.managed(
                BOUNDARY, "caps what petc-execution can do, whatever is attached to it", _boundary()
            ),
            "Execution": forms.role(
                EXECUTION,
                "makes the layers of stages in this account; its permissions come with each stage",
                {"Version": "2012-10-17", "Statement": trusted},
                {},
                boundary={"Ref": "Boundary"},
            ),
        }
    return forms.template("Roles by which petc deploys to this account and reads in it", resources, served)


def policies(
    documents: Sequence[Mapping[str, Json]], reader: Sequence[Json], name: str, reasons: Mapping[str, str]
) -> dict[str, Json]:
    """Return the template of what one stage, `<spec>-<stage>`, adds to the execution role and to the reader."""
    beyond = forms.managed(f"petc-{name}-reader", f"what petc does for {name} beyond reading", reader)
    added = beyond["Properties"]
    assert isinstance(added, dict)
    added["Roles"] = [READER]
    resources: dict[str, Json] = {"Reader": beyond}
    for number, document in enumerate(documents, 1):
        made = forms.managed(
            f"petc-{name}-{number}", f"what the layers of {name} need, part {number} of {len(documents)}", {}
        )
        properties = made["Properties"]
        assert isinstance(properties, dict)
        properties["PolicyDocument"] = forms.substituted(dict(document))
        properties["Roles"] = [EXECUTION]
        made["Metadata"] = {"petc": {"reasons": dict(reasons)}}
        resources[f"Policy{number}"] = made
    return forms.template(f"What petc-execution and petc-reader may do for {name}", resources, None)


def gateway() -> dict[str, Json]:
    """Return the template of API Gateway's settings, of which an account has one in each region.

    They stay when the stack goes: without them every API of the account loses its logs. API Gateway
    Developer Guide, "Set up CloudWatch logging for REST APIs in API Gateway". The role's name holds the
    region, because role names are global in an account.
    """
    resources: dict[str, Json] = {
        "Logs": {
            "Type": "AWS::IAM::Role",
            "DeletionPolicy": "Retain",
            "UpdateReplacePolicy": "Retain",
            "Properties": {
                "RoleName": {"Fn::Sub": f"{GATEWAY_LOGS}-${{AWS::Region}}"},
                "Description": "lets API Gateway write logs",
                "AssumeRolePolicyDocument": forms.trust(forms.service("apigateway"), {}),
                "ManagedPolicyArns": [
                    {
                        "Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/service-role/"
                        "AmazonAPIGatewayPushToCloudWatchLogs"
                    }
                ],
            },
        },
        "Account": {
            "Type": "AWS::ApiGateway::Account",
            "DeletionPolicy": "Retain",
            "UpdateReplacePolicy": "Retain",
            "Properties": {"CloudWatchRoleArn": {"Fn::GetAtt": ["Logs", "Arn"]}},
        },
    }
    return forms.template("Lets API Gateway write logs in this account and region", resources, None)


def _boundary() -> list[Json]:
    return [
        {
            "Sid": "ServicesOfLayers",
            "Effect": "Allow",
            "Action": [f"{service}:*" for service in _SERVICES],
            "Resource": "*",
        },
        {
            "Sid": "RolesOnly",
            "Effect": "Allow",
            "Action": [
                "iam:*Role",
                "iam:*Roles",
                "iam:*RolePolicy",
                "iam:*RolePolicies",
                "iam:*RolePermissionsBoundary",
                "iam:UpdateAssumeRolePolicy",
                "iam:UpdateRoleDescription",
                "iam:GetServiceLinkedRoleDeletionStatus",
            ],
            "Resource": "*",
        },
        {
            "Sid": "NotItself",
            "Effect": "Deny",
            "Action": "iam:*",
            "Resource": [
                {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/petc-*"},
                {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/petc-*"},
            ],
        },
    ]
