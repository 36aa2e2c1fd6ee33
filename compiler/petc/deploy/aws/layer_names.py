"""Which stack sets and stacks are layers of a stage, by name and tags."""

from __future__ import annotations

import re
from collections.abc import Mapping

from petc.deploy import codes

_LAYER = re.compile(r"\d\d-[a-z0-9-]+")


def is_layer(name: str, prefix: str) -> bool:
    """Whether a name is that of a layer below the stage's prefix."""
    return name.startswith(prefix) and bool(_LAYER.fullmatch(name.removeprefix(prefix)))


def is_tagged(tags: Mapping[str, str], spec: str, stage: str) -> bool:
    """Whether the tags are the stage's: `shop-dev-02-…` may be of stage `dev` of `shop`, or of `shop-dev`."""
    return tags.get("petc:spec") == spec and tags.get("petc:stage") == stage


def require_ours(what: str, tags: Mapping[str, str], spec: str, stage: str) -> None:
    """Raise `Rejected` (`stage-of-another-spec`) for what is tagged as another stage whose full name is ours.

    `shop` with stage `dev-x` and `shop-dev` with stage `x` have the same names, so one would take over the
    other. Things without these tags, or of a stage with another full name, pass. `what` begins the message.
    """
    owner = (tags.get("petc:spec", ""), tags.get("petc:stage", ""))
    if "" in owner or owner == (spec, stage) or "-".join(owner) != f"{spec}-{stage}":
        return
    raise codes.STAGE_OF_ANOTHER_SPEC.because(
        f"{what} belongs to stage {owner[1]} of {owner[0]}, whose names are those of stage {stage} of {spec}",
        help="rename the spec or the stage, so that their names joined by a hyphen are unique in the account",
        pointer="/name",
    )
