"""The one decision: whether policies allow an action on a resource, and how AWS words it when they do not.

The evaluation is MiniStack's (explicit denial, identity policies, permissions boundary, conditions); IAM User Guide,
"Policy evaluation logic". Messages: IAM User Guide, "Troubleshoot access denied error messages".
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

from ministack.core import iam_evaluator as evaluator
from ministack.services import iam

DECIDED = "petc:decided"
"""A key of the context whose condition keys are complete, so that none is looked up (`petc_local.iam_enforcement`)."""

Statements: TypeAlias = list[Any]
"""One policy document, parsed."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks: ARN and account, identity policies, and the permissions boundary, which may be none."""

    arn: str
    account: str
    policies: tuple[Statements, ...]
    boundary: tuple[Statements, ...] | None = None

    @property
    def kind(self) -> str:
        """What IAM calls the type of principal."""
        return "AssumedRole" if ":assumed-role/" in self.arn else "User"


def parsed(documents: Iterable[object]) -> tuple[Statements, ...]:
    """Return policy documents, given as trees or texts, in the form in which they are decided."""
    return tuple(_parsed(one if isinstance(one, str) else json.dumps(one)) for one in documents)


@lru_cache(maxsize=512)
def _parsed(document: str) -> Statements:
    return evaluator.parse_policy_document(document)


def denial(who: Principal, action: str, resource: str, region: str, keys: Mapping[str, object]) -> str | None:
    """Return AWS's message when an action is denied, None when it is allowed."""
    context = evaluator.EvalContext(
        principal_arn=who.arn,
        principal_type=who.kind,
        principal_account=who.account,
        action=action,
        resource_arn=resource,
        region=region,
        # Policies ask for TLS because of a wire, and there is none on one machine.
        secure_transport=True,
        service_context={DECIDED: "true", "kms:calleraccount": who.account}
        | {name.lower(): value for name, value in keys.items()},
    )
    limits = [] if who.boundary is None else [list(who.boundary)]
    own = evaluator.evaluate(context, list(who.policies), *limits)
    about = f"User: {who.arn} is not authorized to perform: {action} on resource: {resource}"
    service = action.partition(":")[0]
    held = evaluator._resource_policy(service, resource)
    if held is not None:
        # A key policy has to allow besides; AWS KMS Developer Guide, "Key policies in AWS KMS".
        policy, owner = held
        joined = evaluator.combine_resource_policy(
            own, context, policy, owner, required=service == "kms", limits=tuple(limits)
        )
        if joined.decision == "Allow":
            return None
        if joined.resource_policy_arn:
            return f"{about} with an explicit deny in a resource-based policy"
        if own.decision == "Allow":
            return f"{about} because no resource-based policy allows the {action} action"
    if own.decision == "Allow":
        return None
    return about + _reason(action, context, who, limits)


def _reason(action: str, context: Any, who: Principal, limits: list[list[Statements]]) -> str:
    """Return why identity policies and boundary do not allow an action."""
    identity = evaluator.evaluate(context, list(who.policies)).decision
    if identity == "Deny":
        return " with an explicit deny in an identity-based policy"
    if identity == "ImplicitDeny":
        return f" because no identity-based policy allows the {action} action"
    if evaluator.evaluate(context, *limits).decision == "Deny":
        return " with an explicit deny in a permissions boundary"
    return f" because no permissions boundary allows the {action} action"


def role(account: str, name: str, session: str) -> Principal | None:
    """Return a role of an account as it is taken, with its policies; None when there is no such role."""
    if iam._roles.get_scoped(account, None, name) is None:
        return None
    limits = evaluator._permissions_boundary(iam._roles, name, account)
    return Principal(
        f"arn:aws:sts::{account}:assumed-role/{name}/{session}",
        account,
        tuple(evaluator._gather_role_policies(name, account)),
        tuple(limits[0]) if limits else None,
    )


def caller() -> Principal | None:
    """Return who made the request; None for the root of an account, to whom nothing is denied."""
    arn = evaluator.caller_arn()
    account = arn.split(":")[4]
    if ":assumed-role/" in arn:
        _, name, session = arn.rsplit("/", 2)
        return role(account, name, session)
    if ":user/" not in arn:
        return None
    name = arn.rpartition("/")[2]
    limits = evaluator._permissions_boundary(iam._users, name, account)
    return Principal(
        arn,
        account,
        tuple(evaluator._gather_user_policies(name, account)),
        tuple(limits[0]) if limits else None,
    )
