"""Small wanted stages for tests of the plan."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Literal

from petc.deploy.plan.templates import template
from petc.deploy.targets import Target, product
from petc.deploy.wanted import Wanted, WantedLayer
from petc.model.types import Operations
from petc.output.render import render
from petc.source.tree import Json

HERE = Target("111111111111", "us-west-2")
TWO = product(("111111111111", "222222222222"), ("us-west-2",))
SIX = product(("111111111111", "222222222222", "333333333333"), ("eu-west-1", "us-west-2"))

Body = dict[str, Json]


def topic(display: Json = "a", name: Json = None, **more: Json) -> Json:
    """Return a topic: another `display` updates it, another `name` replaces it."""
    properties: Body = {"DisplayName": display}
    if name is not None:
        properties["TopicName"] = name
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
) -> Wanted:
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
    return Wanted(
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
