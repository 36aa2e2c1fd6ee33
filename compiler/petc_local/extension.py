"""What petc adds to MiniStack, as the server installs and keeps it."""

from __future__ import annotations

from petc_local import exclusive_parameters, iam_enforcement, performance, quotas, stack_sets, types
from petc_local.authorization import requests as authorized_requests
from petc_local.authorization import stacks as authorized_stacks
from petc_local.state import Part
from petc_local.types import iam_service_roles


def install() -> None:
    """Add the resource types, the StackSets service, given quotas, and what decisions by policies need."""
    performance.install()
    iam_enforcement.install()
    iam_service_roles.install()
    types.install()
    stack_sets.install()
    quotas.install()
    exclusive_parameters.install()
    # Outermost: IAM decides before a service looks at anything.
    authorized_stacks.install()
    authorized_requests.install()


def parts() -> dict[str, Part]:
    """Return how each part of the extension is kept."""
    return {"types": (types.dump, types.load), "stack-sets": (stack_sets.dump, stack_sets.load)}
