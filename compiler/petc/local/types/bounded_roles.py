"""Mends roles: MiniStack's CloudFormation forgets their permissions boundary, so that nothing would be capped by it."""

from __future__ import annotations

from ministack import app
from ministack.services import iam

from petc.local.types.forms import Attributes, Made, Properties, ResourceError, text
from petc.local.types.mending import Mend


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
