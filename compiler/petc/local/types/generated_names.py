"""Names that CloudFormation generates: others for each stack that is created, in each account and region."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import provisioners

_SUFFIX = 13
"""Length of the last part of a generated name in MiniStack."""

_KEPT = 24
"""Characters of a stack's name, and of a logical id, that are kept in a name of limited length (assumed: seen in every
account, documented nowhere)."""


_SEPARATORS = re.compile("[/:]")


def enter() -> None:
    """Derive the last part of a generated name from the stack's id instead of its name.

    MiniStack's names are the same for stacks of the same name: roles of two regions would be one role, and
    a stack that is created again would meet what the one before retained. On AWS the last part is random
    ("Name type"); a stack's id is, too, and stays the same through updates.
    """
    own = provisioners._physical_name
    if not hasattr(own, "petc"):
        module: Any = provisioners
        module._physical_name = _named(own)


def _named(own: Callable[..., str]) -> Callable[..., str]:
    def name(stack_name: str, logical_id: str, **options: Any) -> str:
        made = own(stack_name, logical_id, **options)
        stack = cloudformation._stacks.get(stack_name)
        if stack is None:
            return made
        seed = provisioners._NAME_SEED.get() if options.get("seeded", True) else ""
        digest = hashlib.sha256(f"{stack['StackId']}:{logical_id}:{seed}".encode()).hexdigest()[:_SUFFIX]
        lower = bool(options.get("lowercase"))
        before = made[:-_SUFFIX] + (digest if lower else digest.upper())
        cut = _cut(stack_name, logical_id, digest, lower)
        if len(f"{stack_name}-{logical_id}-{digest}") <= len(made) or len(cut) > options.get("max_len", 128):
            return before
        # A resource that a version before created keeps its name: the end of its id, a URL or an ARN.
        ids = (str(item.get("PhysicalResourceId")) for item in (stack.get("_resources") or {}).values())
        held = {_SEPARATORS.split(one)[-1] for one in ids}
        return before if before in held else cut

    function: Any = name
    function.petc = True
    return name


def _cut(stack_name: str, logical_id: str, suffix: str, lower: bool) -> str:
    """Return a name that still says the logical id, which MiniStack cuts off together with the stack's name."""
    name = f"{stack_name[:_KEPT]}-{logical_id[:_KEPT]}-{suffix}"
    return name.lower() if lower else f"{stack_name[:_KEPT]}-{logical_id[:_KEPT]}-{suffix.upper()}"
