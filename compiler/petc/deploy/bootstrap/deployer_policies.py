"""What petc itself calls: the statements of the people and workflows that plan and deploy.

Reading and writing are apart. `petc-planner` reads in the administrator account and takes `petc-reader` in the
targets, which reads. Whoever deploys a stage has its statements in the administrator account, and takes the
stage's writer in the targets.
"""

from __future__ import annotations

from collections.abc import Sequence

from petc import naming
from petc.deploy.bootstrap import resource_scoping
from petc.deploy.bootstrap.consumers import SELF_MANAGED, SERVICE_MANAGED, STACKS, ServedStage
from petc.deploy.bootstrap.names import ADMINISTRATION, EXECUTION
from petc.deploy.preflight import table
from petc.source.tree import Json
from petc.verify.rendered import mapping

_HEAD = "arn:${AWS::Partition}:"
_HERE = "${AWS::AccountId}"
_BUCKETS = f"petc-artifacts-{_HERE}-*"

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
    "s3:ListBucketVersions",
)
"""What stands behind a stack: images, stopped tasks, protection of databases, what a deletion leaves."""


ANY_ACCOUNT = "?" * 12
"""The pattern of an account's number, which fits the id of no organizational unit."""


def in_targets() -> list[Json]:
    """Return what petc may read in a target account.

    Drift detection reads the resources in the caller's name; AWS CloudFormation User Guide, "Detect drift on
    an entire CloudFormation stack". Of stack sets it goes by the execution role, so the reader needs no more.
    """
    return [_allow("Stacks", _READ, ["*"]), *_behind()]


def reading(roles: Sequence[Json]) -> list[Json]:
    """Return what planning needs in the administrator account; `roles` are statements to take the readers.

    AWS asks for ListDelegatedAdministrators of whoever calls as a delegated administrator, and says otherwise that
    the account is none (github.com/hashicorp/terraform-provider-aws, issue 32536).
    """
    return [
        _allow(
            "Stacks",
            (*_READ, "cloudformation:DetectStackSetDrift", "cloudformation:DescribeOrganizationsAccess"),
            ["*"],
        ),
        *_behind(),
        _allow(
            "Accounts",
            (
                "organizations:DescribeOrganization",
                "organizations:ListAccountsForParent",
                "organizations:ListDelegatedAdministrators",
                "organizations:ListOrganizationalUnitsForParent",
            ),
            ["*"],
        ),
        _allow("Artifacts", ("s3:GetObject", "s3:ListBucket"), [_bucket(_BUCKETS), _bucket(f"{_BUCKETS}/*")]),
        *roles,
    ]


def writing(stage: ServedStage) -> list[Json]:
    """Return what petc may write in a target account for one stage, on the names of the stage only.

    Change sets are made to compare a plan with, and deleted; none is executed. With a site its files are written.
    Plain stacks are made, changed and deleted, with `petc-execution` and no other role.
    """
    stacks = _stack(f"{stage.organizer}{stage.name}-*")
    templates = _objects([stage], "templates/*")
    made = [
        _allow("Compare", ("cloudformation:CreateChangeSet", "cloudformation:DeleteChangeSet"), [stacks]),
        # Read by its own ARN, which names no stack.
        _allow("ReadChangeSets", ("cloudformation:DescribeChangeSet",), ["*"]),
        _allow("Templates", ("s3:GetObject", "s3:GetObjectVersion"), templates),
    ]
    if stage.way == STACKS:
        made += _plain_stacks(stacks)
    if stage.has_site:
        files = ("s3:DeleteObject", "s3:GetObject", "s3:ListBucket", "s3:PutObject")
        site = [_bucket(name) for name in _site_buckets(stage)]
        made += [
            _allow("Site", files, site),
            # CloudFront chooses the id of a distribution; its tags say whose it is.
            _allow(
                "Cache",
                ("cloudfront:CreateInvalidation", "cloudfront:GetInvalidation"),
                [_sub(f"{_HEAD}cloudfront::{_HERE}:distribution/*")],
                _tagged(stage),
            ),
        ]
    return made


def changing(stages: Sequence[ServedStage], writers: Sequence[Json]) -> list[Json]:
    """Return what deploying these stages needs in the administrator account beyond planning.

    Where the account is a target itself, petc writes there without taking a role. `writers` are the ARNs of the
    roles by which it writes elsewhere.
    """
    sets = [stage for stage in stages if stage.way != STACKS]
    found: list[Json] = []
    if sets:
        found += [
            # Takes no resource, so that a statement with one grants nothing; Service Authorization Reference,
            # "AWS CloudFormation". A set without instances changes nothing, and those are limited below.
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
                [*_sets(sets), _sub(f"{_HEAD}cloudformation:*::type/resource/*")],
            ),
        ]
    if any(stage.way == SELF_MANAGED for stage in stages):
        found.append(_pass("HandOver", ADMINISTRATION))
    own = [stage for stage in sets if stage.in_administrator]
    if own:
        recovering = ("cloudformation:ContinueUpdateRollback", "cloudformation:DeleteStack")
        found.append(_allow("Recover", recovering, [_stack(f"StackSet-{stage.name}-*") for stage in own]))
    named = sorted({bucket for stage in stages for bucket in stage.buckets})
    if named:
        found += [
            _allow("Bucket", ("s3:ListBucket",), [_bucket(name) for name in named]),
            _allow(
                "Artifacts", ("s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"), _objects(stages, "*")
            ),
            _allow("Locks", ("s3:DeleteObject",), _objects(stages, "lock.json")),
        ]
    for number, stage in enumerate(item for item in stages if item.in_administrator):
        for one in writing(stage):
            found.append({**mapping(one), "Sid": f"{mapping(one)['Sid']}{number or ''}"})
    if writers:
        found.append(_allow("TakeWriter", ("sts:AssumeRole",), writers))
    bootstrapped = [_stack("petc-bootstrap-*"), _sub(f"{_HEAD}cloudformation:*:*:stackset/petc-bootstrap-*")]
    found.append(
        {"Sid": "NotBootstrap", "Effect": "Deny", "Action": _CHANGES, "Resource": bootstrapped},
    )
    return found


_CHANGES: Json = [
    "cloudformation:Cancel*",
    "cloudformation:Continue*",
    "cloudformation:Create*",
    "cloudformation:Delete*",
    "cloudformation:Execute*",
    "cloudformation:Import*",
    "cloudformation:Set*",
    "cloudformation:Update*",
]


def emptying(stages: Sequence[ServedStage]) -> list[Json]:
    """Return what `petc destroy --empty-buckets` needs in the administrator account, for people alone."""
    names = [
        name
        for stage in stages
        if stage.in_administrator
        for action in ("s3:ListBucket", "s3:PutObject")
        for name in _names(action, stage)
    ]
    if not names:
        return []
    actions = ("s3:DeleteObject", "s3:DeleteObjectVersion", "s3:ListBucket", "s3:ListBucketVersions")
    return [_allow("EmptyBuckets", actions, [_bucket(name) for name in dict.fromkeys(names)])]


def _plain_stacks(stacks: Json) -> list[Json]:
    """Return the statements for the engine of plain stacks.

    A stack keeps the role that it was given, and whoever may change the stack uses it (API reference, UpdateStack,
    RoleARN); so only stacks of the stage's names, and only this role can be handed over.
    """
    return [
        _allow(
            "PlainStacks",
            (
                "cloudformation:CancelUpdateStack",
                "cloudformation:ContinueUpdateRollback",
                "cloudformation:CreateStack",
                "cloudformation:DeleteStack",
                "cloudformation:TagResource",
                "cloudformation:UpdateStack",
                "cloudformation:UpdateTerminationProtection",
            ),
            [stacks],
        ),
        _pass("HandOverExecution", EXECUTION),
    ]


def _behind() -> list[Json]:
    """Return what is read behind stacks, and by the look-ups of the preflight (`petc.deploy.preflight.table`)."""
    known = {*_READ, *_WATCH}
    look_ups = tuple(action for action in table.actions() if action not in known)
    return [_allow("Behind", _WATCH, ["*"]), _allow("LookUps", look_ups, ["*"])]


def _sets(stages: Sequence[ServedStage]) -> list[Json]:
    """Return the stack sets of stages, and the accounts and units that they may reach.

    Sets of a delegated administrator lie in the management account. The second form is the one of AWS
    CloudFormation User Guide, "Control CloudFormation access with IAM", for a stack set's targets. A call on
    accounts of a unit names the unit, which is limited; whether its accounts are asked for too is assumed.
    """
    found: list[Json] = []
    for stage in stages:
        account = "*" if stage.is_delegated else _HERE
        found.append(_sub(f"{_HEAD}cloudformation:*:{account}:stackset/{stage.name}-*"))
        found += [
            _sub(f"{_HEAD}cloudformation:*:{account}:stackset-target/{stage.name}-*/{place}")
            for place in (*stage.places, *((ANY_ACCOUNT,) if stage.way == SERVICE_MANAGED else ()))
        ]
    return found


def _site_buckets(stage: ServedStage) -> list[str]:
    """Return the patterns of the site's bucket and its objects; layer frontend calls it `Site`."""
    buckets = [f"{name}site-*" for name in _names("s3:ListBucket", stage)]
    return [*buckets, *(f"{name}/*" for name in buckets)]


def _names(action: str, stage: ServedStage) -> list[str]:
    found = resource_scoping.resources(action, stage.name, "", stage.organizer)
    return [pattern.removeprefix(f"{_HEAD}s3:::") for pattern in found]


def _objects(stages: Sequence[ServedStage], keys: str) -> list[Json]:
    """Return objects of stages in their artifact buckets; a `*` in a bucket's name would also match a key."""
    return [
        _bucket(f"{bucket}/{naming.artifact_key(stage.spec, stage.stage, keys)}")
        for stage in stages
        for bucket in stage.buckets
    ]


def _bucket(name: str) -> Json:
    return _sub(f"{_HEAD}s3:::{name}")


def _stack(name: str) -> Json:
    return _sub(f"{_HEAD}cloudformation:*:{_HERE}:stack/{name}")


def _sub(text: str) -> Json:
    return {"Fn::Sub": text}


def _tagged(stage: ServedStage) -> Json:
    return {"StringEquals": {"aws:ResourceTag/project": stage.spec, "aws:ResourceTag/stage": stage.stage}}


def _pass(sid: str, role: str) -> Json:
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Action": "iam:PassRole",
        "Resource": _sub(f"{_HEAD}iam::{_HERE}:role/{role}"),
        "Condition": {"StringEquals": {"iam:PassedToService": "cloudformation.amazonaws.com"}},
    }


def _allow(sid: str, actions: Sequence[str], resources: Sequence[Json], condition: Json = None) -> Json:
    statement: dict[str, Json] = {
        "Sid": sid,
        "Effect": "Allow",
        "Action": list(actions),
        "Resource": list(resources),
    }
    return statement | ({"Condition": condition} if condition else {})
