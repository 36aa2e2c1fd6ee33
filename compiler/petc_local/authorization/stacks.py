"""Stands between MiniStack's stacks and their resources, and asks IAM for each as CloudFormation does.

A denial fails the resource with AWS's words; then the stack rolls back, in the same name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services.cloudformation import provisioners, stacks

from petc.resources.schemas import Json
from petc_local.authorization import acting, known_resources, policies, questions
from petc_local.authorization.call_forms import Needs, RequiredCall
from petc_local.authorization.policies import Principal
from petc_local.authorization.questions import Change, Question
from petc_local.authorization.table import NEEDS
from petc_local.types import iam_service_roles
from petc_local.types.coercion import coerced
from petc_local.types.forms import ResourceError

_REFERENCE = re.compile(r"\{\{resolve:(secretsmanager|ssm|ssm-secure):([^}]+)\}\}")


def install() -> None:
    """Wrap what creates, updates and deletes resources, and what resolves dynamic references, once."""
    module: Any = stacks
    if hasattr(module._resolve_dynamic_references, "petc"):
        return
    create, update = provisioners._provision_resource, provisioners._update_resource
    delete, resolve = provisioners._delete_resource, module._resolve_dynamic_references

    def provision(kind: str, logical: str, properties: dict[str, Any], stack: str) -> Any:
        _require(kind, "create", logical, stack, "", {}, properties)
        return create(kind, logical, properties, stack)

    def change(
        kind: str,
        physical: str,
        old: dict[str, Any],
        new: dict[str, Any],
        stack: str,
        logical: str | None = None,
        *rest: Any,
        **named: Any,
    ) -> Any:
        # A replacement creates, which is decided there; the old one is deleted later.
        if old != new and not provisioners._replacing_change(kind, old, new):
            _require(kind, "update", logical or "", stack, physical, old, new)
        return update(kind, physical, old, new, stack, logical, *rest, **named)

    def remove(
        kind: str, physical: str, properties: dict[str, Any], stack: Any = None, logical: Any = None
    ) -> Any:
        _require(kind, "delete", logical or "", stack or "", physical, properties, {})
        return delete(kind, physical, properties, stack, logical)

    part: Any
    for part in (provisioners, module):
        part._provision_resource = provision
        part._update_resource = change
        part._delete_resource = remove
    module._resolve_dynamic_references = _resolving(resolve)
    module._resolve_dynamic_references.petc = True


def require_reading(stack: Mapping[str, Any]) -> None:
    """Ask for what detecting drift reads: the stack's resources, in the name that is acting.

    User Guide, "Detect drift on an entire CloudFormation stack". Raises `ResourceError` when it is denied.
    """
    for logical, resource in (stack.get("_resources") or {}).items():
        properties = resource.get("Properties") or {}
        _require(
            resource["ResourceType"],
            "read",
            logical,
            str(stack["StackName"]),
            str(resource["PhysicalResourceId"]),
            properties,
            properties,
        )


def _require(
    kind: str,
    step: questions.Step,
    logical: str,
    stack: str,
    physical: str,
    before: Mapping[str, Json],
    after: Mapping[str, Json],
) -> None:
    who = acting.current()
    if who is None or kind.startswith("AWS::CloudFormation::"):
        return
    needs = NEEDS.get(kind)
    if needs is None:
        raise ResourceError(
            f"the local AWS decides by IAM policies and does not know what {kind} needs: enter it in "
            "petc_local.authorization, with its source"
        )
    old = coerced(kind, before) if before else {}
    new = coerced(kind, after) if after else {}
    change = Change(step, logical, _generated(needs, stack, logical, new), physical, old, new)
    for call in questions.calls(needs, change):
        if _is_idle(call):
            continue
        for one in questions.of(call, change, get_account_id(), get_region(), known_resources.keys):
            _refuse(who, one)


def _is_idle(call: RequiredCall) -> bool:
    return bool(call.linked) and iam_service_roles.exists(call.linked)


def _refuse(who: Principal, one: Question) -> None:
    message = policies.denial(who, one.action, known_resources.as_on_aws(one.resource), one.region, one.keys)
    if message is not None:
        raise ResourceError(
            f'Resource handler returned message: "{message}" (HandlerErrorCode: AccessDenied)'
        )


def _generated(needs: Needs, stack: str, logical: str, properties: Mapping[str, Json]) -> str:
    """Return the name that a new resource gets; empty where the service chooses an id."""
    if needs.named is None:
        return ""
    name, length = needs.named
    given = properties.get(name)
    if isinstance(given, str) and given:
        return given
    if length == 0:
        return f"{logical}-XXXXXXXXXXXX"
    return str(provisioners._physical_name(stack, logical, lowercase=length < 0, max_len=abs(length)))


def _resolving(own: Callable[..., Any]) -> Callable[..., Any]:
    """Ask for the values behind dynamic references; User Guide, "Get values stored in other services"."""

    def resolve(value: Any, previous: Any = None, *rest: Any, **named: Any) -> Any:
        who = acting.current()
        if who is not None:
            for service, path in sorted(set(_REFERENCE.findall(str(value)))):
                if f"{{{{resolve:{service}:{path}}}}}" not in (previous or {}):
                    _refuse(who, _value(service, path))
        return own(value, previous, *rest, **named)

    return resolve


def _value(service: str, path: str) -> Question:
    place = f"{get_region()}:{get_account_id()}"
    if service == "secretsmanager":
        named = re.split(r":(?:SecretString|SecretBinary)\b", path)[0]
        arn = named if named.startswith("arn:") else f"arn:aws:secretsmanager:{place}:secret:{named}-??????"
        return Question("secretsmanager:GetSecretValue", arn, get_region(), known_resources.keys(arn, named))
    arn = f"arn:aws:ssm:{place}:parameter/{path.partition(':')[0].lstrip('/')}"
    return Question("ssm:GetParameters", arn, get_region(), {})
