"""Replacements that CloudFormation refuses: it creates the new resource before it deletes the old one.

So a resource cannot be replaced while both would have one name ("CloudFormation resource custom naming": an
update must not replace a custom-named resource), and not while both would hold something that is held once,
such as the address of a NAT gateway. A resource that is new cannot have the name of one that is deployed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from petc.deploy.plan.references import inside
from petc.deploy.plan.refusal import Refused, described
from petc.deploy.plan.target_resources import Estate, Key, ResourceEntry
from petc.deploy.plan.types import Action, Effect, ResourceChange
from petc.deploy.plan.unique_names import custom_name, naming_properties, scope_properties
from petc.deploy.plan.value_text import fitted, shown
from petc.source.tree import Json

HELD_ONCE: Mapping[str, tuple[str, ...]] = {
    "AWS::EC2::NatGateway": ("AllocationId",),
    "AWS::EC2::NetworkInterfaceAttachment": ("NetworkInterfaceId",),
    "AWS::EC2::VPCGatewayAttachment": ("InternetGatewayId", "VpnGatewayId"),
    "AWS::EC2::VolumeAttachment": ("VolumeId",),
}
"""By type: properties that name what only one resource can hold at a time.

EC2 API reference, CreateNatGateway (`Resource.AlreadyAssociated` for an address in use), AttachInternetGateway
(`Resource.AlreadyAssociated`), AttachNetworkInterface, AttachVolume. Seen in public: pulumi-aws issue 1483,
terraform-provider-aws issue 26167 (a NAT gateway that is replaced while its address stays).
"""

_MOST = 60


def of_names(estate: Estate) -> Iterator[Refused]:
    """Yield custom-named resources that would be replaced under their name."""
    for key, change in sorted(estate.changes.items()):
        entry = estate.after.resources.get(key)
        if change.action is not Action.REPLACE or entry is None:
            continue
        name = custom_name(entry.type, entry.properties)
        names = naming_properties(entry.type)
        moved = any(estate.changed(key, item) for item in (*names, *scope_properties(entry.type)))
        if not name or moved:
            continue
        yield Refused(
            "cannot-be-replaced",
            f"{described(key, entry)} would be replaced because {_causes(change)}, but CloudFormation does not "
            f"replace a resource that keeps its name, {_named(name)}",
            pointer=entry.pointer,
            help=f"undo that change; or give the resource another name ({', '.join(names)}), where the spec or "
            "an override names it; or remove it in one deployment and add it in the next"
            + (", which loses its data" if change.stateful else ""),
        )


def of_held(estate: Estate) -> Iterator[Refused]:
    """Yield resources that would be replaced while the old one holds what the new one needs."""
    for key, change in sorted(estate.changes.items()):
        entry = estate.after.resources.get(key)
        if change.action is not Action.REPLACE or entry is None:
            continue
        for name in HELD_ONCE.get(entry.type, ()):
            value = entry.properties.get(name)
            if value is None or estate.changed(key, name):
                continue
            yield Refused(
                "cannot-be-replaced",
                f"{described(key, entry)} would be replaced because {_causes(change)}, but its {name} "
                f"({fitted(shown(value), _MOST)}) is in use by the deployed one, which CloudFormation deletes "
                "only after the new one is created",
                pointer=entry.pointer,
                help="undo that change; a subnet with a NAT gateway keeps its range and zone as long as the "
                "gateway is there"
                if entry.type == "AWS::EC2::NatGateway"
                else "undo that change, or remove the resource in one deployment and add it in the next",
            )


def of_taken(estate: Estate) -> Iterator[Refused]:
    """Yield resources that would be created with a name that another deployed resource of the stage has."""
    holders = {
        mark: key
        for key, entry in sorted(estate.before.resources.items())
        if (mark := _mark(key, entry)) is not None
    }
    for key, change in sorted(estate.changes.items()):
        entry = estate.after.resources.get(key)
        if change.action not in (Action.CREATE, Action.REPLACE) or entry is None:
            continue
        mark = _mark(key, entry)
        holder = holders.get(mark) if mark is not None else None
        if holder is None or holder == key:
            continue
        other = estate.before.resources[holder]
        yield Refused(
            "name-in-use",
            f"{described(key, entry)} would be created with the name "
            f"{_named(custom_name(entry.type, entry.properties))}, which {holder.logical_id} of layer {other.layer} "
            "has, and CloudFormation creates before it deletes",
            pointer=entry.pointer,
            help=f"choose another name, or remove {holder.logical_id} in one deployment and add "
            f"{key.logical_id} in the next"
            + ("; `moved:` keeps a resource through a rename" if holder.stack == key.stack else ""),
        )


def _mark(key: Key, entry: ResourceEntry) -> tuple[str, ...] | None:
    """Return type and name of a resource in a form that can be compared; nothing where it has no name.

    A name that refers to resources means something within its own stack only.
    """
    name = custom_name(entry.type, entry.properties)
    if not name:
        return None
    within = [entry.properties.get(item) for item in sorted(scope_properties(entry.type))]
    text = json.dumps([name, within], sort_keys=True)
    local = key.stack if any(not item.imported for item in inside(list(name))) else ""
    return entry.type, text, local


def _named(name: tuple[Json, ...]) -> str:
    return ", ".join(fitted(shown(part), _MOST) for part in name)


def _causes(change: ResourceChange) -> str:
    """Return which properties make a replacement necessary: `KmsKey changes`."""
    names = sorted(
        {
            item.path.removeprefix("Properties.")
            for item in change.properties
            if item.effect is Effect.REPLACES
        }
    )
    return f"{' and '.join(names)} {'changes' if len(names) == 1 else 'change'}"
