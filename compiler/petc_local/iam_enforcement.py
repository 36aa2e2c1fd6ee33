"""What MiniStack needs to decide calls by the caller's policies as AWS does, which it does on request only.

`PETC_LOCAL_IAM=1` in the environment of the server asks for it (`petc.local.environment`). The wrapped functions are
not called otherwise. What stacks do for their resources is decided in `petc_local.authorization`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ministack import app
from ministack.core import iam_actions, iam_evaluator
from ministack.services import organizations

from petc_local.authorization import known_resources, policies
from petc_local.aws_requests import first_value

_WITHOUT_RESOURCE = ("CreateStackSet", "DescribeOrganizationsAccess", "ListStackSets")
"""Actions on stack sets that take no resource; Service Authorization Reference, "AWS CloudFormation"."""


def install() -> None:
    """Wrap four functions of MiniStack's decisions, once."""
    actions: Any = iam_actions
    evaluator: Any = iam_evaluator
    gateway: Any = app
    if hasattr(actions.extract_resource_arn, "petc"):
        return
    actions.extract_resource_arn = _with_stack_sets(actions.extract_resource_arn)
    actions.extract_resource_arn.petc = True
    gateway.pin_request_origin = _over_tls(gateway.pin_request_origin)
    evaluator._principal_org_id = _organization_of
    evaluator._resolve_condition_key = _with_further_keys(evaluator._resolve_condition_key)


def _with_stack_sets(own: Callable[..., str]) -> Callable[..., str]:
    """Name the stack set that a call is about; MiniStack has none."""

    def resource(
        service: str,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes,
        query_params: Mapping[str, Any],
        region: str,
        account_id: str,
    ) -> str:
        name = first_value(query_params, "StackSetName") if service == "cloudformation" else ""
        if not name:
            return own(service, method, path, headers, body, query_params, region, account_id)
        if first_value(query_params, "Action") in _WITHOUT_RESOURCE:
            return "*"
        return f"arn:aws:cloudformation:{region}:{account_id}:stackset/{name}:0"

    return resource


def _over_tls(own: Callable[[str, bool], None]) -> Callable[[str, bool], None]:
    """Take calls for encrypted: policies ask for TLS because of a wire, and there is none on one machine."""

    def pinned(address: str, secure: bool) -> None:
        own(address, True)

    return pinned


def _organization_of(account: str) -> str | None:
    """Return the organization of an account: the one that it manages, or of which it is a member."""
    of_member = [owner for owner, member in list(organizations._accounts.to_dict()) if member == account]
    for owner in (*of_member, account):
        found = organizations._orgs.get_scoped(owner, None, "self")
        if found:
            return str(found["Id"])
    return None


def _with_further_keys(own: Callable[[str, Any], Any]) -> Callable[[str, Any], Any]:
    """Know `aws:ResourceOrgID`, and the tags of every resource of a stack; MiniStack knows those of some services.

    IAM User Guide, "AWS global condition context keys".
    """

    def value(key: str, context: Any) -> Any:
        name = key.lower()
        if name.startswith("aws:resourcetag/") and policies.DECIDED not in context.service_context:
            found = own(key, context)
            return _tags(context.resource_arn).get(name) if found is None else found
        if name != "aws:resourceorgid":
            return own(key, context)
        account = iam_evaluator._account_from_arn(context.resource_arn) or context.principal_account
        return _organization_of(account)

    return value


def _tags(arn: str) -> dict[str, object]:
    return {name.lower(): value for name, value in known_resources.keys(arn, arn).items()}
