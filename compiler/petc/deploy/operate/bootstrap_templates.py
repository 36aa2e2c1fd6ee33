"""The CloudFormation templates of `petc bootstrap`, as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from petc.deploy.operate import deployer_policies, shared
from petc.deploy.operate.shared import Served
from petc.source.tree import Json

ADMINISTRATION = "petc-administration"
"""The role by which CloudFormation reaches the target accounts of self-managed stack sets."""

EXECUTION = "petc-execution"
"""The role by which CloudFormation makes the layers in a target account."""

READER = "petc-reader"
"""The role by which petc reads in a target account; `petc.deploy.aws.connection` assumes it."""

BOUNDARY = "petc-boundary"
"""The policy that caps the execution role, whatever policies are attached to it."""

GATEWAY_LOGS = "petc-gateway-logs"
"""The role by which API Gateway writes logs, one for an account."""

DEPLOYER = "petc-deployer"
"""The policy of whoever runs `petc deploy`."""

PLANNER = "petc-planner"
"""The policy of whoever runs `petc plan`, `status`, `events` and `drift`."""

_LISTED = 60
"""Accounts that a policy names one by one; more make it longer than IAM takes, so it names the organization."""

_TEMPLATE_DAYS = 90
_OLD_VERSION_DAYS = 30

_DEPLOYING_SECONDS = 4 * 3600

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


def administrator(served: Served, *, with_provider: bool = True) -> dict[str, Json]:
    """Return the template of the administrator account: its role, the policies of people, roles of workflows.

    `with_provider` makes the account's OpenID provider of GitHub, of which an account has one.
    """
    resources: dict[str, Json] = {
        "Planner": _managed(
            PLANNER,
            "what petc reads in the administrator account",
            deployer_policies.reading([_assume(READER, served)]),
        ),
        "Deployer": _managed(
            DEPLOYER,
            "what petc deploy changes in the administrator account",
            deployer_policies.changing(ADMINISTRATION),
        ),
    }
    if shared.SELF_MANAGED in served.ways:
        resources["Administration"] = _role(
            ADMINISTRATION,
            "lets stack sets of this account take the execution role in the target accounts",
            _trust(_service("cloudformation"), _only_stack_sets()),
            {"AssumeExecution": [_assume(EXECUTION, served)]},
        )
    if served.repositories:
        resources |= _workflows(served.repositories, with_provider=with_provider)
    return _template("Roles and policies of the account that petc deploys from", resources, served)


def bucket(name: str, served: Served) -> dict[str, Json]:
    """Return the template of an artifact bucket, which holds templates and function packages of one region.

    Templates are read when a stack set is updated and never again, so old ones go; packages stay, because a
    rollback reads the one before.
    """
    arn: Json = {"Fn::Sub": f"arn:${{AWS::Partition}}:s3:::{name}"}
    objects: Json = {"Fn::Sub": f"arn:${{AWS::Partition}}:s3:::{name}/*"}
    readers: list[Json] = [
        {"Fn::Sub": f"arn:${{AWS::Partition}}:iam::*:role/{EXECUTION}"},
        {"Fn::Sub": f"arn:${{AWS::Partition}}:iam::*:role/{READER}"},
        {"Fn::Sub": "arn:${AWS::Partition}:iam::*:role/stacksets-exec-*"},
    ]
    made: dict[str, Json] = {
        "Type": "AWS::S3::Bucket",
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": {
            "BucketName": name,
            "BucketEncryption": {
                "ServerSideEncryptionConfiguration": [
                    {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
                ]
            },
            "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
            "PublicAccessBlockConfiguration": {
                "BlockPublicAcls": True,
                "BlockPublicPolicy": True,
                "IgnorePublicAcls": True,
                "RestrictPublicBuckets": True,
            },
            "VersioningConfiguration": {"Status": "Enabled"},
            "LifecycleConfiguration": {
                "Rules": [
                    {
                        "Id": "old-templates",
                        "Status": "Enabled",
                        "Prefix": "templates/",
                        "ExpirationInDays": _TEMPLATE_DAYS,
                    },
                    {
                        "Id": "leftovers",
                        "Status": "Enabled",
                        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
                        "NoncurrentVersionExpiration": {"NoncurrentDays": _OLD_VERSION_DAYS},
                    },
                ]
            },
        },
    }
    statements: list[Json] = [
        {
            "Sid": "TlsOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [arn, objects],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    ]
    # A member of the organization is any account, so the condition is what admits; it names the roles too.
    roles: Json = {"aws:PrincipalArn": readers}
    if served.organization:
        statements.append(
            {
                "Sid": "OrganizationReads",
                "Effect": "Allow",
                "Principal": "*",
                "Action": "s3:GetObject",
                "Resource": [objects],
                "Condition": {
                    "StringEquals": {"aws:PrincipalOrgID": served.organization},
                    "ArnLike": roles,
                },
            }
        )
    if served.accounts:
        statements.append(
            {
                "Sid": "TargetsRead",
                "Effect": "Allow",
                "Principal": {"AWS": [_root(account) for account in served.accounts]},
                "Action": "s3:GetObject",
                "Resource": [objects],
                "Condition": {"ArnLike": roles},
            }
        )
    policy: dict[str, Json] = {
        "Type": "AWS::S3::BucketPolicy",
        "Properties": {
            "Bucket": {"Ref": "Artifacts"},
            "PolicyDocument": {"Version": "2012-10-17", "Statement": statements},
        },
    }
    resources: dict[str, Json] = {"Artifacts": made, "ArtifactsPolicy": policy}
    return _template("The bucket of templates and function packages that petc deploys", resources, served)


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
                "Principal": {"AWS": _role_arn(administrator_account, ADMINISTRATION)},
                "Action": "sts:AssumeRole",
            }
        )
    if shared.STACKS in served.ways:
        trusted.append(
            {
                "Effect": "Allow",
                "Principal": _service("cloudformation"),
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
            }
        )
    resources: dict[str, Json] = {
        "Reader": _role(
            READER,
            "lets petc read what it deployed: stacks, events, templates, images, tasks",
            _trust({"AWS": _root(administrator_account)}, {}),
            {"Read": deployer_policies.in_targets()},
        )
    }
    if trusted:
        resources |= {
            "Boundary": _managed(
                BOUNDARY, "caps what petc-execution can do, whatever is attached to it", _boundary()
            ),
            "Execution": _role(
                EXECUTION,
                "makes the layers of stages in this account; its permissions come with each stage",
                {"Version": "2012-10-17", "Statement": trusted},
                {},
                boundary={"Ref": "Boundary"},
            ),
        }
    return _template("Roles by which petc deploys to this account and reads in it", resources, served)


def policies(
    documents: Sequence[Mapping[str, Json]], reader: Sequence[Json], name: str, reasons: Mapping[str, str]
) -> dict[str, Json]:
    """Return the template of what one stage, `<spec>-<stage>`, adds to the execution role and to the reader."""
    beyond = _managed(f"petc-{name}-reader", f"what petc does for {name} beyond reading", reader)
    added = beyond["Properties"]
    assert isinstance(added, dict)
    added["Roles"] = [READER]
    resources: dict[str, Json] = {"Reader": beyond}
    for number, document in enumerate(documents, 1):
        made = _managed(
            f"petc-{name}-{number}", f"what the layers of {name} need, part {number} of {len(documents)}", {}
        )
        properties = made["Properties"]
        assert isinstance(properties, dict)
        properties["PolicyDocument"] = _substituted(dict(document))
        properties["Roles"] = [EXECUTION]
        made["Metadata"] = {"petc": {"reasons": dict(reasons)}}
        resources[f"Policy{number}"] = made
    return _template(f"What petc-execution and petc-reader may do for {name}", resources, None)


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
                "AssumeRolePolicyDocument": _trust(_service("apigateway"), {}),
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
    return _template("Lets API Gateway write logs in this account and region", resources, None)


def _workflows(repositories: Sequence[str], *, with_provider: bool) -> dict[str, Json]:
    """Return the roles of GitHub's workflows: `petc-github` deploys, `petc-github-plan` only reads.

    A deployment runs in an environment of the repository, which asks for approval and names the branches;
    plans run on pull requests. A first deployment may take hours, so its session may too.
    GitHub Docs, "Configuring OpenID Connect in Amazon Web Services".
    """
    host = "token.actions.githubusercontent.com"
    made: dict[str, Json] = {}
    if with_provider:
        made["GitHub"] = {
            "Type": "AWS::IAM::OIDCProvider",
            "DeletionPolicy": "Retain",
            "UpdateReplacePolicy": "Retain",
            "Properties": {"Url": f"https://{host}", "ClientIdList": ["sts.amazonaws.com"]},
        }
    provider: Json = {"Fn::Sub": f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:oidc-provider/{host}"}
    for logical_id, name, subjects, managed in (
        ("Deploys", "petc-github", ("environment:*",), ("Planner", "Deployer")),
        ("Plans", "petc-github-plan", ("pull_request",), ("Planner",)),
    ):
        trust: Json = {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Federated": provider},
                    "Action": "sts:AssumeRoleWithWebIdentity",
                    "Condition": {
                        "StringEquals": {f"{host}:aud": "sts.amazonaws.com"},
                        "StringLike": {
                            f"{host}:sub": [
                                f"repo:{repository}:{subject}"
                                for repository in repositories
                                for subject in subjects
                            ]
                        },
                    },
                }
            ],
        }
        role = _role(name, f"for workflows of {', '.join(repositories)}", trust, {})
        properties = role["Properties"]
        assert isinstance(properties, dict)
        properties["ManagedPolicyArns"] = [{"Ref": item} for item in managed]
        if "Deployer" in managed:
            properties["MaxSessionDuration"] = _DEPLOYING_SECONDS
        if with_provider:
            role["DependsOn"] = ["GitHub"]
        made[logical_id] = role
    return made


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


def _only_stack_sets() -> dict[str, Json]:
    """Return the condition that only this account's stack sets use the role.

    AWS CloudFormation User Guide, "Grant self-managed permissions", on the confused deputy.
    """
    return {
        "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
        "StringLike": {
            "aws:SourceArn": {
                "Fn::Sub": "arn:${AWS::Partition}:cloudformation:*:${AWS::AccountId}:stackset/*"
            }
        },
    }


def _assume(role: str, served: Served) -> Json:
    listed = len(served.accounts) <= _LISTED and not served.organization
    roles: list[Json] = (
        [_role_arn(account, role) for account in served.accounts]
        if listed and served.accounts
        else [_role_arn("*", role)]
    )
    statement: dict[str, Json] = {
        "Sid": "TakeRole",
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Resource": roles,
    }
    if served.organization:
        statement["Condition"] = {"StringEquals": {"aws:ResourceOrgID": served.organization}}
    return statement


def _role(
    name: str,
    description: str,
    trust: Json,
    inline: Mapping[str, Sequence[Json]],
    boundary: Json = None,
) -> dict[str, Json]:
    properties: dict[str, Json] = {
        "RoleName": name,
        "Description": description,
        "AssumeRolePolicyDocument": trust,
        "MaxSessionDuration": 3600,
    }
    if boundary:
        properties["PermissionsBoundary"] = boundary
    if inline:
        properties["Policies"] = [
            {"PolicyName": key, "PolicyDocument": {"Version": "2012-10-17", "Statement": list(value)}}
            for key, value in inline.items()
        ]
    return {"Type": "AWS::IAM::Role", "Properties": properties}


def _managed(name: str, description: str, statements: Sequence[Json] | Mapping[str, Json]) -> dict[str, Json]:
    return {
        "Type": "AWS::IAM::ManagedPolicy",
        "Properties": {
            "ManagedPolicyName": name,
            "Description": description,
            "PolicyDocument": {"Version": "2012-10-17", "Statement": list(statements)},
        },
    }


def _trust(principal: Json, condition: Mapping[str, Json]) -> Json:
    statement: dict[str, Json] = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return {
        "Version": "2012-10-17",
        "Statement": [statement | ({"Condition": dict(condition)} if condition else {})],
    }


def _service(name: str) -> Json:
    return {"Service": f"{name}.amazonaws.com"}


def _root(account: str) -> Json:
    return {"Fn::Sub": f"arn:${{AWS::Partition}}:iam::{account}:root"}


def _role_arn(account: str, role: str) -> Json:
    return {"Fn::Sub": f"arn:${{AWS::Partition}}:iam::{account}:role/{role}"}


def _substituted(value: Json) -> Json:
    """Return the value with `Fn::Sub` around each text that holds a pseudo parameter."""
    if isinstance(value, dict):
        return {key: _substituted(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_substituted(item) for item in value]
    if isinstance(value, str) and "${AWS::" in value:
        return {"Fn::Sub": value}
    return value


def _template(description: str, resources: Mapping[str, Json], served: Served | None) -> dict[str, Json]:
    found: dict[str, Json] = {"AWSTemplateFormatVersion": "2010-09-09", "Description": f"{description}."}
    if served is not None:
        found["Metadata"] = dict(shared.noted(served))
    found["Resources"] = dict(resources)
    return found
