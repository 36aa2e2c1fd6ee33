"""Roles and grants, built with awacs: who may assume a role, and what a grant of the graph allows.

Roles live in layer security. A grant lives in the layer that makes its target, so that its ARN is exact.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from awacs.aws import (
    Action,
    Allow,
    Bool,
    Condition,
    Deny,
    PolicyDocument,
    Principal,
    Statement,
    StringEquals,
)
from awacs.sts import AssumeRole
from troposphere import AWSHelperFn, Ref, Sub, encode_to_dict, iam

from petc import naming
from petc.layers import contracts
from petc.layers.base import Draft
from petc.model.grants import Grant
from petc.model.graph import Party, Role
from petc.model.kinds import table
from petc.model.types import Stage

POLICY_VERSION = "2012-10-17"


def policy(*statements: Statement) -> PolicyDocument:
    """Return a policy document of the given statements."""
    return PolicyDocument(Version=POLICY_VERSION, Statement=list(statements))


def allow(
    sid: str, actions: Sequence[Action], resources: Sequence[Any], condition: Condition | None = None
) -> Statement:
    """Return an allowing statement of an identity policy; `sid` says what it is for."""
    optional = {"Condition": condition} if condition else {}
    return Statement(Sid=sid, Effect=Allow, Action=list(actions), Resource=list(resources), **optional)


def allow_service(
    sid: str,
    service: str | Sub,
    actions: Sequence[Action],
    resources: Sequence[Any],
    condition: Condition | None = None,
) -> Statement:
    """Return a statement of a resource policy that admits an AWS service, such as `logs.amazonaws.com`."""
    optional = {"Condition": condition} if condition else {}
    return Statement(
        Sid=sid,
        Effect=Allow,
        Principal=Principal("Service", [service]),
        Action=list(actions),
        Resource=list(resources),
        **optional,
    )


def tls_only(action: Action, *resources: Any) -> Statement:
    """Return the statement of a resource policy that refuses everyone who comes without TLS."""
    return Statement(
        Sid="TlsOnly",
        Effect=Deny,
        Principal=Principal("*"),
        Action=[action],
        Resource=list(resources),
        Condition=Condition(Bool({"aws:SecureTransport": "false"})),
    )


def same_account() -> Condition:
    """Return the condition that a service acts on behalf of this account (the confused deputy's remedy)."""
    return Condition(StringEquals({"aws:SourceAccount": Ref("AWS::AccountId")}))


def role(
    draft: Draft, title: str, service: str, at: str, description: str, *, from_this_account: bool = True
) -> iam.Role:
    """Add a role that one AWS service may assume, below the boundary that the spec names or `petc bootstrap` makes."""
    stage = draft.stage
    boundary = stage.security.permissions_boundary or naming.workload_boundary(f"{stage.name}-{stage.stage}")
    statement = Statement(
        Sid="Assume",
        Effect=Allow,
        Principal=Principal("Service", [service]),
        Action=[AssumeRole],
        **({"Condition": same_account()} if from_this_account else {}),
    )
    return draft.add(
        iam.Role(
            title,
            AssumeRolePolicyDocument=policy(statement),
            Description=description,
            PermissionsBoundary=Sub(f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:policy/{boundary}"),
        ),
        at,
        why=description,
    )


def role_name(draft: Draft, stage: Stage, holder: Party, acts: Role) -> Any:
    """Return the expression for the name of a part's role."""
    value = {
        Role.EXECUTION: contracts.EXECUTION_ROLE,
        Role.TASK: contracts.TASK_ROLE,
        Role.FUNCTION: contracts.FUNCTION_ROLE,
    }[acts]
    return named_role(draft, value, key(stage, holder))


def named_role(draft: Draft, value: contracts.Value, item: str) -> Any:
    """Return the expression for a role's name: a reference inside layer security, an import elsewhere."""
    if draft.layer == value.layer:
        return Ref(value.name + naming.pascal(item))
    return draft.imported(value, item)


def role_arn(draft: Draft, value: contracts.Value, item: str) -> Any:
    """Return the expression for a role's ARN, from its name."""
    name = named_role(draft, value, item)
    return Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${Name}", Name=name)


def key(stage: Stage, party: Party) -> str:
    """Return what names of a part are made of."""
    item = table.of_party(stage, party)
    assert item, f"{party} is no part of the spec"
    return item.part.key


def attach(
    draft: Draft,
    title: str,
    role: Any,
    statements: Sequence[Statement],
    at: str,
    *,
    why: str,
    reasons: Mapping[str, str] = {},
) -> iam.RolePolicy:
    """Add an inline policy to a role that may live in another layer; `reasons` explain each `*` by Sid.

    The policy's name carries the layer: two policies of one name on one role would silently replace each other.
    """
    return draft.add(
        iam.RolePolicy(
            title,
            RoleName=role,
            PolicyName=f"{draft.layer}-{title}",
            # troposphere takes a plain mapping here, unlike everywhere else.
            PolicyDocument=encode_to_dict(policy(*statements)),
        ),
        at,
        why=why,
        reasons=reasons,
    )


def attach_grants(
    draft: Draft,
    grants: Iterable[Grant],
    statements: Callable[[Grant], Sequence[Statement]],
    reasons: Mapping[str, str] = {},
) -> dict[Party, tuple[iam.RolePolicy, ...]]:
    """Add one policy for each role that `grants` speak of, and return the policies by their holder.

    `statements` returns what one grant allows; statements of one Sid become one, with all their resources.
    `reasons` explain each `*` by Sid, and are noted on the policies in which the Sid occurs.
    """
    by_role: dict[tuple[Party, Role], list[Grant]] = {}
    for grant in grants:
        by_role.setdefault((grant.holder, grant.role), []).append(grant)
    policies: dict[Party, tuple[iam.RolePolicy, ...]] = {}
    for (holder, acts), held in by_role.items():
        chosen = joined([statement for grant in held for statement in statements(grant)])
        sids = {statement.properties["Sid"] for statement in chosen}
        title = naming.logical_id("Grant", str(acts), key(draft.stage, holder))
        added = attach(
            draft,
            title,
            role_name(draft, draft.stage, holder, acts),
            chosen,
            held[0].at,
            why="; ".join(sorted({f"{grant.because}: {grant.access}" for grant in held})),
            reasons={sid: reason for sid, reason in reasons.items() if sid in sids},
        )
        policies[holder] = (*policies.get(holder, ()), added)
    return policies


def joined(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    """Return the statements with those of one Sid made one: same actions and condition, all the resources."""
    by_sid: dict[str, Statement] = {}
    for statement in statements:
        known = by_sid.setdefault(statement.properties["Sid"], statement)
        if known is not statement:
            assert _meaning(known) == _meaning(statement), f"two statements {statement.properties['Sid']}"
            held = known.properties["Resource"]
            shown = [_shown(item) for item in held]
            held += [item for item in statement.properties["Resource"] if _shown(item) not in shown]
    return tuple(by_sid.values())


def _meaning(statement: Statement) -> str:
    """Return what a statement allows, apart from the resources."""
    properties = encode_to_dict(statement)
    return json.dumps({key: item for key, item in properties.items() if key != "Resource"}, sort_keys=True)


def _shown(resource: Any) -> str:
    return json.dumps(resource.to_dict() if isinstance(resource, AWSHelperFn) else resource, sort_keys=True)
