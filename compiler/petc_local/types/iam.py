"""Roles and their policies: MiniStack's CloudFormation forgets the permissions boundary, which then caps nothing."""

from __future__ import annotations

import json

from ministack import app
from ministack.services import iam

from petc_local.types.forms import Attributes, Handlers, Made, Properties, ResourceError, accepted, text
from petc_local.types.patching import Mend


def _creatable(properties: Properties) -> None:
    _require_boundary(properties)


def _updatable(physical_id: str, old: Properties, new: Properties) -> None:
    _require_boundary(new)


def _require_boundary(properties: Properties) -> None:
    """Refuse a boundary that does not exist, where policies decide; the words are those that IAM is seen to use."""
    arn = text(properties, "PermissionsBoundary")
    if app.AUTH and arn and ":iam::aws:" not in arn and iam._policies.get(arn) is None:
        raise ResourceError(f"Scope ARN: {arn} does not exist or is not attachable.")


def _made(physical_id: str, old: Properties, new: Properties, attributes: Attributes) -> Made:
    arn = text(new, "PermissionsBoundary")
    role = iam._roles[physical_id]
    role.pop("PermissionsBoundary", None)
    if arn:
        role["PermissionsBoundary"] = arn
    return physical_id, attributes


MENDS = {"AWS::IAM::Role": Mend(creatable=_creatable, updatable=_updatable, made=_made)}
"""The types that this module mends."""


def _create(logical_id: str, properties: Properties, stack_name: str) -> Made:
    """Put the policy on the role. Policy name and role name identify it ("AWS::IAM::RolePolicy")."""
    document = properties.get("PolicyDocument")
    accepted(
        iam._put_role_policy(
            {
                "RoleName": text(properties, "RoleName"),
                "PolicyName": text(properties, "PolicyName"),
                "PolicyDocument": document if isinstance(document, str) else json.dumps(document),
            }
        )
    )
    return f"{text(properties, 'PolicyName')}|{text(properties, 'RoleName')}", {}


def _update(physical_id: str, old: Properties, new: Properties) -> Made:
    return _create("", new, "")


def _delete(physical_id: str, properties: Properties) -> None:
    """Take the policy away. Role or policy may be gone with a role that was deleted first."""
    role = iam._roles.get(text(properties, "RoleName"))
    if role is not None:
        role["InlinePolicies"].pop(text(properties, "PolicyName"), None)


HANDLERS = {"AWS::IAM::RolePolicy": Handlers(_create, _update, _delete)}
"""The types of this family."""
