"""The CloudFormation calls on plain stacks: one of each target at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from petc.deploy.plan.stack_set_operations import Identity
from petc.deploy.plan.templates import Template
from petc.deploy.plan.types import Operation, OperationKind
from petc.deploy.targets import Target


def stack(
    identity: Identity, kind: OperationKind, wanted: Template, held: Mapping[Target, Mapping[str, str]]
) -> tuple[Operation, ...]:
    """Create or update the stack of each target with its values."""
    return tuple(
        Operation(
            "",
            kind,
            identity.name,
            targets=(target,),
            template=wanted.digest,
            parameters=tuple(sorted(held[target].items())),
            capabilities=identity.capabilities,
            tags=tuple(sorted(identity.tags.items())),
        )
        for target in sorted(held)
    )


def delete(identity: Identity, targets: Iterable[Target]) -> tuple[Operation, ...]:
    """Delete the stack of each target."""
    return tuple(
        Operation("", OperationKind.DELETE_STACK, identity.name, targets=(target,))
        for target in sorted(targets)
    )
