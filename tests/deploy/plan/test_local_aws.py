"""The dance on a real CloudFormation of this machine, which refuses what AWS refuses of exports in use."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from typing import Literal

import boto3
import pytest

from petc.deploy.aws import call_settings
from petc.deploy.aws.connection import Connection
from petc.deploy.aws.engines import engine_for
from petc.deploy.desired import DesiredState
from petc.deploy.engine import Engine, State
from petc.deploy.plan.planner import plan
from petc.deploy.plan.types import Phase, Plan
from petc.deploy.targets import Target, product
from petc.source.tree import Json
from tests.deploy.execute.small import bootstrapped
from tests.deploy.plan.sample import Body, body, imported, output, ref, wanted
from tests.petc_local.running import LocalAws, fresh, local_aws

Kind = Literal["stack-sets", "stacks"]
TIMEOUT_SECONDS = 120


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    with local_aws(tmp_path_factory.mktemp("aws")) as running:
        yield running


@pytest.fixture
def aws(server: LocalAws, monkeypatch: pytest.MonkeyPatch) -> LocalAws:
    mine = fresh(server)
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in mine.access.environment.items():
        monkeypatch.setenv(name, value)
    return bootstrapped(mine)


def parameter(name: Json, value: Json) -> Json:
    """Return a parameter resource: another name replaces it, another value updates it."""
    return {"Type": "AWS::SSM::Parameter", "Properties": {"Name": name, "Type": "String", "Value": value}}


def lead(stage: DesiredState, to: Engine) -> Plan:
    """Plan and execute; returns the plan after which nothing is left to do."""
    names = [layer.name for layer in stage.layers]
    found = plan(stage, to.observe(names, stage.prefix, stage.targets))
    for step in found.steps:
        for operation in step.operations:
            token = os.urandom(8).hex()
            assert to.begin(operation, token, found.templates) is None
            until = time.monotonic() + TIMEOUT_SECONDS
            while (state := to.progress(operation, token).state) in (State.QUEUED, State.RUNNING):
                assert time.monotonic() < until
                time.sleep(0.05)
            assert state is State.SUCCEEDED, to.cause(operation, token)
    assert plan(stage, to.observe(names, stage.prefix, stage.targets)).is_empty
    return found


def engine(stage: DesiredState) -> Engine:
    connection = Connection(stage.home, boto3.session.Session())
    return engine_for(stage.engine, connection, call_settings.of(stage))


def value(aws: LocalAws, name: str, target: Target) -> str:
    client = aws.client("ssm", account=target.account, region=target.region)
    return str(client.get_parameter(Name=name)["Parameter"]["Value"])


@pytest.mark.parametrize("kind", ["stack-sets", "stacks"])
def test_a_value_in_use_is_replaced_in_every_target(aws: LocalAws, kind: Kind) -> None:
    targets = product((aws.account,), ("eu-west-1", "us-west-2"))

    def stage(name: str) -> DesiredState:
        base = body(
            {"Base": parameter({"Fn::Sub": f"/{name}/${{AWS::Region}}"}, "x")},
            {"Name": output(ref("Base"), "base")},
        )
        return wanted(
            {"base": base, "user": body({"It": parameter("/user", imported("base"))})}, targets, engine=kind
        )

    lead(stage("one"), engine(stage("one")))
    found = lead(stage("two"), engine(stage("two")))

    assert [step.phase for step in found.steps] == [Phase.PIN, Phase.ONLY, Phase.ONLY]
    assert [value(aws, "/user", target) for target in targets] == ["/two/eu-west-1", "/two/us-west-2"]


@pytest.mark.parametrize("kind", ["stack-sets", "stacks"])
def test_an_export_in_use_makes_way_for_another(aws: LocalAws, kind: Kind) -> None:
    def stage(name: str) -> DesiredState:
        base = body({name: parameter(f"/base/{name}", "x")}, {name: output(ref(name), f"base-{name}")})
        user = body({"It": parameter("/user", imported(f"base-{name}"))})
        layers: Mapping[str, Body] = {"base": base, "user": user}
        return wanted(layers, product((aws.account,), ("us-west-2",)), engine=kind)

    lead(stage("One"), engine(stage("One")))
    found = lead(stage("Two"), engine(stage("Two")))

    assert [step.phase for step in found.steps] == [Phase.ADD, Phase.ONLY, Phase.REMOVE]
    assert value(aws, "/user", stage("Two").targets[0]) == "/base/Two"


@pytest.mark.parametrize("kind", ["stack-sets", "stacks"])
def test_layers_leave_in_the_order_of_their_use(aws: LocalAws, kind: Kind) -> None:
    base = body({"Base": parameter("/base", "x")}, {"Name": output(ref("Base"), "base")})
    user = body({"It": parameter("/user", imported("base"))})
    alone = body({"Alone": parameter("/alone", "x")})
    targets = product((aws.account,), ("us-west-2",))
    first = wanted({"01-alone": alone, "02-base": base, "03-user": user}, targets, engine=kind)
    last = wanted({"01-alone": alone}, targets, engine=kind)
    lead(first, engine(first))
    found = lead(last, engine(last))

    assert [(step.stem, step.phase) for step in found.steps] == [
        ("03-user", Phase.DELETE),
        ("02-base", Phase.DELETE),
    ]
