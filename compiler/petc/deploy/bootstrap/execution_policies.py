"""The managed policies of `petc-execution` for one stage: what its layers need, and as many as the size takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from petc.deploy.bootstrap import permissions, resource_scoping, scoped_actions, tag_conditions
from petc.deploy.bootstrap.policy_packing import MANAGED_POLICY, Group, packed, size
from petc.deploy.bootstrap.tag_conditions import Tags
from petc.resources.actions import limited_to
from petc.source.tree import Json
from petc.verify.rendered import View, resources

__all__ = [
    "MANAGED_POLICY",
    "POLICIES_OF_A_ROLE",
    "PolicyStage",
    "documents",
    "on_everything",
    "reasons",
    "size",
]

POLICIES_OF_A_ROLE = 10
"""Managed policies of a role, unless raised to 20; IAM User Guide, "IAM and AWS STS quotas"."""

_GLOBAL = frozenset({"iam", "route53", "cloudfront", "s3", "wafv2"})
"""Services of which calls go to another region than the stack's, or to none.

A web ACL for CloudFront lives in us-east-1; AWS WAF Developer Guide, "AWS WAF".
"""

_SCOPED = frozenset({"iam", "kms", "route53", "secretsmanager"})
"""Services that `scoped_actions` decides about."""

_READING = ("Describe", "List", "Get")


@dataclass(frozen=True, slots=True)
class PolicyStage:
    """What the policies depend on.

    `view` are the stage's templates, `name` is `<spec>-<stage>`, `tags` are those of its resources, `root` the
    path of its parameters, `organizer` what the names of stacks begin with before it, `boundary` the name of
    the policy that roles of the layers carry, `packages` the patterns of the objects with function packages.
    """

    view: View
    name: str
    tags: Tags
    root: str
    regions: tuple[str, ...]
    organizer: str
    boundary: str
    packages: tuple[str, ...]


def documents(stage: PolicyStage) -> tuple[Mapping[str, Json], ...]:
    """Return the policy documents, each small enough for a managed policy in every partition.

    Strings hold `${AWS::Partition}` and `${AWS::AccountId}`, for `Fn::Sub`.
    """
    return packed(_groups(stage))


def reasons(stage: PolicyStage) -> Mapping[str, str]:
    """Return by service why actions of it are allowed on every resource of the account."""
    services = {action.partition(":")[0] for action in on_everything(stage)}
    listed = "what lists or describes names no resource"
    found = {service: resource_scoping.UNNAMED.get(service, listed) for service in sorted(services)}
    if resource_scoping.cut(stage.name, stage.organizer):
        found["names"] = (
            f"{stage.name} is cut in physical names, so patterns fit longer names too; tags decide"
        )
    return MappingProxyType(found)


def on_everything(stage: PolicyStage) -> tuple[str, ...]:
    """Return the actions that are allowed on `*`."""
    return tuple(action for group in _groups(stage) if group.resources == ("*",) for action in group.actions)


def _groups(stage: PolicyStage) -> tuple[Group, ...]:
    types = [item.type for item in resources(stage.view)]
    actions = permissions.needed(types, stage.regions[0], permissions.unasked(stage.view))
    in_regions: Mapping[str, Json] = {"StringEquals": {"aws:RequestedRegion": list(stage.regions)}}
    unnamed: list[str] = []
    anywhere: list[str] = []
    tagged: list[str] = []
    paths: list[str] = []
    named: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for action in actions:
        service, _, verb = action.partition(":")
        if service in _SCOPED or action in scoped_actions.EVENT_SOURCE_ACTIONS:
            continue
        limits = resource_scoping.resources(action, stage.name, stage.root, stage.organizer)
        if limits != ("*",):
            named.setdefault((service, limits), []).append(action)
        elif service == "apigateway":
            paths.append(action)
        elif (
            action not in resource_scoping.WITHOUT_RESOURCE
            and limited_to(action)
            and not verb.startswith(_READING)
        ):
            tagged.append(action)
        else:
            (anywhere if service in _GLOBAL else unnamed).append(action)
    roles = resource_scoping.resources("iam:CreateRole", stage.name, stage.root, stage.organizer)
    functions = resource_scoping.resources("lambda:InvokeFunction", stage.name, stage.root, stage.organizer)
    own_paths = resource_scoping.paths(types)
    found = (
        *_of_stacks(stage),
        *(
            Group(f"{_title(service)}{number}", tuple(some), limits)
            for number, ((service, limits), some) in enumerate(named.items())
        ),
        *scoped_actions.on_roles(stage.view, actions, roles, stage.boundary, stage.tags),
        *scoped_actions.on_keys(actions, stage.name, stage.tags, in_regions),
        *scoped_actions.on_secrets(stage.view, actions, stage.tags, in_regions),
        *scoped_actions.on_zones(stage.view, actions),
        *scoped_actions.on_event_sources(stage.view, actions, functions, stage.tags, in_regions),
        *tag_conditions.groups(stage.view, stage.tags, tagged, in_regions),
        Group(
            "Gateways", tuple(paths), own_paths, tag_conditions.together(stage.tags.not_of_others, in_regions)
        ),
        Group("InRegions", tuple(unnamed), ("*",), in_regions),
        Group("Anywhere", tuple(anywhere), ("*",)),
    )
    return tuple(group for group in found if group.actions and group.resources)


def _title(service: str) -> str:
    """Return `application-autoscaling` as `ApplicationAutoscaling`, the beginning of a Sid."""
    return "".join(part.capitalize() for part in service.split("-"))


def _of_stacks(stage: PolicyStage) -> Iterable[Group]:
    """Yield what CloudFormation does in a target account in the role's name, and where packages lie.

    Stack sets act on stacks by the execution role; AWS CloudFormation User Guide, "Grant self-managed
    permissions", names `cloudformation:*` on every resource as the minimum. Here it is limited to the
    stacks of the stage's sets; what works on templates, on the types, or on a detection of drift by its id alone
    knows no resource (User Guide, "Detect drift", permissions).
    """
    stacks = "arn:${AWS::Partition}:cloudformation:*:${AWS::AccountId}:stack/" + stage.organizer + stage.name
    yield Group("Stacks", ("cloudformation:*",), (f"{stacks}-*",))
    about = (
        "cloudformation:BatchDescribeTypeConfigurations",
        "cloudformation:DescribeStackDriftDetectionStatus",
        "cloudformation:GetTemplateSummary",
        "cloudformation:ListStacks",
        "cloudformation:ValidateTemplate",
    )
    yield Group("Templates", about, ("*",))
    if stage.packages:
        yield Group("Packages", ("s3:GetObject",), stage.packages)
