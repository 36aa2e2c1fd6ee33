"""Which stack sets and stacks are layers of a stage, by name and tags."""

from __future__ import annotations

import re
from collections.abc import Mapping

_LAYER = re.compile(r"\d\d-[a-z0-9-]+")


def is_layer(name: str, prefix: str) -> bool:
    """Whether a name is that of a layer below the stage's prefix."""
    return name.startswith(prefix) and bool(_LAYER.fullmatch(name.removeprefix(prefix)))


def is_tagged(tags: Mapping[str, str], spec: str, stage: str) -> bool:
    """Whether the tags are the stage's: `shop-dev-02-…` may be of stage `dev` of `shop`, or of `shop-dev`."""
    return tags.get("petc:spec") == spec and tags.get("petc:stage") == stage
