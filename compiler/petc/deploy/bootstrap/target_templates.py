"""The templates of a target account: its roles, what a stage adds to them, the settings of its gateways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from petc import naming
from petc.deploy.bootstrap import consumers, deployer_policies, names
from petc.deploy.bootstrap import iam_forms as forms
from petc.deploy.bootstrap.consumers import Served, ServedStage
from petc.deploy.bootstrap.names import ADMINISTRATION, BOUNDARY, EXECUTION, GATEWAY_LOGS, READER
from petc.source.tree import Json
from petc.verify.rendered import mapping

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

    Permissions come with each stage, by `policies`. The boundary caps the execution role; the roles that it makes
    carry one of their own, which comes with the stage or is named by its spec, and cannot be taken off.
    """
    trusted: list[Json] = []
    if consumers.SELF_MANAGED in served.ways:
        trusted.append(
            {
                "Effect": "Allow",
                "Principal": {"AWS": forms.role_arn(administrator_account, ADMINISTRATION)},
                "Action": "sts:AssumeRole",
            }
        )
    if consumers.STACKS in served.ways:
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
                BOUNDARY,
                "caps what petc-execution can do, whatever is attached to it",
                _boundary(served.boundaries),
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
    stage: ServedStage,
    documents: Sequence[Mapping[str, Json]],
    here: range,
    workloads: Mapping[str, Json],
    reasons: Mapping[str, str],
    administrator_account: str,
) -> dict[str, Json]:
    """Return the template of what one stage adds to a target account.

    That are policies of the execution role (those of `documents` that are `here`), the boundary of the roles of
    its layers (`workloads`; empty when the spec names another one), and the role by which petc writes for it.
    """
    name = stage.name
    resources: dict[str, Json] = {
        "Writer": forms.role(
            names.writer(name),
            f"lets petc write what {name} needs beside its layers: change sets to compare, and the site's files",
            forms.trust({"AWS": forms.root(administrator_account)}, {}),
            {"Write": deployer_policies.writing(stage)},
        )
    }
    if workloads:
        most = forms.managed(
            naming.workload_boundary(name), f"the most that any role of the layers of {name} can do", {}
        )
        _properties(most)["PolicyDocument"] = forms.substituted(dict(workloads))
        resources["Workloads"] = most
    added = _of_execution(name, documents, here)
    if added:
        added["Policy1"] = {**mapping(added["Policy1"]), "Metadata": {"petc": {"reasons": dict(reasons)}}}
    return forms.template(f"What petc and its execution role may do for {name}", resources | added, None)


def more_policies(
    stage: ServedStage, documents: Sequence[Mapping[str, Json]], here: range
) -> dict[str, Json]:
    """Return the template of further policies of the execution role."""
    found = _of_execution(stage.name, documents, here)
    return forms.template(f"What petc's execution role may do for {stage.name}, continued", found, None)


def _of_execution(name: str, documents: Sequence[Mapping[str, Json]], here: range) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for number, document in enumerate(documents, 1):
        if number - 1 not in here:
            continue
        made = forms.managed(
            f"petc-{name}-{number}", f"what the layers of {name} need, part {number} of {len(documents)}", {}
        )
        _properties(made)["PolicyDocument"] = forms.substituted(dict(document))
        _properties(made)["Roles"] = [EXECUTION]
        found[f"Policy{number}"] = made
    return found


def _properties(resource: dict[str, Json]) -> dict[str, Json]:
    found = resource["Properties"]
    assert isinstance(found, dict)
    return found


def gateway() -> dict[str, Json]:
    """Return the template of API Gateway's settings, of which an account has one in each region.

    They stay when the stack goes: without them every API of the account loses its logs. API Gateway
    Developer Guide, "Set up CloudWatch logging for REST APIs in API Gateway". The role's name holds the
    region, because role names are global in an account.
    """
    resources: dict[str, Json] = {
        # In an account that never had a resource of API Gateway the settings cannot be made; CloudFormation Template
        # Reference, "AWS::ApiGateway::Account". A key that is not enabled opens nothing.
        "First": {
            "Type": "AWS::ApiGateway::ApiKey",
            "Properties": {"Description": "made before the settings of the account", "Enabled": False},
        },
        "Logs": {
            "Type": "AWS::IAM::Role",
            **forms.KEPT,
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
            **forms.KEPT,
            "DependsOn": ["First"],
            "Properties": {"CloudWatchRoleArn": {"Fn::GetAtt": ["Logs", "Arn"]}},
        },
    }
    return forms.template("Lets API Gateway write logs in this account and region", resources, None)


def _boundary(named: Sequence[str]) -> list[Json]:
    """Return the most that the execution role can do; `named` are the boundaries that specs name for their roles."""
    boundaries: list[Json] = [
        _sub(f"iam::${{AWS::AccountId}}:policy/{name}") for name in (naming.workload_boundary("*"), *named)
    ]
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
                "iam:PutRolePermissionsBoundary",
                "iam:UpdateAssumeRolePolicy",
                "iam:UpdateRoleDescription",
                "iam:GetServiceLinkedRoleDeletionStatus",
            ],
            "Resource": "*",
        },
        # What gives a role permissions; a missing key does not match, so a role without boundary is denied too.
        {
            "Sid": "BoundedRolesOnly",
            "Effect": "Deny",
            "Action": [
                "iam:AttachRolePolicy",
                "iam:CreateRole",
                "iam:PutRolePermissionsBoundary",
                "iam:PutRolePolicy",
            ],
            "Resource": "*",
            "Condition": {"StringNotLike": {"iam:PermissionsBoundary": boundaries}},
        },
        {
            "Sid": "BoundariesStay",
            "Effect": "Deny",
            "Action": "iam:DeleteRolePermissionsBoundary",
            "Resource": "*",
        },
        {
            "Sid": "NotItself",
            "Effect": "Deny",
            "Action": ["iam:*", "cloudformation:*"],
            "Resource": [
                _sub("iam::${AWS::AccountId}:role/petc-*"),
                _sub("iam::${AWS::AccountId}:policy/petc-*"),
                _sub("cloudformation:*:${AWS::AccountId}:stack/petc-bootstrap-*"),
            ],
        },
        {
            "Sid": "NotItsArtifacts",
            "Effect": "Deny",
            "Action": ["s3:Delete*", "s3:Put*"],
            "Resource": [_sub("s3:::petc-artifacts-*")],
        },
    ]


def _sub(rest: str) -> Json:
    return {"Fn::Sub": f"arn:${{AWS::Partition}}:{rest}"}
