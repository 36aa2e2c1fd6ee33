"""Whether the stage that stands is the one that is meant: in the same home, and of the same spec and stage.

Stack sets live in one region of the administrator account, the home, and a call in another region does not
see them. So a stage whose home changes with its spec would look as if it were never deployed, and a stage
whose names join to those of another one (`shop` and `dev-x`, `shop-dev` and `x`) would take over its stack
sets. Both are refused before anything is planned.

Nothing of this is asked while the stage's own stack sets are found at home. Only where none is, other regions
are looked into; one that is disabled, denied or out of reach is passed over, because organizations commonly
deny the regions that they do not use.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from petc.deploy import codes
from petc.deploy.aws import list_stacks
from petc.deploy.aws.call_settings import Settings
from petc.deploy.aws.concurrency import each
from petc.deploy.aws.connection import Connection, answered, calling
from petc.deploy.aws.layer_names import is_layer, is_tagged, require_ours
from petc.deploy.aws.list_stacks import Stack
from petc.deploy.aws.stack_set_calls import caller
from petc.deploy.targets import Target, folded
from petc.diagnostics import Rejected


@dataclass(frozen=True, slots=True)
class _Sets:
    """The stack sets of one region, by name, with their tags."""

    client: Any
    settings: Settings

    def names(self) -> list[str]:
        """Return the names of all active stack sets. Raises `Rejected`."""
        with calling("cloudformation:ListStackSets"):
            pages = self.client.get_paginator("list_stack_sets").paginate(
                Status="ACTIVE", **caller(self.settings)
            )
            return [item["StackSetName"] for page in pages for item in page["Summaries"]]

    def tagged(self, prefix: str) -> Iterator[tuple[str, Mapping[str, str]]]:
        """Yield the stack sets that could be layers below the prefix, each with its tags."""
        for name in self.names():
            if not is_layer(name, prefix):
                continue
            answer, absent = answered(
                "cloudformation:DescribeStackSet",
                name,
                lambda name=name: self.client.describe_stack_set(  # type: ignore[misc]
                    StackSetName=name, **caller(self.settings)
                ),
                "StackSetNotFoundException",
            )
            if not absent:
                found = answer["StackSet"].get("Tags", ())
                yield name, {item["Key"]: item["Value"] for item in found}


def require(
    connection: Connection, settings: Settings, engine: str, prefix: str, targets: tuple[Target, ...]
) -> None:
    """Raise `Rejected` when the stage's stack sets stand in another home, or are those of another stage.

    The codes are `home-moved`, `administrator-moved` and `stage-of-another-spec`. `prefix` is what the names
    of the layers begin with.
    """
    if engine == "stacks":
        # Plain stacks stand where the targets are; who they belong to is seen when they are observed.
        return
    here = _Sets(connection.client("cloudformation"), settings)
    for name, tags in here.tagged(prefix):
        require_ours(f"the stack set {name}", tags, settings.spec, settings.stage)
        if is_tagged(tags, settings.spec, settings.stage):
            return
    elsewhere = [region for region in connection.regions if region != connection.home]
    found = each(lambda region: _home_in(connection, settings, prefix, region), elsewhere)
    homes = [region for region in found if region]
    if homes:
        raise _moved(settings, connection.home, homes)
    _require_no_orphans(connection, settings, prefix, targets)


def require_bootstrap(connection: Connection, name: str) -> None:
    """Raise `Rejected` (`home-moved`) when the stack `name` of `petc bootstrap` stands in another region only.

    An account has one: its roles and policies have fixed names, which IAM holds once for all regions.
    """
    if _has_stack(connection.client("cloudformation"), name):
        return
    elsewhere = [region for region in connection.regions if region != connection.home]
    found = each(lambda region: _bootstrapped_in(connection, name, region), elsewhere)
    homes = [region for region in found if region]
    if homes:
        raise codes.HOME_MOVED.because(
            f"account {connection.account} was bootstrapped in {homes[0]}, and the spec places the stack sets "
            f"of the stage in {connection.home}",
            help=f"write `home: {homes[0]}` under `targets` of the stage",
            pointer="/targets",
        )


def _bootstrapped_in(connection: Connection, name: str, region: str) -> str:
    try:
        return region if _has_stack(connection.glance("cloudformation", region), name) else ""
    except Rejected:
        return ""


def _has_stack(client: Any, name: str) -> bool:
    answer, _ = answered(
        "cloudformation:DescribeStacks",
        name,
        lambda: client.describe_stacks(StackName=name),
        "ValidationError",
    )
    # A change set that nobody executed leaves an empty stack behind.
    return bool(answer) and answer["Stacks"][0]["StackStatus"] not in (
        "REVIEW_IN_PROGRESS",
        "DELETE_COMPLETE",
    )


def left_behind(
    connection: Connection, settings: Settings, prefix: str, targets: tuple[Target, ...]
) -> tuple[Target, ...]:
    """Return where plain stacks of the stage stand besides its targets: regions that it has left.

    Looked into are all regions of the account of the credentials and of those of the targets. Nothing tells of
    another account that the stage has left.
    """
    accounts = sorted({connection.account, *(target.account for target in targets)})
    places = [Target(account, region) for account in accounts for region in connection.regions]

    def holds(place: Target) -> bool:
        try:
            stacks = list_stacks.all_of(connection, place, glancing=True)
        except Rejected:
            return False
        return any(
            is_layer(stack.name, prefix) and is_tagged(stack.tags, settings.spec, settings.stage)
            for stack in stacks.values()
        )

    others = [place for place in places if place not in targets]
    return tuple(place for place, found in zip(others, each(holds, others), strict=True) if found)


def _home_in(connection: Connection, settings: Settings, prefix: str, region: str) -> str:
    """Return the region when the stage's stack sets stand there; nothing when not, or when it cannot be seen."""
    try:
        there = _Sets(connection.glance("cloudformation", region), settings)
        ours = any(is_tagged(tags, settings.spec, settings.stage) for _, tags in there.tagged(prefix))
    except Rejected:
        return ""
    return region if ours else ""


def _require_no_orphans(
    connection: Connection, settings: Settings, prefix: str, targets: tuple[Target, ...]
) -> None:
    """Raise `Rejected` when stacks of the stage stand in its targets, made by stack sets that are not here."""
    read = each(lambda target: _stacks(connection, target), targets)
    held = {
        target: orphan
        for target, stacks in zip(targets, read, strict=True)
        if (orphan := next(orphans(stacks.values(), settings, prefix), None))
    }
    if not held:
        return
    first = min(held)
    raise codes.ADMINISTRATOR_MOVED.because(
        f"stacks of stage {settings.stage} of {settings.spec} stand in {folded(held)}, such as "
        f"{held[first].name}, and no stack set in account {connection.account} made them",
        help="use the credentials of the account that deployed the stage and name it as "
        "`targets.administrator`; if its stack sets were deleted there, delete these stacks as well",
        pointer="/targets/administrator",
    )


def orphans(stacks: Iterable[Stack], settings: Settings, prefix: str) -> Iterator[Stack]:
    """Yield the stacks that stack sets of this stage made, by name and tags."""
    for stack in stacks:
        made = list_stacks.stack_set_of(stack.name)
        if made and is_layer(made, prefix) and is_tagged(stack.tags, settings.spec, settings.stage):
            yield stack


def _stacks(connection: Connection, target: Target) -> Mapping[str, Stack]:
    """Return the stacks of a target; none where they cannot be read, as before its bootstrap."""
    try:
        return list_stacks.all_of(connection, target)
    except Rejected:
        return {}


def _moved(settings: Settings, home: str, found: list[str]) -> Rejected:
    return codes.HOME_MOVED.because(
        f"the stack sets of stage {settings.stage} of {settings.spec} stand in {' and '.join(found)}, and its "
        f"spec places them in {home}",
        help=f"write `home: {found[0]}` under `targets` of the stage; a region that the stage leaves is then "
        "deleted from there",
        pointer="/targets",
    )
