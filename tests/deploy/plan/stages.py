"""Random stages for property tests: layers whose exports, imports and resources come, go and move."""

from __future__ import annotations

from typing import Literal

from hypothesis import strategies as st

from petc.deploy.desired import DesiredState
from petc.deploy.targets import Target, product
from petc.source.tree import Json
from tests.deploy.plan.sample import Body, imported, output, ref, topic, wanted

CELLS = product(("111111111111", "222222222222"), ("eu-west-1", "us-west-2"))
LAYERS = ("01-a", "02-b", "03-c", "04-d")
EXPORTS = ("p", "q", "r", "s", "t")
RESOURCES = ("One", "Two", "Three")


@st.composite
def stages(draw: st.DrawFn, engine: Literal["stack-sets", "stacks"] = "stack-sets") -> DesiredState:
    """Draw a stage in which each layer imports only from layers before it."""
    names = draw(st.lists(st.sampled_from(LAYERS), min_size=1, unique=True))
    free = list(EXPORTS)
    known: list[str] = []
    layers: dict[str, Body | str] = {}
    parameters: dict[str, dict[Target, dict[str, str]]] = {}
    targets = tuple(sorted(draw(st.lists(st.sampled_from(CELLS), min_size=1, max_size=3, unique=True))))
    for name in names:
        resources: Body = {}
        for logical_id in draw(st.lists(st.sampled_from(RESOURCES), min_size=1, unique=True)):
            resources[logical_id] = topic(
                draw(_value(tuple(resources), tuple(known))),
                kind=draw(_value(tuple(resources), tuple(known))),
            )
        outputs: Body = {}
        exported = draw(st.lists(st.sampled_from(free), max_size=2, unique=True)) if free else []
        for export in exported:
            free.remove(export)
            outputs[f"Output{export}"] = output(draw(_value(tuple(resources), tuple(known))), export)
        known += exported
        declared: Body = {name: {"Type": "String", "Default": f"{name.lower()}0"} for name in ("P", "Q")}
        body: Body = {"Resources": resources, "Parameters": declared}
        layers[name] = body | ({"Outputs": outputs} if outputs else {})
        if draw(st.booleans()):
            parameters[name] = {
                target: {"P": draw(st.sampled_from(("p1", "p2")))}
                for target in targets
                if draw(st.booleans())
            }
    return wanted(layers, targets, parameters, engine)


def _value(resources: tuple[str, ...], known: tuple[str, ...]) -> st.SearchStrategy[Json]:
    choices: list[st.SearchStrategy[Json]] = [st.sampled_from(["v1", "v2"]), st.sampled_from("PQ").map(ref)]
    if resources:
        choices.append(st.sampled_from(resources).map(ref))
        choices.append(st.sampled_from(resources).map(lambda name: {"Fn::GetAtt": [name, "DisplayName"]}))
    if known:
        choices.append(st.sampled_from(known).map(imported))
        choices.append(st.sampled_from(known).map(imported))
    return st.one_of(choices)
