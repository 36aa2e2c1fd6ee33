"""What petc itself calls: the statements of the people and workflows that plan and deploy."""

from __future__ import annotations

from collections.abc import Sequence

from petc.deploy.operate import narrowing
from petc.source.tree import Json

_SETS: Json = {
    "Fn::Sub": "arn:${AWS::Partition}:cloudformation:*:${AWS::AccountId}:stackset/*",
}
_SET_TARGETS: Json = {
    "Fn::Sub": "arn:${AWS::Partition}:cloudformation:*:${AWS::AccountId}:stackset-target/*",
}
_STACKS: Json = {"Fn::Sub": "arn:${AWS::Partition}:cloudformation:*:${AWS::AccountId}:stack/*"}
_BUCKETS: Json = {"Fn::Sub": "arn:${AWS::Partition}:s3:::petc-artifacts-*"}
_OBJECTS: Json = {"Fn::Sub": "arn:${AWS::Partition}:s3:::petc-artifacts-*/*"}

_READ = (
    "cloudformation:BatchDescribeTypeConfigurations",
    "cloudformation:DescribeChangeSet",
    "cloudformation:DescribeEvents",
    "cloudformation:DescribeStackDriftDetectionStatus",
    "cloudformation:DescribeStackEvents",
    "cloudformation:DescribeStackInstance",
    "cloudformation:DescribeStackResourceDrifts",
    "cloudformation:DescribeStackResources",
    "cloudformation:DescribeStackSet",
    "cloudformation:DescribeStackSetOperation",
    "cloudformation:DescribeStacks",
    "cloudformation:DetectStackDrift",
    "cloudformation:DetectStackResourceDrift",
    "cloudformation:GetTemplate",
    "cloudformation:GetTemplateSummary",
    "cloudformation:ListExports",
    "cloudformation:ListImports",
    "cloudformation:ListStackInstanceResourceDrifts",
    "cloudformation:ListStackInstances",
    "cloudformation:ListStackResources",
    "cloudformation:ListStackSetOperationResults",
    "cloudformation:ListStackSetOperations",
    "cloudformation:ListStackSets",
    "cloudformation:ListStacks",
)
"""What reading stacks and stack sets takes. Detecting drift changes nothing, although its name says no `Get`."""

_WATCH = (
    "ecr:DescribeImages",
    "ecr:DescribeRepositories",
    "ecs:DescribeServices",
    "ecs:DescribeTasks",
    "ecs:ListTasks",
    "logs:DescribeLogGroups",
    "rds:DescribeDBClusterSnapshots",
    "rds:DescribeDBClusters",
    "rds:DescribeDBInstances",
    "rds:DescribeDBSnapshots",
    "elasticloadbalancing:DescribeLoadBalancerAttributes",
    "s3:ListBucket",
)
"""What stands behind a stack: images, stopped tasks, protection of databases, what a deletion leaves."""


def in_targets() -> Sequence[Json]:
    """Return what petc may read in a target account.

    Drift detection reads the resources in the caller's name; AWS CloudFormation User Guide, "Detect drift on
    an entire CloudFormation stack". Of stack sets it goes by the execution role, so the reader needs no more.
    """
    return [_allow("Stacks", _READ, ["*"]), _allow("Behind", _WATCH, ["*"])]


def for_stage(name: str, root: str, organizer: str, buckets: Sequence[str], *, site: bool) -> list[Json]:
    """Return what the reader role may do for one stage beyond reading, as narrow as the names of its stacks.

    Change sets are made to compare a plan with, and deleted; none is executed. With a `site` its files are
    written. `name` is `<spec>-<stage>`; `organizer` is what the names of stacks begin with before it.
    """
    stacks: Json = {
        "Fn::Sub": f"arn:${{AWS::Partition}}:cloudformation:*:${{AWS::AccountId}}:stack/{organizer}{name}-*"
    }
    templates: list[Json] = [
        {"Fn::Sub": f"arn:${{AWS::Partition}}:s3:::{bucket}/templates/*"} for bucket in buckets
    ]
    made = [
        _allow("Compare", ("cloudformation:CreateChangeSet", "cloudformation:DeleteChangeSet"), [stacks]),
        _allow("Templates", ("s3:GetObject",), templates),
    ]
    if site:
        patterns = dict.fromkeys(
            pattern
            for action in ("s3:ListBucket", "s3:PutObject")
            for pattern in narrowing.resources(action, name, root, organizer)
        )
        files = ("s3:DeleteObject", "s3:GetObject", "s3:ListBucket", "s3:PutObject")
        made += [
            _allow("Site", files, [{"Fn::Sub": pattern} for pattern in patterns]),
            _allow("Cache", ("cloudfront:CreateInvalidation", "cloudfront:GetInvalidation"), ["*"]),
        ]
    return made


def reading(roles: Sequence[Json]) -> list[Json]:
    """Return what planning needs in the administrator account; `roles` are statements to take the readers."""
    return [
        _allow(
            "Stacks",
            (*_READ, "cloudformation:DetectStackSetDrift", "cloudformation:DescribeOrganizationsAccess"),
            ["*"],
        ),
        _allow("Behind", _WATCH, ["*"]),
        _allow(
            "Accounts",
            (
                "organizations:DescribeOrganization",
                "organizations:ListAccountsForParent",
                "organizations:ListOrganizationalUnitsForParent",
            ),
            ["*"],
        ),
        _allow("Artifacts", ("s3:GetObject", "s3:ListBucket"), [_BUCKETS, _OBJECTS]),
        *roles,
    ]


def changing(administration: str) -> list[Json]:
    """Return what deploying needs beyond planning; `administration` is the role that stack sets are given."""
    return [
        # Takes no resource, so that a statement with one grants nothing; Service Authorization Reference,
        # "AWS CloudFormation".
        _allow("NewStackSets", ("cloudformation:CreateStackSet",), ["*"]),
        _allow(
            "StackSets",
            (
                "cloudformation:CreateStackInstances",
                "cloudformation:DeleteStackInstances",
                "cloudformation:DeleteStackSet",
                "cloudformation:ImportStacksToStackSet",
                "cloudformation:StopStackSetOperation",
                "cloudformation:TagResource",
                "cloudformation:UntagResource",
                "cloudformation:UpdateStackInstances",
                "cloudformation:UpdateStackSet",
            ),
            [_SETS, _SET_TARGETS, {"Fn::Sub": "arn:${AWS::Partition}:cloudformation:*::type/resource/*"}],
        ),
        _allow(
            "Stacks",
            (
                "cloudformation:CancelUpdateStack",
                "cloudformation:ContinueUpdateRollback",
                "cloudformation:CreateChangeSet",
                "cloudformation:CreateStack",
                "cloudformation:DeleteChangeSet",
                "cloudformation:DeleteStack",
                "cloudformation:ExecuteChangeSet",
                "cloudformation:UpdateStack",
                "cloudformation:UpdateTerminationProtection",
            ),
            [_STACKS],
        ),
        _allow("Artifacts", ("s3:GetObject", "s3:PutObject", "s3:ListBucket"), [_BUCKETS, _OBJECTS]),
        {
            "Sid": "HandOver",
            "Effect": "Allow",
            "Action": "iam:PassRole",
            "Resource": {
                "Fn::Sub": f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:role/{administration}"
            },
            "Condition": {"StringEquals": {"iam:PassedToService": "cloudformation.amazonaws.com"}},
        },
        _allow(
            "Sites",
            (
                "s3:DeleteObject",
                "s3:DeleteObjectVersion",
                "s3:GetObject",
                "s3:ListBucket",
                "s3:ListBucketVersions",
                "s3:PutObject",
            ),
            [{"Fn::Sub": "arn:${AWS::Partition}:s3:::*"}],
            {"StringEquals": {"aws:ResourceAccount": {"Ref": "AWS::AccountId"}}},
        ),
        _allow("Caches", ("cloudfront:CreateInvalidation", "cloudfront:GetInvalidation"), ["*"]),
    ]


def _allow(sid: str, actions: Sequence[str], resources: Sequence[Json], condition: Json = None) -> Json:
    statement: dict[str, Json] = {
        "Sid": sid,
        "Effect": "Allow",
        "Action": list(actions),
        "Resource": list(resources),
    }
    return statement | ({"Condition": condition} if condition else {})
