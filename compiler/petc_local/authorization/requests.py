"""What CloudFormation asks of callers themselves: to read the template, and to hand over the role that it works with.

Also remembers the role of a stack: "CloudFormation always uses this role for all future operations on the stack" (API
reference, CreateStack, RoleARN).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from ministack import app
from ministack.core.responses import get_region
from ministack.services import cloudformation
from ministack.services.cloudformation import changesets, handlers
from ministack.services.cloudformation.helpers import _error

from petc_local.authorization import acting, policies
from petc_local.authorization.policies import Principal
from petc_local.aws_requests import first_value
from petc_local.stack_sets import roles
from petc_local.stack_sets import table as stack_sets

_SERVICE = "cloudformation.amazonaws.com"
_ROLE = "petc_role"
"""Where a stack's record keeps the role that was handed over."""

_STARTING = (
    "CancelUpdateStack",
    "ContinueUpdateRollback",
    "CreateChangeSet",
    "CreateStack",
    "DeleteStack",
    "ExecuteChangeSet",
    "RollbackStack",
    "UpdateStack",
)
"""Actions after which CloudFormation works on resources, or will."""

_WITH_TEMPLATE = ("CreateStackSet", "GetTemplateSummary", "UpdateStackSet", "ValidateTemplate")

Handler = Callable[[Mapping[str, Any]], Any]


class _Denied(Exception):
    """A call is refused, with AWS's code and words."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def install() -> None:
    """Wrap the actions that take a template or a role, once. After the actions of stack sets are entered."""
    table: Any = handlers._ACTION_HANDLERS
    for action in dict.fromkeys((*_STARTING, *_WITH_TEMPLATE, *stack_sets.ACTIONS)):
        if action in table and not hasattr(table[action], "petc_decides"):
            table[action] = _deciding(action, table[action])


def _deciding(action: str, own: Handler) -> Handler:
    def handle(params: Mapping[str, Any]) -> Any:
        if not app.AUTH:
            return own(params)
        try:
            who = policies.caller()
            _require_delegation(who, params)
            _require_template(who, params)
            _require_role(who, first_value(params, "AdministrationRoleARN"))
            if action not in _STARTING:
                return own(params)
            role = first_value(params, "RoleARN")
            _require_role(who, role)
            role = role or _remembered(action, params)
            with acting.as_(_taken(role) if role else who):
                answer = own(params)
        except _Denied as denied:
            return _error(denied.code, str(denied), 403 if denied.code == "AccessDenied" else 400)
        _remember(action, params, role)
        return answer

    function: Any = handle
    function.petc_decides = True
    return handle


def _require_template(who: Principal | None, params: Mapping[str, Any]) -> None:
    """Ask for the template in S3; User Guide, "Control CloudFormation access with IAM", templates in buckets."""
    url = urlsplit(first_value(params, "TemplateURL"))
    if who is None or not url.path:
        return
    version = "versionId" in parse_qs(url.query)
    action = "s3:GetObjectVersion" if version else "s3:GetObject"
    resource = f"arn:aws:s3:::{url.path.lstrip('/')}"
    message = policies.denial(who, action, resource, get_region(), {})
    if message is not None:
        raise _Denied("ValidationError", f"S3 error: Access Denied; {message}")


def _require_delegation(who: Principal | None, params: Mapping[str, Any]) -> None:
    """Ask who calls as a delegated administrator for the list of them; without it AWS says that the account is none.

    https://github.com/hashicorp/terraform-provider-aws/issues/32536.
    """
    if who is None or first_value(params, "CallAs") != "DELEGATED_ADMIN":
        return
    if policies.denial(who, "organizations:ListDelegatedAdministrators", "*", "us-east-1", {}) is not None:
        raise _Denied("ValidationError", "Account used is not a delegated administrator")


def _require_role(who: Principal | None, role: str) -> None:
    if who is None or not role:
        return
    keys = {"iam:PassedToService": _SERVICE}
    message = policies.denial(who, "iam:PassRole", role, "us-east-1", keys)
    if message is not None:
        raise _Denied("AccessDenied", message)


def _taken(role: str) -> Principal:
    """Return the role, as CloudFormation takes it. The words are those that it is seen to use."""
    found = acting.handed_over(role)
    if found is None or not roles.trusts(found.account, role.rpartition("/")[2], _SERVICE):
        raise _Denied("ValidationError", f"Role {role} is invalid or cannot be assumed")
    return found


def _remembered(action: str, params: Mapping[str, Any]) -> str:
    record = _record(action, params)
    return str(record.get(_ROLE, "")) if record else ""


def _remember(action: str, params: Mapping[str, Any], role: str) -> None:
    record = _record(action, params)
    if record is not None and role and action != "DeleteStack":
        record[_ROLE] = role


def _record(action: str, params: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the record that keeps the role: of the change set while it waits, else of the stack."""
    if action in ("CreateChangeSet", "ExecuteChangeSet"):
        _, found = changesets._find_change_set(
            first_value(params, "ChangeSetName"), first_value(params, "StackName")
        )
        if isinstance(found, dict) and found.get(_ROLE):
            return found
        if action == "CreateChangeSet" and isinstance(found, dict):
            return found
        name = str(found.get("StackName")) if isinstance(found, dict) else first_value(params, "StackName")
        stack: dict[str, Any] | None = cloudformation._stacks.get(name)
        return stack
    resolved: dict[str, Any] | None = handlers._resolve_stack(first_value(params, "StackName"))
    return resolved
