"""What stands as plain stacks of a stage: one DescribeStacks for each target, one GetTemplate for each stack."""

from __future__ import annotations

from collections.abc import Collection
from types import MappingProxyType

from petc.deploy.aws import list_stacks
from petc.deploy.aws.call_settings import Settings
from petc.deploy.aws.concurrency import each
from petc.deploy.aws.connection import Connection
from petc.deploy.aws.layer_names import is_layer, is_tagged, require_ours
from petc.deploy.aws.list_stacks import SOUND, Stack
from petc.deploy.observed import CURRENT, INOPERABLE, OUTDATED, Deployed, Observed, ObservedLayer
from petc.deploy.targets import Target

REVIEW = "REVIEW_IN_PROGRESS"
"""A change set was made for a stack that does not exist yet; nothing goes on."""


def observe(
    connection: Connection,
    settings: Settings,
    names: Collection[str],
    prefix: str,
    targets: tuple[Target, ...],
) -> Observed:
    """Return the stacks of these names, and those with the prefix that are tagged as the stage's."""
    account = connection.account
    found: dict[str, dict[Target, Stack]] = {}
    read = list(zip(targets, each(lambda one: list_stacks.all_of(connection, one), targets), strict=True))
    for target, stacks in read:
        for stack in stacks.values():
            if stack.name not in names and not is_layer(stack.name, prefix):
                continue
            require_ours(f"the stack {stack.name} in {target}", stack.tags, settings.spec, settings.stage)
            if stack.name in names or is_tagged(stack.tags, settings.spec, settings.stage):
                found.setdefault(stack.name, {})[target] = stack
    layers = each(lambda name: _layer(connection, name, found[name]), found)
    held = {stack.stack_id for stacks in found.values() for stack in stacks.values()}
    return Observed(
        account,
        MappingProxyType({layer.name: layer for layer in layers}),
        list_stacks.others(read, held, settings),
    )


def _layer(connection: Connection, name: str, stacks: dict[Target, Stack]) -> ObservedLayer:
    deployed = {target: _deployed(connection, target, stack) for target, stack in stacks.items()}
    moving = [stack.status for stack in stacks.values() if _standing(stack) == OUTDATED]
    tags = next(iter(stacks.values())).tags
    return ObservedLayer(
        name,
        tags=MappingProxyType(dict(tags)),
        deployed=MappingProxyType(deployed),
        busy=moving[0] if moving else "",
    )


def _standing(stack: Stack) -> str:
    if stack.status in SOUND:
        return CURRENT
    return OUTDATED if stack.status.endswith("_IN_PROGRESS") and stack.status != REVIEW else INOPERABLE


def _deployed(connection: Connection, target: Target, stack: Stack) -> Deployed:
    held = "" if stack.status == REVIEW else list_stacks.template_of(connection, target, stack.stack_id)
    return Deployed(
        target=target,
        standing=_standing(stack),
        reason=stack.reason,
        stack_id=stack.stack_id,
        stack_name=stack.name,
        stack_status=stack.status,
        template=held,
        parameters=MappingProxyType(dict(stack.parameters)),
        outputs=MappingProxyType(dict(stack.outputs)),
    )
