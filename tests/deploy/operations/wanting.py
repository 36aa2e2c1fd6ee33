"""Small stages for tests of operating: what is wanted and what stands, without a compiler."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from petc.deploy.desired import DesiredState, WantedLayer
from petc.deploy.observed import CURRENT, Deployed, Observed, ObservedLayer
from petc.deploy.targets import Target
from petc.model.types import Operations
from petc.output.render import render

ACCOUNT = "123456789012"
HERE = Target(ACCOUNT, "us-west-2")


def template(resources: Mapping[str, Any] | None = None, outputs: Mapping[str, Any] | None = None) -> str:
    return render(
        {
            "Resources": resources or {"Topic": {"Type": "AWS::SNS::Topic"}},
            **({"Outputs": outputs} if outputs else {}),
        }
    )


def layer(stem: str, text: str = "", depends_on: tuple[str, ...] = ()) -> WantedLayer:
    text = text or template()
    name = stem.partition("-")[2]
    return WantedLayer(
        name, stem, f"shop-dev-{stem}", text, hashlib.sha256(text.encode()).hexdigest(), depends_on, (), {}
    )


def wanted(
    *layers: WantedLayer, targets: tuple[Target, ...] = (HERE,), protected: bool = False
) -> DesiredState:
    return DesiredState(
        spec="shop",
        stage="dev",
        root="abcdef0123456789",
        layers=layers,
        targets=targets,
        engine="stack-sets",
        templates="inline",
        home="us-west-2",
        administrator=ACCOUNT,
        organizational_units=(),
        call_as="self",
        operations=Operations(0, 1, "strict", "parallel", ()),
        tags={},
        buckets={},
        protected=protected,
    )


def deployed(
    target: Target, text: str, standing: str = CURRENT, status: str = "CREATE_COMPLETE", **more: Any
) -> Deployed:
    stack = more.pop(
        "stack_id", f"arn:aws:cloudformation:{target.region}:{target.account}:stack/s/{len(text)}"
    )
    return Deployed(
        target, standing, stack_id=stack, stack_name="s", stack_status=status, template=text, **more
    )


def observed(layers: Mapping[str, Iterable[Deployed]], busy: str = "") -> Observed:
    return Observed(
        ACCOUNT,
        {
            f"shop-dev-{stem}": ObservedLayer(
                f"shop-dev-{stem}", deployed={item.target: item for item in found}, busy=busy
            )
            for stem, found in layers.items()
        },
    )
