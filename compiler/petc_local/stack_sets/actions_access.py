"""Trusted access of StackSets to an organization: activate, deactivate, describe.

Source: botocore, documentation of the three actions.
"""

from __future__ import annotations

from ministack.core.responses import get_account_id

from petc_local.stack_sets.request import ParsedRequest
from petc_local.stack_sets.store import STORE
from petc_local.stack_sets.views import View


def activate(_: ParsedRequest) -> View:
    """ActivateOrganizationsAccess."""
    STORE.trusted.add(get_account_id())
    return {}


def deactivate(_: ParsedRequest) -> View:
    """DeactivateOrganizationsAccess."""
    STORE.trusted.discard(get_account_id())
    return {}


def describe(_: ParsedRequest) -> View:
    """DescribeOrganizationsAccess."""
    return {"Status": "ENABLED" if get_account_id() in STORE.trusted else "DISABLED"}
