"""Typed stages for tests: of the reference spec, or of a text."""

from __future__ import annotations

import dataclasses
from functools import cache
from pathlib import Path

from petc.model.decode import decode
from petc.model.schema import conforming
from petc.model.stage_tree import stage_tree
from petc.model.types import Stage
from petc.source.parse import parse
from petc.source.tree import plain

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "spec" / "petclinic.yaml"
DIGEST = "0" * 64
"""Stands for the digest of a function's sources, which the pipeline computes from files."""


def stage_of(text: str, stage: str = "dev") -> Stage:
    """Return a stage of a spec given as text; a `Rejected` of any phase passes through."""
    tree = stage_tree(parse(text.encode(), "spec.yaml"), stage)
    typed = decode(conforming(plain(tree)), stage)
    return dataclasses.replace(typed, assets=dict.fromkeys(typed.functions, DIGEST))


@cache
def reference(stage: str) -> Stage:
    """Return a stage of the reference spec."""
    return stage_of(REFERENCE.read_text("utf-8"), stage)
