"""Inline policies of roles as resources of their own, on MiniStack's IAM API."""

from __future__ import annotations

import json

from ministack.services import iam

from petc.local.types.forms import Handlers, Made, Properties, accepted, text


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
