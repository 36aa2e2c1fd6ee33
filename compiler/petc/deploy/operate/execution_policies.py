"""The managed policies of `petc-execution` for one stage: what its layers need, and as many as the size takes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from petc.deploy.operate import narrowing, permissions
from petc.source.tree import Json
from petc.verify.rendered import View, mapping, resources, sequence

MANAGED_POLICY = 6144
"""Characters of a managed policy without blanks; IAM User Guide, "IAM and AWS STS quotas"."""

POLICIES_OF_A_ROLE = 10
"""Managed policies of a role, unless raised to 20; IAM User Guide, "IAM and AWS STS quotas"."""

_GLOBAL = frozenset({"iam", "route53", "cloudfront", "s3", "wafv2"})
"""Services of which calls go to another region than the stack's, or to none.

A web ACL for CloudFront lives in us-east-1; AWS WAF Developer Guide, "AWS WAF".
"""

_PASS = "iam:PassRole"
_CREATE_ROLE = ("iam:CreateRole", "iam:PutRolePermissionsBoundary")
_ATTACH = ("iam:AttachRolePolicy", "iam:DetachRolePolicy")


@dataclass(frozen=True, slots=True)
class Stage:
    """What the policies depend on.

    `view` are the stage's templates, `name` is `<spec>-<stage>`, `root` the path of its parameters,
    `organizer` what the names of stacks begin with before it, `boundary` the name of the policy that roles
    of the layers carry, or nothing, `buckets` the artifact buckets.
    """

    view: View
    name: str
    root: str
    regions: tuple[str, ...]
    organizer: str
    boundary: str
    buckets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Group:
    """Actions with the same resources and condition; `name` begins their statements' Sids."""

    name: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    condition: Mapping[str, Json]


def documents(stage: Stage) -> tuple[Mapping[str, Json], ...]:
    """Return the policy documents, each small enough for a managed policy in every partition.

    Strings hold `${AWS::Partition}` and `${AWS::AccountId}`, for `Fn::Sub`.
    """
    packed: list[list[Json]] = [[]]
    for group in _groups(stage):
        for number, action in enumerate(group.actions):
            _add(packed, group, action, first=number == 0)
    return tuple({"Version": "2012-10-17", "Statement": statements} for statements in packed if statements)


def reasons(stage: Stage) -> Mapping[str, str]:
    """Return by service why its actions are allowed on every resource of the account."""
    services = {
        action.partition(":")[0]
        for group in _groups(stage)
        if group.resources == ("*",)
        for action in group.actions
    }
    listed = "what lists or describes names no resource"
    return MappingProxyType({service: narrowing.UNNAMED.get(service, listed) for service in sorted(services)})


def size(document: Mapping[str, Json]) -> int:
    """Return the characters that IAM counts, with the longest partition and account filled in."""
    text = json.dumps(document, separators=(",", ":"))
    return len(text.replace("${AWS::Partition}", "aws-us-gov").replace("${AWS::AccountId}", "1" * 12))


def _add(packed: list[list[Json]], group: _Group, action: str, *, first: bool) -> None:
    """Add an action to the last policy, in the group's statement there; begin a new policy when it is full."""
    last = packed[-1]
    if not first and last:
        actions = mapping(last[-1])["Action"]
        assert isinstance(actions, list)
        actions.append(action)
    else:
        last.append(_statement(group, action))
    if size({"Version": "2012-10-17", "Statement": last}) <= MANAGED_POLICY:
        return
    actions = mapping(last[-1])["Action"]
    assert isinstance(actions, list)
    actions.pop()
    if not actions:
        last.pop()
    packed.append([_statement(group, action)])


def _statement(group: _Group, action: str) -> Json:
    statement: dict[str, Json] = {
        "Sid": group.name,
        "Effect": "Allow",
        "Action": [action],
        "Resource": list(group.resources),
    }
    return statement | ({"Condition": dict(group.condition)} if group.condition else {})


def _groups(stage: Stage) -> tuple[_Group, ...]:
    types = [item.type for item in resources(stage.view)]
    actions = permissions.needed(types, stage.regions[0])
    in_regions: Mapping[str, Json] = {"StringEquals": {"aws:RequestedRegion": list(stage.regions)}}
    unnamed: list[str] = []
    anywhere: list[str] = []
    named: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for action in actions:
        if action == _PASS or action in (*_CREATE_ROLE, *_ATTACH):
            continue
        service = action.partition(":")[0]
        limits = narrowing.resources(action, stage.name, stage.root, stage.organizer)
        if limits == ("*",):
            (anywhere if service in _GLOBAL else unnamed).append(action)
        else:
            named.setdefault((service, limits), []).append(action)
    return (
        *_of_stacks(stage),
        *(
            _Group(f"{narrowing_name(service)}{number}", tuple(found), limits, {})
            for number, ((service, limits), found) in enumerate(named.items())
        ),
        *_of_roles(stage, actions),
        *((_Group("InRegions", tuple(unnamed), ("*",), in_regions),) if unnamed else ()),
        *((_Group("Anywhere", tuple(anywhere), ("*",), {}),) if anywhere else ()),
    )


def narrowing_name(service: str) -> str:
    """Return `application-autoscaling` as `ApplicationAutoscaling`, the beginning of a Sid."""
    return "".join(part.capitalize() for part in service.split("-"))


def _of_stacks(stage: Stage) -> Iterable[_Group]:
    """Yield what CloudFormation does in a target account in the role's name, and where packages lie.

    Stack sets act on stacks by the execution role; AWS CloudFormation User Guide, "Grant self-managed
    permissions", names `cloudformation:*` on every resource as the minimum. Here it is limited to the
    stacks of the stage's sets; what works on templates alone knows no resource.
    """
    stacks = "arn:${AWS::Partition}:cloudformation:*:${AWS::AccountId}:stack/" + stage.organizer + stage.name
    yield _Group("Stacks", ("cloudformation:*",), (f"{stacks}-*",), {})
    about = (
        "cloudformation:GetTemplateSummary",
        "cloudformation:ListStacks",
        "cloudformation:ValidateTemplate",
    )
    yield _Group("Templates", about, ("*",), {})
    packages = tuple(f"arn:${{AWS::Partition}}:s3:::{bucket}/*" for bucket in stage.buckets)
    if packages:
        yield _Group("Packages", ("s3:GetObject",), packages, {})


def _of_roles(stage: Stage, actions: Mapping[str, object]) -> Iterable[_Group]:
    """Yield who may get which role: made with the boundary, passed to the services that trust them, no others."""
    pattern = narrowing.resources("iam:CreateRole", stage.name, stage.root, stage.organizer)
    creating = tuple(action for action in _CREATE_ROLE if action in actions)
    if creating:
        policy = "arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/" + stage.boundary
        bounded: Mapping[str, Json] = {"StringEquals": {"iam:PermissionsBoundary": policy}}
        yield _Group("MakeRoles", creating, pattern, bounded if stage.boundary else {})
    attached = sorted(
        {
            item
            for resource in resources(stage.view)
            for item in sequence(resource.properties.get("ManagedPolicyArns"))
            if isinstance(item, str)
        }
    )
    if attached:
        limited: Mapping[str, Json] = {"ArnEquals": {"iam:PolicyARN": [*attached]}}
        yield _Group("AttachPolicies", _ATTACH, pattern, limited)
    services = sorted(
        {service for resource in resources(stage.view) for service in _trusted(resource.properties)}
    )
    if services:
        passed: Mapping[str, Json] = {"StringEquals": {"iam:PassedToService": [*services]}}
        yield _Group("PassRoles", (_PASS,), pattern, passed)


def _trusted(properties: Mapping[str, Json]) -> Iterable[str]:
    """Yield the services that a role's trust policy names."""
    for statement in sequence(mapping(properties.get("AssumeRolePolicyDocument")).get("Statement")):
        named = mapping(mapping(statement).get("Principal")).get("Service")
        for service in named if isinstance(named, list) else [named]:
            if isinstance(service, str):
                yield service
