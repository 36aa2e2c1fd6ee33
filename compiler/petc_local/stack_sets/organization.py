"""AWS Organizations as MiniStack has it: the accounts of units, and what MiniStack lacks.

MiniStack keeps one organization for each account that asks, with that account as the management account.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable

from ministack.core.responses import get_account_id, request_scope
from ministack.services import organizations

from petc_local.stack_sets.errors import RequestRefused, invalid
from petc_local.stack_sets.store import STORE

Answer = tuple[int, dict[str, str], bytes]

_UNIT = re.compile(r"ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}")
"""Ids of organizational units (botocore, organizations OrganizationalUnitId)."""


def install() -> None:
    """Add ListChildren, which MiniStack lacks, and refuse parents that do not exist.

    As AWS does: botocore, organizations ListChildren and ParentNotFoundException.
    """
    table = organizations._DISPATCH
    if "ListChildren" in table:
        return
    table["ListChildren"] = _of_parents(_list_children)
    for name in ("ListAccountsForParent", "ListOrganizationalUnitsForParent"):
        table[name] = _of_parents(table[name])


def accounts_of(management: str, units: tuple[str, ...]) -> dict[str, str]:
    """Return the accounts within `units` and the units below them, each with the wanted unit that it belongs to.

    "CloudFormation will perform operations on accounts within these OUs and their child OUs" (botocore,
    DeploymentTargets.OrganizationalUnitIds). Raises ValidationError for a unit that does not exist.
    """
    found: dict[str, str] = {}
    with request_scope(management, "us-east-1"):
        organizations._ensure_org()
        parents = {key: unit["_ParentId"] for key, unit in organizations._ous.items()}
        roots = set(organizations._roots.keys())
        for unit in units:
            if unit not in parents and unit not in roots:
                raise invalid(f"Organizational unit {unit} does not exist")
        for account, record in organizations._accounts.items():
            above: str | None = record["_ParentId"]
            while above is not None:
                if above in units:
                    found[account] = above
                    break
                above = parents.get(above)
    return found


def is_suspended(management: str, account: str) -> bool:
    """Whether an account of the organization is suspended."""
    with request_scope(management, "us-east-1"):
        record = organizations._accounts.get(account)
    return record is not None and record.get("Status") == "SUSPENDED"


def add_account(management: str, account: str, parent: str | None = None) -> None:
    """Put an account with a chosen id into the organization, below `parent` or the root.

    The Organizations API makes up the ids of new accounts; here a caller wants to know them beforehand.
    Raises ValidationError for what is no account id and for a parent that does not exist.
    """
    if not re.fullmatch(r"\d{12}", account):
        raise invalid(f"{account} is no account id of 12 digits")
    with request_scope(management, "us-east-1"):
        organizations._ensure_org()
        root = next(iter(organizations._roots))
        if parent is not None and parent != root and parent not in organizations._ous:
            raise invalid(f"Organizational unit {parent} does not exist")
        organization = organizations._orgs["self"]["Id"]
        organizations._accounts[account] = {
            "Id": account,
            "Arn": f"arn:aws:organizations::{management}:account/{organization}/{account}",
            "Email": f"{account}@example.com",
            "Name": account,
            "Status": "ACTIVE",
            "JoinedMethod": "INVITED",
            "JoinedTimestamp": 0,
            "Path": "/",
            "_ParentId": parent or root,
        }


def check_access(trusted: set[str], account: str) -> None:
    """Refuse service-managed stack sets without trusted access, in AWS's words.

    User guide, "Activate trusted access for StackSets with AWS Organizations".
    """
    if account not in trusted:
        raise RequestRefused(
            "ValidationError", "You must enable organizations access to operate a service managed stack set"
        )


def join(management: str, accounts: Iterable[str], unit: str) -> None:
    """Put accounts into a unit of the organization, which is made below the root when it does not exist.

    Ids are chosen by the caller, so that a spec that names them can be tried as it is. StackSets gets trusted
    access to the organization. Raises ValidationError.
    """
    if not _UNIT.fullmatch(unit):
        raise invalid(f"{unit} is no id of an organizational unit, such as ou-abcd-11112222")
    with request_scope(management, "us-east-1"):
        organizations._ensure_org()
        if unit not in organizations._ous:
            organization = organizations._orgs["self"]["Id"]
            organizations._ous[unit] = {
                "Id": unit,
                "Arn": f"arn:aws:organizations::{management}:ou/{organization}/{unit}",
                "Name": unit,
                "Path": f"/{unit}/",
                "_ParentId": next(iter(organizations._roots)),
            }
    for account in accounts:
        add_account(management, account, unit)
    STORE.trusted.add(management)


def _of_parents(own: Callable[[dict[str, object]], Answer]) -> Callable[[dict[str, object]], Answer]:
    def listed(payload: dict[str, object]) -> Answer:
        organizations._ensure_org()
        parent = payload.get("ParentId")
        if parent in organizations._ous or parent in organizations._roots:
            return own(payload)
        body = {
            "__type": "ParentNotFoundException",
            "message": f"We can't find a root or OU with the ParentId {parent} in {get_account_id()}",
        }
        return 400, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(body).encode()

    return listed


def _list_children(payload: dict[str, object]) -> Answer:
    parent, kind = payload.get("ParentId"), payload.get("ChildType")
    store = organizations._accounts if kind == "ACCOUNT" else organizations._ous
    children = [{"Id": key, "Type": kind} for key, item in store.items() if item["_ParentId"] == parent]
    return 200, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps({"Children": children}).encode()
