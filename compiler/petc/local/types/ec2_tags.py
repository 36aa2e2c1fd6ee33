"""Tags of EC2 resources, kept as MiniStack's EC2 keeps them."""

from __future__ import annotations

from ministack.services import ec2

from petc.local.types.forms import Properties, entries, text


def write(resource_id: str, old: Properties, new: Properties) -> None:
    """Set the tags of the new properties and drop those that only the old ones had; others stay."""
    owned = {text(tag, "Key") for side in (old, new) for tag in entries(side.get("Tags"))}
    kept = [tag for tag in ec2._tags.get(resource_id) or [] if tag.get("Key") not in owned]
    tags = kept + [{"Key": text(tag, "Key"), "Value": text(tag, "Value")} for tag in entries(new.get("Tags"))]
    if tags:
        ec2._tags[resource_id] = tags
    else:
        ec2._tags.pop(resource_id, None)
