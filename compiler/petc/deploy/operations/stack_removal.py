"""What a plan deletes whole stacks of, and what keeps CloudFormation from deleting them. Pure.

A stack is deleted when its target leaves the stage or its layer leaves the spec. A resource that is protected,
or a bucket with objects, ends that half-way: layers that were deleted before are gone, and the stack set gives
its instance up. So both are looked for before the first step.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from types import MappingProxyType

from petc.deploy.observed import Observed
from petc.deploy.operations import codes, destruction
from petc.deploy.operations.destruction import HeldResource
from petc.deploy.plan.types import OperationKind, Plan
from petc.deploy.targets import Target, folded
from petc.diagnostics import Diagnostic

_DELETIONS = frozenset({OperationKind.DELETE_INSTANCES, OperationKind.DELETE_STACK})


@dataclass(frozen=True, slots=True)
class LeavingBucket:
    """A bucket that goes with its stack: the resource, its target, and its name in S3."""

    held: HeldResource
    target: Target
    name: str


def deleted(plan: Plan, observed: Observed) -> Observed:
    """Return of what was observed the stacks that the plan deletes."""
    going = {
        (operation.name, target)
        for step in plan.steps
        for operation in step.operations
        if operation.kind in _DELETIONS and not operation.retain
        for target in operation.targets
    }
    return replace(
        observed,
        layers=MappingProxyType(
            {
                name: replace(
                    layer,
                    deployed=MappingProxyType(
                        {target: one for target, one in layer.deployed.items() if (name, target) in going}
                    ),
                )
                for name, layer in observed.layers.items()
                if any((name, target) in going for target in layer.deployed)
            }
        ),
    )


def protected(found: Collection[HeldResource], stage: str) -> Iterator[Diagnostic]:
    """Yield the resources whose service would refuse the deletion."""
    for item in found:
        if item.protected_by:
            yield codes.DELETION_PROTECTED.diagnostic(
                f"{item.logical_id} of {item.stem} in {folded(item.targets)} would be deleted with its stack, "
                f"and {item.protected_by} protects it",
                pointer=item.pointer or None,
                help="put its target and layer back into the spec, switch the protection off there, run petc "
                f"deploy --stage {stage}, and then remove them",
                artifact=f"{item.stem}.yaml:{item.logical_id}",
            )


def filled(found: Collection[LeavingBucket]) -> Iterator[Diagnostic]:
    """Yield the buckets that hold objects, one problem for each resource; `found` are such buckets."""
    by_resource: dict[tuple[str, str], list[LeavingBucket]] = {}
    for bucket in found:
        by_resource.setdefault((bucket.held.stem, bucket.held.logical_id), []).append(bucket)
    for (stem, logical_id), buckets in sorted(by_resource.items()):
        yield codes.BUCKET_NOT_EMPTY.diagnostic(
            f"the bucket {logical_id} of {stem} in {folded(item.target for item in buckets)} would be deleted "
            "with its stack, and it holds objects",
            pointer=buckets[0].held.pointer or None,
            help="add --empty-buckets to delete every version of every object in it, or empty it yourself",
            artifact=f"{stem}.yaml:{logical_id}",
        )


def unreached(found: Collection[LeavingBucket]) -> Iterator[Diagnostic]:
    """Yield the buckets that lie in accounts in which nothing may be deleted with the credentials at hand."""
    for bucket in found:
        yield codes.BUCKET_NOT_EMPTY.diagnostic(
            f"the bucket {bucket.held.logical_id} of {bucket.held.stem} in {bucket.target} cannot be emptied with "
            "these credentials",
            pointer=bucket.held.pointer or None,
            help="name a role of that account with --role, or empty it there",
            artifact=f"{bucket.held.stem}.yaml:{bucket.held.logical_id}",
        )


def buckets(observed: Observed, prefix: str) -> Iterator[tuple[HeldResource, Target, str]]:
    """Yield the buckets that go with observed stacks: the resource, the target, and the stack's id."""
    for item in destruction.buckets(destruction.held(observed, prefix)):
        for target in item.targets:
            yield item, target, observed.layers[prefix + item.stem].deployed[target].stack_id
