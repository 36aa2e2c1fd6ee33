"""Models: foundation models on Bedrock, which are no resource of the stage but a permission to call them."""

from __future__ import annotations

from collections.abc import Iterator

from petc.model.components import Model, Use
from petc.model.injected import Injected, upper
from petc.model.kinds.kind import PartKind
from petc.model.parties import Access, Caller, Edge, Party, PartyKind


def _reached(caller: Caller, model: Model, use: Use) -> Iterator[Edge]:
    target = Party(PartyKind.MODEL, model.name)
    because = caller.because(model.name)
    calls = ("bedrock-runtime",)
    yield Edge(caller.party, target, Access.CONVERSE, use.at, because, role=caller.calls, calls=calls)


def _given(model: Model, use: Use) -> Iterator[Injected]:
    yield Injected(f"{upper(model.name)}_MODEL_ID", model.id, use.at)


KIND = PartKind("model", "models", Model, reached=_reached, given=_given, passive=True)
