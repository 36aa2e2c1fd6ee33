"""The form of the list: which calls a resource of a type takes, on what, and who says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

REFERENCE = "https://docs.aws.amazon.com/service-authorization/latest/reference/"
"""Where the Service Authorization Reference has a page for each service."""


@dataclass(frozen=True, slots=True)
class RequiredCall:
    """One action that CloudFormation, or a service in the caller's name, asks IAM for.

    `on` are the resources that all have to be allowed: ARNs without `arn:<partition>:`, in which `{here}` is region
    and account, `{new}` the resource that is being made, `{id}` the resource itself, `{logical}` its logical id, and
    anything else the path of a property. A list gives one ARN for each item, a value that is an ARN stands for
    itself, and a form whose property is absent is left out. After `|` follows what is done to the value
    (`petc_local.authorization.arn_forms`).

    `when` names the properties for which the call is made: those that a new resource sets, or that an update changes.
    `Name~text` asks besides that the value contains the text. `keys` are condition keys with forms like those of `on`.
    `linked` is a service: the call is only made where its service-linked role does not exist yet.
    """

    action: str
    on: tuple[str, ...]
    when: tuple[str, ...] = ()
    keys: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    linked: str = ""


@dataclass(frozen=True, slots=True)
class Needs:
    """What a type needs. `read` belongs to creating and updating; CloudFormation reads back what it made.

    `named` is the property with the resource's name, and how long a generated one may be; without it AWS chooses an id.
    A generated name in lower case has a negative length; with length 0 it begins with the logical id.
    """

    sources: tuple[str, ...]
    create: tuple[RequiredCall, ...]
    update: tuple[RequiredCall, ...]
    delete: tuple[RequiredCall, ...]
    read: tuple[RequiredCall, ...] = ()
    named: tuple[str, int] | None = None


def call(action: str, *on: str, when: str = "", keys: Mapping[str, str] | None = None) -> RequiredCall:
    """Return a call; without a resource it takes none, which is `*` in a policy. `when` is divided by blanks."""
    return RequiredCall(action, on or ("*",), tuple(when.split()), MappingProxyType(dict(keys or {})))


def passes(role: str, service: str, *, when: str = "") -> RequiredCall:
    """Return that a role, by the property with its ARN, is handed to a service."""
    return call("iam:PassRole", f"{{{role}}}", when=when or role, keys={"iam:PassedToService": service})


def uses_key(key: str, service: str, *actions: str) -> tuple[RequiredCall, ...]:
    """Return what a service does with a customer key in the caller's name, by the property that names the key."""
    keys = {"kms:ViaService": f"{service}.{{region}}.amazonaws.com", "kms:GrantIsForAWSResource": "true"}
    return tuple(
        call(f"kms:{action}", f"kms:{{here}}:key/{{{key}}}", when=key, keys=keys) for action in actions
    )


def linked(service: str) -> RequiredCall:
    """Return that a service-linked role is made by the first resource of its kind in an account."""
    return RequiredCall(
        "iam:CreateServiceLinkedRole",
        (f"iam::{{account}}:role/aws-service-role/{service}/*",),
        keys=MappingProxyType({"iam:AWSServiceName": service}),
        linked=service,
    )
