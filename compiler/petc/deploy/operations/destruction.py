"""What destroying a stage takes away, what it leaves, and what forbids it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from petc.deploy.observed import Observed
from petc.deploy.operations import codes
from petc.deploy.plan.allowances import OPTIONS, covers, narrowest, option
from petc.deploy.plan.stateful import holds_data, kept
from petc.deploy.plan.types import Action, Allowance
from petc.deploy.targets import Target, folded
from petc.diagnostics import Diagnostic
from petc.output.reader import read
from petc.source.tree import Json
from petc.verify.rendered import mapping, sequence

SWITCHES: Mapping[str, str] = {
    "AWS::RDS::DBCluster": "DeletionProtection",
    "AWS::RDS::DBInstance": "DeletionProtection",
    "AWS::RDS::GlobalCluster": "DeletionProtection",
    "AWS::DynamoDB::Table": "DeletionProtectionEnabled",
    "AWS::Logs::LogGroup": "DeletionProtectionEnabled",
}
"""By type the property with which its service refuses a deletion; AWS CloudFormation Template Reference."""

_BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
_BALANCER_KEY = "deletion_protection.enabled"


@dataclass(frozen=True, slots=True)
class HeldResource:
    """A resource that stands in one or more targets. `kept` is `Retain`, `Snapshot` or empty."""

    stem: str
    logical_id: str
    type: str
    pointer: str
    kept: str
    targets: tuple[Target, ...]
    protected_by: str = ""


def held(observed: Observed, prefix: str) -> tuple[HeldResource, ...]:
    """Return what matters in a deletion: resources that hold data, are kept, or are protected from it.

    It goes by the templates that stand, not by those that are generated: they decide what happens.
    """
    groups: dict[tuple[str, str, str, str, str, str], list[Target]] = {}
    texts: dict[str, tuple[tuple[str, str, str, str, str], ...]] = {}
    for name, layer in sorted(observed.layers.items()):
        for target, one in sorted(layer.deployed.items()):
            if not one.exists or one.departed:
                continue
            text = one.template or layer.template
            if text not in texts:
                texts[text] = tuple(_of_template(text, name))
            for row in texts[text]:
                groups.setdefault((name.removeprefix(prefix), *row), []).append(target)
    return tuple(
        HeldResource(stem, logical_id, kind, pointer, policy, tuple(targets), switch)
        for (stem, logical_id, kind, pointer, policy, switch), targets in groups.items()
    )


_NAMED = 4
"""Ids that a way out names; the list above it has all of them."""

_WITHOUT_WEIGHT = frozenset({"AWS::SecretsManager::RotationSchedule"})
"""Types that are kept only so that deleting them cannot fail: they end with what they belong to."""

ALL = "all"
"""Stands for every resource in `--allow-delete`, of a stage that is not protected."""


def refusals(
    found: Collection[HeldResource], allowed: Collection[Allowance], *, protected: bool = False
) -> tuple[Diagnostic, ...]:
    """Return why the stage cannot be destroyed: resources that are protected, and data without an allowance.

    `allowed` are those of `--allow-delete`; one that names `ALL` counts only where the stage is not
    `protected`. Data of which a deletion leaves the resource or a snapshot are not lost, and need none.
    """
    problems = [
        codes.DELETION_PROTECTED.diagnostic(
            f"{item.logical_id} of {item.stem} in {folded(item.targets)} is protected by {item.protected_by}",
            pointer=item.pointer or None,
            help="switch it off in the spec and deploy, then destroy; petc does not switch it off",
            artifact=f"{item.stem}.yaml:{item.logical_id}",
        )
        for item in found
        if item.protected_by
    ]
    words = [word for word in allowed if word.logical_id != ALL or not protected]
    lost = [left for item in losses(found) if (left := _left(item, words)).targets]
    if lost:
        options = list(dict.fromkeys(text for item in lost for text in _options(item, found)))
        each = " ".join(options[:_NAMED]) + (" and so on" if len(options) > _NAMED else "")
        everything = "" if protected else f"{OPTIONS[Action.DELETE]} {ALL}, or "
        many = f"{len(lost)} resources would be deleted with their data"
        problems.append(
            codes.DATA_WOULD_GO.diagnostic(
                many if len(lost) > 1 else f"{_named(lost[0])} would be deleted with its data",
                pointer=(lost[0].pointer or None) if len(lost) == 1 else None,
                help=f"save what is worth keeping, then add {everything}{each}",
            )
        )
    return tuple(problems)


def _left(item: HeldResource, words: Collection[Allowance]) -> HeldResource:
    """Return the resource in those targets in which no allowance names it."""
    return replace(
        item, targets=tuple(target for target in item.targets if not _allowed(words, item, target))
    )


def _allowed(words: Collection[Allowance], item: HeldResource, target: Target) -> bool:
    return any(covers(word, Action.DELETE, name, target) for word in words for name in (item.logical_id, ALL))


def _options(item: HeldResource, found: Collection[HeldResource]) -> Iterator[str]:
    """Yield the options that allow the deletion of a resource in its targets and nowhere else."""
    places = {
        target for other in losses(found) if other.logical_id == item.logical_id for target in other.targets
    }
    for word in narrowest(Action.DELETE, item.logical_id, item.targets, places):
        yield option(word)


def _named(item: HeldResource) -> str:
    return f"{item.logical_id} of {item.stem} ({item.type}) in {folded(item.targets)}"


def losses(found: Collection[HeldResource]) -> tuple[HeldResource, ...]:
    """Return the resources whose data go with the stage."""
    return tuple(item for item in found if not item.kept and not _only_protected(item))


def unknown(found: Collection[HeldResource], allowed: Collection[Allowance]) -> tuple[Allowance, ...]:
    """Return the allowances that name nothing that would be lost: a slip that must not pass."""
    return tuple(
        word
        for word in sorted(allowed, key=option)
        if word.logical_id != ALL
        and not any(
            covers(word, Action.DELETE, item.logical_id, target)
            for item in losses(found)
            for target in item.targets
        )
    )


def buckets(found: Collection[HeldResource]) -> tuple[HeldResource, ...]:
    """Return the buckets that are deleted, which CloudFormation can do only when they are empty."""
    return tuple(item for item in losses(found) if item.type == "AWS::S3::Bucket")


def residue(found: Collection[HeldResource]) -> tuple[HeldResource, ...]:
    """Return what stays behind by its deletion policy, or leaves a snapshot."""
    return tuple(item for item in found if item.kept)


def _only_protected(item: HeldResource) -> bool:
    return not holds_data(item.type, {}) and bool(item.protected_by)


def _of_template(text: str, name: str) -> Iterator[tuple[str, str, str, str, str]]:
    for logical_id, value in mapping(mapping(read(text, name)).get("Resources")).items():
        body = mapping(value)
        kind, properties = str(body.get("Type", "")), mapping(body.get("Properties"))
        policy, switch = kept(body, "DeletionPolicy"), _switch(kind, properties)
        if kind in _WITHOUT_WEIGHT:
            continue
        if not (holds_data(kind, properties) or policy or switch):
            continue
        spec = mapping(mapping(body.get("Metadata")).get("petc")).get("spec")
        yield logical_id, kind, spec if isinstance(spec, str) else "", policy, switch


def _switch(kind: str, properties: Mapping[str, Json]) -> str:
    """Return the property that protects a resource from deletion; empty when none is on."""
    if kind == _BALANCER:
        on = any(
            mapping(item).get("Key") == _BALANCER_KEY and str(mapping(item).get("Value")).lower() == "true"
            for item in sequence(properties.get("LoadBalancerAttributes"))
        )
        return _BALANCER_KEY if on else ""
    name = SWITCHES.get(kind, "")
    return name if name and properties.get(name) in (True, "true") else ""
