"""Small stages that really deploy.

Each layer is a template with one parameter resource, which exports its value and imports those of the layers
before it. The planner of petc has its own tests; here only the walk counts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from types import MappingProxyType

import boto3

from petc.deploy.aws import call_settings
from petc.deploy.aws.call_settings import ADMINISTRATION_ROLE, EXECUTION_ROLE
from petc.deploy.aws.connection import Connection
from petc.deploy.aws.engines import engine_for
from petc.deploy.desired import DesiredState, WantedLayer
from petc.deploy.engine import Engine
from petc.deploy.observed import Observed
from petc.deploy.plan.planner import plan
from petc.deploy.plan.types import Plan
from petc.deploy.targets import product
from petc.model.types import Operations
from petc.output.render import render
from tests.petc_local.running import LocalAws

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
) -> DesiredState:
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
    return DesiredState(
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


def planned(stage: DesiredState, seen: Observed) -> Plan:
    """Return the plan from what was seen to what is wanted."""
    return plan(stage, seen)


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


def connection(stage: DesiredState) -> Connection:
    """Return a connection by the environment of the test."""
    return Connection(stage.home, boto3.session.Session())


def engine(stage: DesiredState) -> Engine:
    return engine_for(stage.engine, connection(stage), call_settings.of(stage))


def observed(stage: DesiredState, by: Engine) -> Observed:
    return by.observe([layer.name for layer in stage.layers], stage.prefix, stage.targets)


def value_of(aws: LocalAws, layer: str, *, account: str = "", region: str = "") -> str:
    """Return what a layer's resource holds, read past everything that petc knows."""
    client = aws.client("ssm", account=account or aws.account, region=region)
    return str(client.get_parameter(Name=f"/small/{layer}")["Parameter"]["Value"])
