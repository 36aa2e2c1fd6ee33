"""Whether the roles of self-managed permissions stand where a stack set needs them.

Source: user guide, "Grant self-managed permissions". The reasons are those that StackSets gives in
ListStackSetOperationResults.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from ministack import app
from ministack.core.responses import request_scope
from ministack.services import iam

from petc_local.authorization import policies

ADMINISTRATION = "AWSCloudFormationStackSetAdministrationRole"
EXECUTION = "AWSCloudFormationStackSetExecutionRole"
SERVICE = "cloudformation.amazonaws.com"


def missing_role(account: str, execution: str, administrator: str, administration_arn: str) -> str | None:
    """Return why StackSets cannot work in `account`, or None when both roles exist with their trust."""
    administration = administration_arn.rpartition("/")[2]
    if not trusts(administrator, administration, SERVICE):
        return (
            f"Account {administrator} should have '{administration}' role with trust relationship to "
            "CloudFormation service."
        )
    trusted = (administration_arn, administrator, f"arn:aws:iam::{administrator}:root", "*")
    if not trusts(account, execution, *trusted) or not _may_take(
        administrator, administration, account, execution
    ):
        return f"Account {account} should have '{execution}' role with trust relationship to Role '{administration}'."
    return None


def _may_take(administrator: str, administration: str, account: str, execution: str) -> bool:
    """Whether the policies of the administration role let it take the execution role, where policies decide."""
    who = policies.role(administrator, administration, "StackSets") if app.AUTH else None
    target = f"arn:aws:iam::{account}:role/{execution}"
    return who is None or policies.denial(who, "sts:AssumeRole", target, "us-east-1", {}) is None


def trusts(account: str, role: str, *principals: str) -> bool:
    """Whether a role of an account lets one of the principals take it; not when there is no such role."""
    with request_scope(account, "us-east-1"):
        found = iam._roles.get(role)
    document = found.get("AssumeRolePolicyDocument") if isinstance(found, Mapping) else None
    return document is not None and bool(set(trusted_by(document)) & set(principals))


def trusted_by(document: object) -> Iterator[str]:
    """Yield the principals that a trust policy allows; a document that does not parse trusts nobody."""
    try:
        tree = json.loads(document) if isinstance(document, str) else document
    except ValueError:
        return
    statements = tree.get("Statement", ()) if isinstance(tree, Mapping) else ()
    for statement in statements if isinstance(statements, (list, tuple)) else (statements,):
        if not isinstance(statement, Mapping) or statement.get("Effect") != "Allow":
            continue
        principal = statement.get("Principal")
        groups = principal.values() if isinstance(principal, Mapping) else (principal,)
        for group in groups:
            yield from (str(item) for item in (group if isinstance(group, (list, tuple)) else (group,)))
