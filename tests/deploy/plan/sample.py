"""Small wanted stages for tests of the plan."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Literal

from petc.deploy.desired import DesiredState, WantedLayer
from petc.deploy.desired import wanted as of_stage
from petc.deploy.observed import CURRENT, Deployed, Observed, ObservedLayer
from petc.deploy.plan.templates import template, values
from petc.deploy.targets import Target, product
from petc.model.types import Operations
from petc.output.render import render
from petc.source.tree import Json
from petc.synthesis import emitted
from tests.specs import stage_of

HERE = Target("111111111111", "us-west-2")
TWO = product(("111111111111", "222222222222"), ("us-west-2",))
SIX = product(("111111111111", "222222222222", "333333333333"), ("eu-west-1", "us-west-2"))

Body = dict[str, Json]


def topic(display: Json = "a", name: Json = None, kind: Json = None, **more: Json) -> Json:
    """Return a topic: another `display` updates it, another `kind` replaces it, and so does another `name`."""
    properties: Body = {"DisplayName": display}
    if name is not None:
        properties["TopicName"] = name
    if kind is not None:
        # Topics of one kind do not exclude each other, as those of one name do.
        properties["FifoTopic"] = kind
    return {"Type": "AWS::SNS::Topic", "Properties": properties, **more}


def output(value: Json, export: str = "") -> Json:
    """Return an output, exported under a name where one is given."""
    return {"Value": value, "Export": {"Name": export}} if export else {"Value": value}


def imported(export: str) -> Json:
    """Return an import."""
    return {"Fn::ImportValue": export}


def ref(name: str) -> Json:
    """Return a reference."""
    return {"Ref": name}


def body(resources: Body, outputs: Body | None = None, **sections: Json) -> Body:
    """Return a template."""
    found: Body = {"Resources": resources, **sections}
    return found | {"Outputs": outputs} if outputs else found


def wanted(
    layers: Mapping[str, Body | str],
    targets: tuple[Target, ...] = (HERE,),
    parameters: Mapping[str, Mapping[Target, Mapping[str, str]]] | None = None,
    engine: Literal["stack-sets", "stacks"] = "stack-sets",
    tags: Mapping[str, str] | None = None,
) -> DesiredState:
    """Return a stage of these layers in this order; a layer depends on those that it imports from."""
    made: list[WantedLayer] = []
    for number, (name, held) in enumerate(layers.items(), 1):
        text = held if isinstance(held, str) else render(held)
        stem = f"{number:02d}-{name}" if not name[:2].isdigit() else name
        imports = template(text).imports
        made.append(
            WantedLayer(
                layer=name,
                stem=stem,
                name=f"shop-dev-{stem}",
                template=text,
                sha256=hashlib.sha256(text.encode()).hexdigest(),
                depends_on=tuple(
                    other.layer for other in made if imports & template(other.template).exports.keys()
                ),
                capabilities=(),
                parameters={target: (parameters or {}).get(name, {}).get(target, {}) for target in targets},
            )
        )
    return DesiredState(
        spec="shop",
        stage="dev",
        root=hashlib.sha256("".join(layer.sha256 for layer in made).encode()).hexdigest(),
        layers=tuple(made),
        targets=targets,
        engine=engine,
        templates="inline",
        home="us-west-2",
        administrator="111111111111",
        organizational_units=(),
        call_as="self",
        operations=Operations(0, 1, "strict", "parallel", ()),
        tags=tags or {"owner": "team"},
        buckets={},
        protected=False,
    )


def standing(stage: DesiredState) -> Observed:
    """Return what stands after a deployment of the stage, each output's value named after it and its target."""
    layers: dict[str, ObservedLayer] = {}
    for layer in stage.layers:
        read = template(layer.template)
        held = {target: values(read, layer.parameters[target]) for target in stage.targets}
        layers[layer.name] = ObservedLayer(
            layer.name,
            layer.template,
            held[min(held)],
            {
                **stage.tags,
                "petc:spec": stage.spec,
                "petc:stage": stage.stage,
                "petc:layer": layer.layer,
            },
            {
                target: Deployed(
                    target,
                    CURRENT,
                    stack_id=f"{layer.name}-{target}",
                    stack_name=layer.name,
                    stack_status="CREATE_COMPLETE",
                    template=layer.template,
                    parameters=held[target],
                    outputs={name: f"{name} of {target}" for name in read.section("Outputs")},
                )
                for target in stage.targets
            },
        )
    return Observed(stage.administrator, layers)


def compiled(text: str, targets: tuple[Target, ...] = TWO) -> DesiredState:
    """Return the dev stage of a spec as it is wanted in some targets."""
    stage = stage_of(text)
    return of_stage(stage, emitted(stage, "spec.yaml"), "111111111111", targets)
