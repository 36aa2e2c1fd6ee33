"""Small stages that really deploy, with a planner that is just enough for them.

Each layer is a template with one parameter resource, which exports its value and imports those of the layers
before it. The planner of petc has its own tests; here only the walk counts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType

import boto3

from petc.deploy.aws import settings
from petc.deploy.aws.connection import Connection
from petc.deploy.aws.engines import engine_for
from petc.deploy.aws.settings import ADMINISTRATION_ROLE, EXECUTION_ROLE
from petc.deploy.engine import Engine
from petc.deploy.observed import CURRENT, Observed, ObservedLayer
from petc.deploy.plan.products import products
from petc.deploy.plan.types import Kind, Operation, Phase, Plan, Step
from petc.deploy.targets import product
from petc.deploy.wanted import Wanted, WantedLayer
from petc.model.types import Operations
from petc.output.render import render
from tests.local.running import LocalAws

ONE_BY_ONE = Operations(
    failure_tolerance=0, max_concurrent=1, concurrency_mode="strict", regions="sequential", region_order=()
)
CHAIN: Mapping[str, tuple[str, ...]] = {"base": (), "middle": ("base",), "top": ("middle",)}
"""Three layers, each on the one before."""


def template(spec: str, layer: str, value: str, before: tuple[str, ...] = (), extra: int = 0) -> str:
    """Return the template of a layer; `extra` is a number of bytes by which it is longer."""
    exported = f"{spec}-{layer}"
    parts = [value, *({"Fn::ImportValue": f"{spec}-{name}"} for name in before)]
    resource = {
        "Type": "AWS::SSM::Parameter",
        "Metadata": {"petc": {"spec": f"/parts/{layer}"}},
        "Properties": {
            "Name": f"/{spec}/{layer}",
            "Type": "String",
            "Value": {"Fn::Join": ["+", parts]} if before else value,
        },
    }
    tree: dict[str, object] = {
        "Parameters": {"Size": {"Type": "String", "Default": "s"}},
        "Resources": {"Value": resource},
        "Outputs": {"Value": {"Value": layer, "Export": {"Name": exported}}},
    }
    if extra:
        tree["Metadata"] = {"Padding": "x" * extra}
    return render(tree)


def wanted(
    account: str,
    values: Mapping[str, str],
    *,
    graph: Mapping[str, tuple[str, ...]] = CHAIN,
    accounts: tuple[str, ...] = (),
    regions: tuple[str, ...] = ("us-west-2",),
    engine: str = "stack-sets",
    templates: str = "inline",
    operations: Operations = ONE_BY_ONE,
    extra: int = 0,
) -> Wanted:
    """Return a stage whose layers hold these values."""
    targets = product(accounts or (account,), regions)
    layers = []
    for number, (layer, value) in enumerate(values.items(), start=1):
        before = tuple(name for name in graph[layer] if name in values)
        text = template("small", layer, value, before, extra)
        stem = f"{number:02d}-{layer}"
        layers.append(
            WantedLayer(
                layer=layer,
                stem=stem,
                name=f"small-dev-{stem}",
                template=text,
                sha256=hashlib.sha256(text.encode()).hexdigest(),
                depends_on=before,
                capabilities=(),
                parameters=MappingProxyType({target: MappingProxyType({}) for target in targets}),
            )
        )
    root = hashlib.sha256("".join(layer.sha256 for layer in layers).encode()).hexdigest()
    return Wanted(
        spec="small",
        stage="dev",
        root=root,
        layers=tuple(layers),
        targets=targets,
        engine=engine,  # type: ignore[arg-type]
        templates=templates,  # type: ignore[arg-type]
        home=regions[0],
        administrator=account,
        organizational_units=(),
        call_as="self",
        operations=operations,
        tags={},
        buckets={region: f"artifacts-{account}-{region}" for region in regions},
        protected=False,
    )


def planned(stage: Wanted, seen: Observed) -> Plan:
    """Return the steps that bring a stage from what was seen to what is wanted."""
    steps = []
    for layer in stage.layers:
        operations = tuple(_operations(stage, layer, seen.layers.get(layer.name)))
        if operations:
            after = tuple(f"{other.stem}/only" for other in stage.layers if other.layer in layer.depends_on)
            steps.append(Step(f"{layer.stem}/only", layer.layer, layer.stem, Phase.ONLY, operations, after))
    here = {step.id for step in steps}
    return Plan(
        spec=stage.spec,
        stage=stage.stage,
        engine=stage.engine,
        root=stage.root,
        seen="",
        layers=(),
        steps=tuple(
            Step(
                step.id,
                step.layer,
                step.stem,
                step.phase,
                step.operations,
                tuple(sorted({*step.after} & here)),
            )
            for step in steps
        ),
        templates={layer.sha256: layer.template for layer in stage.layers},
    )


def _operations(stage: Wanted, layer: WantedLayer, seen: ObservedLayer | None) -> Iterator[Operation]:
    tags = (("petc:layer", layer.layer), ("petc:spec", stage.spec), ("petc:stage", stage.stage))
    if stage.engine == "stacks":
        for target in stage.targets:
            found = seen.deployed.get(target) if seen else None
            kind = Kind.UPDATE_STACK if found and found.exists else Kind.CREATE_STACK
            if not (
                found and found.exists and found.template == layer.template and found.standing == CURRENT
            ):
                yield Operation(
                    f"{layer.stem}/{kind.value}/{target}",
                    kind,
                    layer.name,
                    (target,),
                    layer.sha256,
                    tags=tags,
                )
        return
    if seen is None:
        yield Operation(f"{layer.stem}/set", Kind.CREATE_SET, layer.name, (), layer.sha256, tags=tags)
    elif seen.template != layer.template:
        yield Operation(f"{layer.stem}/set", Kind.UPDATE_SET, layer.name, (), layer.sha256, tags=tags)
    deployed = seen.deployed if seen else {}
    fresh = tuple(target for target in stage.targets if target not in deployed)
    for number, group in enumerate(products(fresh)):
        yield Operation(f"{layer.stem}/create{number}", Kind.CREATE_INSTANCES, layer.name, group)
    behind = tuple(
        target
        for target in stage.targets
        if target in deployed and not (deployed[target].exists and deployed[target].standing == CURRENT)
    )
    if seen is not None and seen.template == layer.template:
        for number, group in enumerate(products(behind)):
            yield Operation(f"{layer.stem}/update{number}", Kind.UPDATE_INSTANCES, layer.name, group)


def bootstrapped(aws: LocalAws, *accounts: str) -> LocalAws:
    """Make the roles that stack sets need, as `petc bootstrap` would; in further `accounts` later."""
    if not accounts:
        _role(aws, aws.account, ADMINISTRATION_ROLE, {"Service": "cloudformation.amazonaws.com"})
    for account in accounts or (aws.account,):
        _role(aws, account, EXECUTION_ROLE, {"AWS": f"arn:aws:iam::{aws.account}:role/{ADMINISTRATION_ROLE}"})
    return aws


def _role(aws: LocalAws, account: str, name: str, principal: Mapping[str, str]) -> None:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    aws.client("iam", account=account).create_role(RoleName=name, AssumeRolePolicyDocument=trust)


def connection(stage: Wanted) -> Connection:
    """Return a connection by the environment of the test."""
    return Connection(stage.home, boto3.session.Session())


def engine(stage: Wanted) -> Engine:
    return engine_for(stage.engine, connection(stage), settings.of(stage))


def observed(stage: Wanted, by: Engine) -> Observed:
    return by.observe([layer.name for layer in stage.layers], stage.prefix, stage.targets)


def value_of(aws: LocalAws, layer: str, *, account: str = "", region: str = "") -> str:
    """Return what a layer's resource holds, read past everything that petc knows."""
    client = aws.client("ssm", account=account or aws.account, region=region)
    return str(client.get_parameter(Name=f"/small/{layer}")["Parameter"]["Value"])
