"""What IAM knows of resources that exist: their tags, the boundary of a role, the aliases of a key."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ministack.services import cloudformation, iam, kms

from petc_local.authorization import arn_forms

_GENERATED = re.compile(r"(:secret:).+-([A-Za-z0-9]+-[0-9A-Z]{13}-\w{6})$")


def keys(arn: str, value: str) -> Mapping[str, object]:
    """Return the condition keys of the resource that a template names by `value`."""
    if ":iam::" in arn and ":role/" in arn:
        return _of_role(arn)
    found: dict[str, object] = {f"aws:ResourceTag/{key}": each for key, each in _tags(arn, value).items()}
    if ":kms:" in arn:
        aliases = list(_aliases(value))
        found |= {"kms:ResourceAliases": aliases} if aliases else {}
    return found


def as_on_aws(arn: str) -> str:
    """Return the ARN of a secret with the name that CloudFormation generates, which begins with the logical id.

    Template Reference, "AWS::SecretsManager::Secret", Name. MiniStack's begins with the name of the stack.
    """
    return _GENERATED.sub(r"\1\2", arn)


def _of_role(arn: str) -> Mapping[str, object]:
    role = iam._roles.get_scoped(arn.split(":")[4], None, arn.rpartition("/")[2]) or {}
    found: dict[str, object] = {
        f"aws:ResourceTag/{tag['Key']}": tag["Value"] for tag in role.get("Tags") or ()
    }
    boundary = role.get("PermissionsBoundary")
    return found | ({"iam:PermissionsBoundary": boundary} if boundary else {})


def _tags(arn: str, value: str) -> dict[str, str]:
    """Return the tags of a resource of any stack of this account and region, by its physical id, its ARN or its name.

    Services keep tags each in its own way; what a stack gave its resources is in its record.
    """
    short = value.rpartition("/")[2].rpartition(":")[2]
    for stack in _stacks(arn):
        for resource in list((stack.get("_resources") or {}).values()):
            physical = str(resource.get("PhysicalResourceId"))
            properties: Mapping[str, Any] = resource.get("Properties") or {}
            if "Tags" in properties and (
                physical in (value, short, arn, arn.rpartition("/")[2])
                or (resource.get("Attributes") or {}).get("Arn") == value
            ):
                return arn_forms.tags(properties["Tags"])
    return {}


def _stacks(arn: str) -> list[Any]:
    """Return the stacks among whose resources the ARN may be: of a service without regions, those of all regions."""
    _, _, service, region, account, *_ = f"{arn}:::::".split(":")
    if region or service == "s3":
        return list(cloudformation._stacks.values())
    return [stack for (owner, _, _), stack in list(cloudformation._stacks._data.items()) if owner == account]


def _aliases(value: str) -> Iterator[str]:
    key = value.rpartition("/")[2]
    for name, target in list(kms._aliases.items()):
        if str(target).rpartition("/")[2] == key:
            yield str(name).rpartition(":")[2]
