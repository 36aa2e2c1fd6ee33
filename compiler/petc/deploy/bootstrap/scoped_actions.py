"""Actions on roles, keys, secrets and zones: what each may touch is told by more than a name or a tag."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from petc.deploy import service_linked_roles
from petc.deploy.bootstrap.policy_packing import Group
from petc.deploy.bootstrap.tag_conditions import Tags, together
from petc.source.tree import Json
from petc.verify.rendered import View, mapping, resources, sequence

_HERE = "${AWS::AccountId}"
_ARN = "arn:${AWS::Partition}"

_BOUNDED = ("iam:AttachRolePolicy", "iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy")
"""What gives a role permissions. IAM tells the boundary of the role, or the one that it gets, for each of them
(Service Authorization Reference, "AWS Identity and Access Management", `iam:PermissionsBoundary`). It does not
for UpdateAssumeRolePolicy: a condition there would deny every change of a trust policy."""

_MANAGED = ("iam:AttachRolePolicy", "iam:DetachRolePolicy")
_LINKED = (
    "iam:CreateServiceLinkedRole",
    "iam:DeleteServiceLinkedRole",
    "iam:GetServiceLinkedRoleDeletionStatus",
)
EVENT_SOURCE = "AWS::Lambda::EventSourceMapping"
EVENT_SOURCE_ACTIONS = frozenset(
    f"lambda:{verb}EventSourceMapping" for verb in ("Create", "Delete", "Get", "Update")
)
_NEVER = frozenset({"iam:DeleteRolePermissionsBoundary"})


def on_roles(
    view: View, actions: Iterable[str], roles: tuple[str, ...], boundary: str, tags: Tags
) -> tuple[Group, ...]:
    """Return who may get which role: made with the boundary, passed to the services that trust them, no others.

    `roles` are the patterns of the stage's roles, `boundary` is the name of the policy that they carry.
    """
    named = [item for item in actions if item.startswith("iam:") and item not in _NEVER]
    bounded: Mapping[str, Json] = {
        "StringEquals": {"iam:PermissionsBoundary": f"{_ARN}:iam::{_HERE}:policy/{boundary}"}
    }
    attached = sorted(
        {
            item
            for resource in resources(view)
            for item in sequence(resource.properties.get("ManagedPolicyArns"))
            if isinstance(item, str)
        }
    )
    limited: Mapping[str, Json] = {"ArnEquals": {"iam:PolicyARN": [*attached]}}
    services = sorted({service for item in resources(view) for service in _trusted(item.properties)})
    linked = tuple(role.service for role in service_linked_roles.of(view))
    special = {*_BOUNDED, *_MANAGED, *_LINKED, "iam:PassRole", "iam:ListRoles"}
    found = (
        Group("Roles", tuple(item for item in named if item not in special), roles, tags.not_of_others),
        Group("MakeRoles", _of(named, set(_BOUNDED) - set(_MANAGED)), roles, bounded),
        Group(
            "AttachPolicies",
            _of(named, {_MANAGED[0]} if attached else set()),
            roles,
            together(bounded, limited),
        ),
        Group("DetachPolicies", _of(named, {_MANAGED[1]} if attached else set()), roles, limited),
        Group(
            "PassRoles",
            _of(named, {"iam:PassRole"} if services else set()),
            roles,
            {"StringEquals": {"iam:PassedToService": [*services]}},
        ),
        Group(
            "ServiceRoles",
            _of(named, set(_LINKED) if linked else set()),
            tuple(f"{_ARN}:iam::{_HERE}:role/aws-service-role/{service}/*" for service in linked),
        ),
        Group("ListRoles", _of(named, {"iam:ListRoles"}), ("*",)),
    )
    return tuple(group for group in found if group.actions)


def on_keys(actions: Iterable[str], name: str, tags: Tags, regional: Mapping[str, Json]) -> tuple[Group, ...]:
    """Return what may be done with keys of KMS.

    A key is the stage's when all of its aliases are, and no tag says otherwise. A new key has neither yet, and
    both take up to five minutes to count (AWS KMS Developer Guide, "ABAC for AWS KMS"), so a key without any is
    allowed. To encrypt and decrypt, also the keys of AWS's services serve.
    """
    named = [item for item in actions if item.startswith("kms:")]
    keys, own = (f"{_ARN}:kms:*:{_HERE}:key/*",), f"alias/{name}-*"

    def called(*aliases: str) -> Mapping[str, Json]:
        condition: Mapping[str, Json] = {"ForAllValues:StringLike": {"kms:ResourceAliases": [*aliases]}}
        return together(condition, tags.not_of_others, regional)

    using = {
        f"kms:{verb}" for verb in ("CreateGrant", "Decrypt", "DescribeKey", "Encrypt", "GenerateDataKey")
    }
    aliases = {"kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"}
    unnamed = {"kms:CreateKey", "kms:ListAliases", "kms:ListKeys"}
    found = (
        Group("Keys", tuple(item for item in named if item not in using | unnamed), keys, called(own)),
        Group("UseKeys", _of(named, using), keys, called(own, "alias/aws/*")),
        Group("Aliases", _of(named, aliases), (f"{_ARN}:kms:*:{_HERE}:{own}",), regional),
        Group("NewKeys", _of(named, unnamed), ("*",), regional),
    )
    return tuple(group for group in found if group.actions)


def on_secrets(
    view: View, actions: Iterable[str], tags: Tags, regional: Mapping[str, Json]
) -> tuple[Group, ...]:
    """Return what may be done with secrets.

    CloudFormation names a secret by its logical id and a random part; the tags tell stages apart. A database's
    own secret is named by RDS (`rds!cluster-…`): it is made in the caller's name and rotated, never read.
    """
    named = [item for item in actions if item.startswith("secretsmanager:")]
    own = tuple(
        f"{_ARN}:secretsmanager:*:{_HERE}:secret:{given if isinstance(given, str) else item.logical_id}-*"
        for item in resources(view)
        if item.type == "AWS::SecretsManager::Secret"
        for given in [item.properties.get("Name")]
    )
    managed = tuple(
        f"{_ARN}:secretsmanager:*:{_HERE}:secret:rds!{kind}-*"
        for kind, type_name in (("cluster", "AWS::RDS::DBCluster"), ("db", "AWS::RDS::DBInstance"))
        if any(item.type == type_name and _keeps_password(item.properties) for item in resources(view))
    )
    making = {"secretsmanager:CreateSecret", "secretsmanager:TagResource"}
    unnamed = {"secretsmanager:GetRandomPassword", "secretsmanager:ListSecrets"}
    rotating = {f"secretsmanager:{verb}" for verb in ("CancelRotateSecret", "DescribeSecret", "RotateSecret")}
    existing = tuple(item for item in named if item not in making | unnamed)
    found = (
        Group("Secrets", existing if own else (), own, together(tags.own, regional)),
        Group("NewSecrets", _of(named, making) if own else (), own, together(tags.not_of_others, regional)),
        Group("DatabaseSecrets", _of(named, making | rotating) if managed else (), managed, regional),
        Group("ListSecrets", _of(named, unnamed), ("*",), regional),
    )
    return tuple(group for group in found if group.actions)


def on_zones(view: View, actions: Iterable[str]) -> tuple[Group, ...]:
    """Return what may be done with zones of Route 53: records of the stage's names, in whatever zone.

    Cloud Map makes the zone of a namespace in the caller's name, so its id is not known beforehand.
    """
    named = [item for item in actions if item.startswith("route53:")]
    names: list[Json] = []
    known = True
    for item in resources(view):
        if item.type not in ("AWS::Route53::RecordSet", "AWS::ServiceDiscovery::PrivateDnsNamespace"):
            continue
        name = item.properties.get("Name")
        known = known and isinstance(name, str)
        plain = str(name).rstrip(".").lower()
        names += [plain] if item.type == "AWS::Route53::RecordSet" else [plain, f"*.{plain}"]
    # Service Authorization Reference, "Amazon Route 53"; names are in lower case and without the last dot.
    key = "route53:ChangeResourceRecordSetsNormalizedRecordNames"
    limited: Mapping[str, Json] = {"ForAllValues:StringLike": {key: names}} if names and known else {}
    zones, change = f"{_ARN}:route53:::hostedzone/*", "route53:ChangeResourceRecordSets"
    reading = {"route53:GetHostedZone", "route53:ListResourceRecordSets"}
    found = (
        Group("Records", _of(named, {change}), (zones,), limited),
        Group("ReadZones", _of(named, reading), (zones,)),
        Group("Changes", _of(named, {"route53:GetChange"}), (f"{_ARN}:route53:::change/*",)),
        Group(
            "Zones",
            tuple(item for item in named if item not in {change, "route53:GetChange", *reading}),
            ("*",),
        ),
    )
    return tuple(group for group in found if group.actions)


def on_event_sources(
    view: View, actions: Iterable[str], functions: tuple[str, ...], tags: Tags, regional: Mapping[str, Json]
) -> tuple[Group, ...]:
    """Return who may let a queue invoke which function: `functions` are the patterns of the stage's own.

    A mapping's id is Lambda's, and a new one has none yet, so the function that it leads to tells whose it is, by
    a condition key that its actions have (Service Authorization Reference, "AWS Lambda", `lambda:FunctionArn`).
    """
    if not any(item.type == EVENT_SOURCE for item in resources(view)):
        return ()
    making = {"lambda:CreateEventSourceMapping"}
    tagging = {"lambda:ListTags", "lambda:TagResource", "lambda:UntagResource"}
    own: Mapping[str, Json] = {"ArnLike": {"lambda:FunctionArn": [*functions]}}
    mappings = (f"{_ARN}:lambda:*:{_HERE}:event-source-mapping:*",)
    found = (
        Group("NewEventSources", _of(actions, making), ("*",), together(own, regional)),
        Group("EventSources", _of(actions, EVENT_SOURCE_ACTIONS - making), mappings, together(own, regional)),
        Group("TagEventSources", _of(actions, tagging), mappings, together(tags.not_of_others, regional)),
    )
    return tuple(group for group in found if group.actions)


def _of(actions: Iterable[str], chosen: Iterable[str]) -> tuple[str, ...]:
    some = frozenset(chosen)
    return tuple(item for item in actions if item in some)


def _keeps_password(properties: Mapping[str, Json]) -> bool:
    return properties.get("ManageMasterUserPassword") is True


def _trusted(properties: Mapping[str, Json]) -> Iterable[str]:
    """Yield the services that a role's trust policy names."""
    for statement in sequence(mapping(properties.get("AssumeRolePolicyDocument")).get("Statement")):
        named = mapping(mapping(statement).get("Principal")).get("Service")
        for service in named if isinstance(named, list) else [named]:
            if isinstance(service, str):
                yield service
