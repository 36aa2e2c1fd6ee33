"""Single stacks by change sets, in the administrator account or with a role of a target account."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import botocore.exceptions

from petc.deploy.aws import idempotency
from petc.deploy.aws.connection import Connection, answered, calling, client_of, session_of
from petc.deploy.aws.polling import until
from petc.deploy.operations import codes
from petc.deploy.targets import Target
from petc.diagnostics import Rejected

_CAPABILITIES = ["CAPABILITY_NAMED_IAM"]
_POLL_SECONDS = 2.0
_TIMEOUT_SECONDS = 900.0
_NOTHING = ("didn't contain changes", "No updates are to be performed")
"""How CloudFormation says that a change set is empty (wording seen, assumed stable)."""

_UNUSABLE = frozenset(
    {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED", "REVIEW_IN_PROGRESS"}
)
"""Statuses that take no update; User Guide, "Stack status codes"."""


@dataclass(frozen=True, slots=True)
class ChangedResource:
    """One line of a change set: `Add`, `Modify` or `Remove`, and `replacement` as AWS says it."""

    action: str
    logical_id: str
    type: str
    replacement: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change set that waits to be executed. `creates` says that the stack does not stand yet."""

    name: str
    place: Target
    change_set: str
    creates: bool
    changes: tuple[ChangedResource, ...]


@dataclass(slots=True)
class Places:
    """Clients by place: those of the connection in its own account, elsewhere those of an assumed role.

    `role` is the name of a role in each target account that may make roles and buckets there; empty when
    only the own account can be reached.
    """

    connection: Connection
    role: str = ""
    _sessions: dict[str, Any] = field(default_factory=dict)

    def reaches(self, account: str) -> bool:
        """Whether stacks can be made in an account."""
        return account == self.connection.account or bool(self.role)

    def client(self, service: str, place: Target) -> Any:
        """Return a client of a service in a place; raises `Rejected` when the role cannot be taken."""
        if place.account == self.connection.account:
            return self.connection.client(service, place.region)
        if place.account not in self._sessions:
            arn = f"arn:{self.connection.partition}:iam::{place.account}:role/{self.role}"
            with calling("sts:AssumeRole", arn):
                made = self.connection.client("sts").assume_role(
                    RoleArn=arn, RoleSessionName="petc-bootstrap"
                )
            self._sessions[place.account] = session_of(made["Credentials"])
        return client_of(self._sessions[place.account], service, place.region)


def exists(places: Places, name: str, place: Target) -> bool:
    """Whether there is a stack of that name, in whatever state."""
    return bool(_status(places.client("cloudformation", place), name))


def deployed_template(places: Places, name: str, place: Target) -> str:
    """Return the template of a stack that stands; empty when there is none."""
    return template_of(places.client("cloudformation", place), name)


def template_of(client: Any, name: str) -> str:
    """Return the template of a stack as it was given, by a client of its place; empty when there is none."""
    answer, _ = answered(
        "cloudformation:GetTemplate",
        name,
        lambda: client.get_template(StackName=name, TemplateStage="Original"),
        "ValidationError",
    )
    body = answer["TemplateBody"] if answer else ""
    return body if isinstance(body, str) else ""


def propose(places: Places, name: str, place: Target, text: str) -> Proposal | None:
    """Make a change set that brings a stack to a template, or return None when there is nothing to change.

    A stack that failed at its creation is deleted first, for it takes no update; what it left is nothing of
    ours. Raises `Rejected` when AWS refuses, with AWS's reason.
    """
    client = places.client("cloudformation", place)
    status = _status(client, name)
    if status in _UNUSABLE:
        remove(places, name, place)
        status = ""
    change_set = idempotency.new_id()
    # A change set of that name is ours: the answer to the first call was lost.
    answered(
        "cloudformation:CreateChangeSet",
        name,
        lambda: client.create_change_set(
            StackName=name,
            ChangeSetName=change_set,
            ChangeSetType="UPDATE" if status else "CREATE",
            TemplateBody=text,
            Capabilities=_CAPABILITIES,
            Tags=[{"Key": "petc:bootstrap", "Value": "true"}],
            ClientToken=change_set,
        ),
        "AlreadyExistsException",
    )
    described = _described(client, name, change_set)
    if described["Status"] == "FAILED":
        reason = str(described.get("StatusReason", ""))
        discard(places, Proposal(name, place, change_set, not status, ()))
        if any(text in reason for text in _NOTHING):
            return None
        raise _failed(name, place, reason)
    return Proposal(name, place, change_set, not status, _changes(described))


def remove(places: Places, name: str, place: Target) -> None:
    """Delete a stack and wait until it is gone; raises `Rejected` when something in it cannot be deleted."""
    client = places.client("cloudformation", place)
    with calling("cloudformation:DeleteStack", name):
        client.delete_stack(StackName=name, ClientRequestToken=idempotency.new_id())
    if _until(client, name, lambda now: now in ("", "DELETE_FAILED")):
        raise _failed(name, place, _first_failure(client, name) or "it cannot be deleted")


def perform(places: Places, proposal: Proposal) -> None:
    """Execute a change set and wait for its end; raises `Rejected` with the first failure."""
    client = places.client("cloudformation", proposal.place)
    with calling("cloudformation:ExecuteChangeSet", proposal.name):
        try:
            client.execute_change_set(
                StackName=proposal.name,
                ChangeSetName=proposal.change_set,
                ClientRequestToken=idempotency.new_id(),
            )
        except botocore.exceptions.ClientError:
            # The first answer may have been lost: then the change set is being executed already.
            if not _is_executed(client, proposal):
                raise
    ended = _until(client, proposal.name, lambda now: not now.endswith("_IN_PROGRESS"))
    if ended not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        raise _failed(proposal.name, proposal.place, _first_failure(client, proposal.name) or ended)


def _is_executed(client: Any, proposal: Proposal) -> bool:
    found, gone = answered(
        "cloudformation:DescribeChangeSet",
        proposal.name,
        lambda: client.describe_change_set(StackName=proposal.name, ChangeSetName=proposal.change_set),
        "ChangeSetNotFoundException",
    )
    # AWS deletes the change sets of a stack once one of them has been executed (API reference, ExecuteChangeSet).
    return bool(gone) or str(found.get("ExecutionStatus", "")).startswith("EXECUTE_")


def discard(places: Places, proposal: Proposal) -> None:
    """Delete a change set that nobody wants, and the empty stack that it may have made."""
    client = places.client("cloudformation", proposal.place)
    with calling("cloudformation:DeleteChangeSet", proposal.name):
        client.delete_change_set(StackName=proposal.name, ChangeSetName=proposal.change_set)
        if proposal.creates:
            client.delete_stack(StackName=proposal.name)


def organization(connection: Connection) -> str:
    """Return the id of the organization that the account belongs to."""
    with calling("organizations:DescribeOrganization"):
        found = connection.client("organizations").describe_organization()
        return str(found["Organization"]["Id"])


def has_github_provider(connection: Connection) -> bool:
    """Whether the account knows GitHub's OpenID provider already."""
    with calling("iam:ListOpenIDConnectProviders"):
        found = connection.client("iam").list_open_id_connect_providers()["OpenIDConnectProviderList"]
    return any("token.actions.githubusercontent.com" in item["Arn"] for item in found)


def _status(client: Any, name: str) -> str:
    """Return a stack's status; empty when there is none."""
    answer, _ = answered(
        "cloudformation:DescribeStacks",
        name,
        lambda: client.describe_stacks(StackName=name),
        "ValidationError",
    )
    return str(answer["Stacks"][0]["StackStatus"]) if answer else ""


def _until(client: Any, name: str, ended: Callable[[str], bool]) -> str:
    """Return the status for which a stack was waited for."""
    deadline = time.monotonic() + _TIMEOUT_SECONDS
    pause = 0.1
    while not ended(status := _status(client, name)):
        if time.monotonic() > deadline:
            raise codes.BOOTSTRAP_SLOW.because(
                f"{name} is still {status} after {int(_TIMEOUT_SECONDS // 60)} minutes",
                help="look at its events in the console, then run petc bootstrap again",
            )
        time.sleep(pause)
        pause = min(pause * 2, _POLL_SECONDS)
    return status


def _described(client: Any, name: str, change_set: str) -> dict[str, Any]:
    def look() -> dict[str, Any]:
        with calling("cloudformation:DescribeChangeSet", name):
            found: dict[str, Any] = client.describe_change_set(StackName=name, ChangeSetName=change_set)
        return found

    return until(
        look, lambda now: now["Status"] not in ("CREATE_PENDING", "CREATE_IN_PROGRESS"), _POLL_SECONDS
    )


def _changes(described: dict[str, Any]) -> tuple[ChangedResource, ...]:
    found = (item["ResourceChange"] for item in described.get("Changes", ()) if "ResourceChange" in item)
    return tuple(
        ChangedResource(
            item["Action"], item["LogicalResourceId"], item["ResourceType"], item.get("Replacement", "")
        )
        for item in found
    )


def _first_failure(client: Any, name: str) -> str:
    with calling("cloudformation:DescribeStackEvents", name):
        events = client.describe_stack_events(StackName=name)["StackEvents"]
    for event in reversed(events):
        reason = str(event.get("ResourceStatusReason", ""))
        if str(event["ResourceStatus"]).endswith("_FAILED") and "cancelled" not in reason:
            return f"{event['LogicalResourceId']}: {reason}"
    return ""


def _failed(name: str, place: Target, reason: str) -> Rejected:
    return codes.BOOTSTRAP_FAILED.because(
        f"the stack {name} in {place} could not be made: {' '.join(reason.split())}",
        help="a role or bucket of that name may stand already; `petc bootstrap --print` shows all of them",
    )
