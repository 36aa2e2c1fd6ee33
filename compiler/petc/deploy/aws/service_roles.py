"""Service-linked roles in target accounts, by IAM's own calls.

Services make them at their first use and take them at once, which IAM is often not ready for: the first cluster of an
account fails so (github.com/aws-cloudformation/cloudformation-coverage-roadmap, issue 818). A resource of a
template would fail in every account that has the role already, so `petc bootstrap` makes them by the API.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from petc.deploy.aws.bootstrap_stacks import Places
from petc.deploy.aws.connection import answered, calling
from petc.deploy.targets import Target


@dataclass(frozen=True, slots=True, order=True)
class Lacking:
    """A service whose role an account lacks; `place` is the account with its home region."""

    place: Target
    service: str


def lacking(places: Places, place: Target, services: Iterable[str]) -> tuple[Lacking, ...]:
    """Return the services of which the account has no role yet. Raises `Rejected`."""
    client = places.client("iam", place)
    found = []
    for service in services:
        with calling("iam:ListRoles", service):
            roles = client.list_roles(PathPrefix=f"/aws-service-role/{service}/")["Roles"]
        if not roles:
            found.append(Lacking(place, service))
    return tuple(found)


def make(places: Places, wanted: Lacking) -> None:
    """Make the role; one that somebody has made meanwhile is as good. Raises `Rejected`."""
    client = places.client("iam", wanted.place)
    # API reference, CreateServiceLinkedRole: InvalidInput says that the name has been taken.
    answered(
        "iam:CreateServiceLinkedRole",
        wanted.service,
        lambda: client.create_service_linked_role(AWSServiceName=wanted.service),
        "InvalidInput",
        "EntityAlreadyExists",
    )
