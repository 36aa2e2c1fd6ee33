"""The actions of the service by their names, and the one way in which each is called."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ministack.services.cloudformation import handlers

from petc_local.stack_sets import (
    actions_access,
    actions_drift,
    actions_import,
    actions_instances,
    actions_operations,
    actions_sets,
    actions_update,
    organization,
    stacks,
    versions,
)
from petc_local.stack_sets.errors import RequestRefused
from petc_local.stack_sets.parse import parse
from petc_local.stack_sets.render import Response, render, render_error
from petc_local.stack_sets.request import ParsedRequest
from petc_local.stack_sets.views import View

ACTIONS: dict[str, Callable[[ParsedRequest], View]] = {
    "ActivateOrganizationsAccess": actions_access.activate,
    "CreateStackInstances": actions_instances.create,
    "CreateStackSet": actions_sets.create,
    "DeactivateOrganizationsAccess": actions_access.deactivate,
    "DeleteStackInstances": actions_instances.delete,
    "DeleteStackSet": actions_sets.delete,
    "DetectStackSetDrift": actions_drift.detect,
    "DescribeOrganizationsAccess": actions_access.describe,
    "DescribeStackInstance": actions_instances.describe,
    "DescribeStackSet": actions_sets.describe,
    "DescribeStackSetOperation": actions_operations.describe,
    "ImportStacksToStackSet": actions_import.import_stacks,
    "ListStackInstanceResourceDrifts": actions_drift.list_resources,
    "ListStackSetAutoDeploymentTargets": actions_instances.list_units,
    "ListStackInstances": actions_instances.list_all,
    "ListStackSetOperationResults": actions_operations.results,
    "ListStackSetOperations": actions_operations.list_all,
    "ListStackSets": actions_sets.list_all,
    "StopStackSetOperation": actions_operations.stop,
    "UpdateStackInstances": actions_instances.update,
    "UpdateStackSet": actions_update.update,
}


def answer(action: str, params: Mapping[str, object]) -> Response:
    """Answer one request of the Query protocol."""
    try:
        return render(action, ACTIONS[action](ParsedRequest(parse(action, params))))
    except RequestRefused as refused:
        return render_error(refused)


def install() -> None:
    """Add the actions to MiniStack's table; calling it again changes nothing more."""
    if "CreateStackSet" in handlers._ACTION_HANDLERS:
        return
    versions.install()
    stacks.install()
    organization.install()
    for action in ACTIONS:
        handlers._ACTION_HANDLERS[action] = _handler(action)


def _handler(action: str) -> Callable[[Mapping[str, object]], Response]:
    return lambda params: answer(action, params)
