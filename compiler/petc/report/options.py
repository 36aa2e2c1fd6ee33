"""How messages are shown: what the caller decides and a renderer cannot know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from petc.diagnostics import Code


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """The choices of the caller.

    `color` adds terminal colours to text. `width` is the number of terminal cells that an excerpt may
    take. `codes` explains each diagnostic code and `version` is the version of petc; both are only
    shown in SARIF.
    """

    color: bool = False
    width: int = 100
    codes: Mapping[str, Code] = field(default_factory=dict)
    version: str = ""
