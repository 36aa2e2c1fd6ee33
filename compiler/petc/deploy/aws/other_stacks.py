"""Stacks in the targets of a stage that are none of its layers, and could be in their way."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from petc.deploy.aws.names import is_tagged
from petc.deploy.aws.settings import Settings
from petc.deploy.aws.standing import Stack, stack_set_of
from petc.deploy.observed import OtherStack
from petc.deploy.targets import Target

_LAYER = "petc:layer"


def others(
    read: Iterable[tuple[Target, Mapping[str, Stack]]], layers: Collection[str], settings: Settings
) -> tuple[OtherStack, ...]:
    """Return those stacks that export something, or are tagged as a layer of the stage.

    `layers` holds the ids of the stacks that are layers of the stage under its present engine.
    """
    return tuple(_others(read, layers, settings))


def _others(
    read: Iterable[tuple[Target, Mapping[str, Stack]]], layers: Collection[str], settings: Settings
) -> Iterator[OtherStack]:
    for target, stacks in read:
        for stack in stacks.values():
            if stack.stack_id in layers:
                continue
            ours = is_tagged(stack.tags, settings.spec, settings.stage)
            layer = stack.tags.get(_LAYER, "") if ours else ""
            if layer or stack.exports:
                yield OtherStack(target, stack.name, layer, stack_set_of(stack.name), stack.exports)
