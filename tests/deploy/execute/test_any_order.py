"""Edits, deployments, faults, kills and changes by hand in any order: what stands is what was planned last."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import botocore.exceptions
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from petc.deploy.desired import DesiredState
from petc.deploy.engine import Busy, Cause, Engine, Progress, ResourceEvent
from petc.deploy.execute import journal
from petc.deploy.execute.events import silent
from petc.deploy.execute.resume import at_rest, resume
from petc.deploy.execute.run import deploy
from petc.deploy.observed import Observed
from petc.deploy.plan.types import Operation
from petc.deploy.targets import Target
from petc.diagnostics import Rejected
from tests.deploy.execute.small import bootstrapped, engine, observed, planned, value_of, wanted
from tests.deploy.execute.test_executor import update_by_hand
from tests.petc_local.running import LocalAws, fresh

LAYERS = ("base", "middle", "top")
ANY_LAYER = st.sampled_from(LAYERS)
EXAMPLES = int(os.environ.get("ANY_ORDER_EXAMPLES", "6"))
CALLS = (
    "CreateStackSet",
    "CreateStackInstances",
    "UpdateStackSet",
    "DescribeStackSetOperation",
    "ListStackInstances",
)


class Killed(BaseException):
    """Stands for the end of the process at this very point."""


@dataclass(slots=True)
class Mortal:
    """An engine whose process ends at one of its calls, before it or when it is done."""

    engine: Engine
    after: int
    done: bool
    calls: int = field(default=0)

    def observe(self, names: Collection[str], prefix: str, targets: tuple[Target, ...]) -> Observed:
        return self.engine.observe(names, prefix, targets)

    def begin(self, operation: Operation, token: str, templates: Mapping[str, str]) -> Busy | None:
        self._die(done=False)
        answer = self.engine.begin(operation, token, templates)
        self._die(done=True)
        return answer

    def progress(self, operation: Operation, token: str) -> Progress:
        self._die(done=False)
        return self.engine.progress(operation, token)

    def activity(self, operation: Operation, token: str, since: float) -> tuple[ResourceEvent, ...]:
        return self.engine.activity(operation, token, since)

    def cause(self, operation: Operation, token: str) -> Cause:
        return self.engine.cause(operation, token)

    def _die(self, *, done: bool) -> None:
        self.calls += 1
        if self.calls >= self.after and done is self.done:
            raise Killed


class AnyOrder(RuleBasedStateMachine):
    """One stage in an account of its own."""

    def __init__(self, shared: LocalAws) -> None:
        super().__init__()
        self.aws = bootstrapped(fresh(shared))
        os.environ.update(self.aws.access.environment)
        self.folder = Path(tempfile.mkdtemp(prefix="any-order-"))
        self.values = dict.fromkeys(LAYERS, "1")
        self.edits = 1

    @rule(layer=ANY_LAYER)
    def edit(self, layer: str) -> None:
        self.edits += 1
        self.values[layer] = str(self.edits)

    @precondition(lambda self: "top" in self.values)
    @rule()
    def remove_the_top(self) -> None:
        del self.values["top"]

    @rule()
    def deploy(self) -> None:
        self._deploy(self._engine())
        self._stands_as_planned()

    @rule(layer=ANY_LAYER)
    def deploy_while_a_resource_fails(self, layer: str) -> None:
        self.aws.faults.fail(logical_id="Value", stack=f"*-{layer}-*", on=("create", "update"))
        with contextlib.suppress(Rejected):
            self._deploy(self._engine())
        self.aws.faults.clear()

    @rule(action=st.sampled_from(CALLS), throttled=st.booleans())
    def deploy_while_calls_go_wrong(self, action: str, throttled: bool) -> None:
        if throttled:
            self.aws.faults.throttle(action=action)
        else:
            self.aws.faults.drop(after=True, action=action)
        self._deploy(self._engine())
        self.aws.faults.clear()
        self._stands_as_planned()

    @rule(after=st.integers(1, 12), done=st.booleans())
    def deploy_and_be_killed(self, after: int, done: bool) -> None:
        with contextlib.suppress(Killed):
            self._deploy(Mortal(self._engine(), after, done))

    @rule()
    def lose_the_journal(self) -> None:
        journal.path_of(self.folder, "dev").unlink(missing_ok=True)

    @rule()
    def delete_the_top_by_hand(self) -> None:
        client = self.aws.client("cloudformation")
        for stack in client.describe_stacks()["Stacks"]:
            if "-top-" in stack["StackName"]:
                client.delete_stack(StackName=stack["StackId"])

    @rule()
    def update_the_base_by_hand(self) -> None:
        with contextlib.suppress(botocore.exceptions.ClientError):
            update_by_hand(self.aws, "by-hand")

    def teardown(self) -> None:
        self.aws.faults.clear()
        self._deploy(self._engine())
        self._stands_as_planned()
        shutil.rmtree(self.folder)

    def _stage(self) -> DesiredState:
        return wanted(self.aws.account, self.values)

    def _engine(self) -> Engine:
        return engine(self._stage())

    def _deploy(self, by: Engine) -> None:
        """Do what `petc deploy` does."""
        stage = self._stage()
        found = journal.load(self.folder, stage.spec, stage.stage, self.aws.account)
        if found.unfinished:
            resume(found.unfinished, self.folder, by, silent)
        plan = planned(stage, at_rest(lambda: observed(stage, by), silent))
        if not plan.is_empty:
            deploy(plan, self.aws.account, self.folder, by, silent)

    def _stands_as_planned(self) -> None:
        stage = self._stage()
        assert planned(stage, observed(stage, engine(stage))).is_empty
        for layer, value in self.values.items():
            assert value_of(self.aws, layer).split("+")[0] == value


def test_what_stands_is_what_the_last_successful_plan_said(
    shared_aws: LocalAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in list(os.environ):
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)

    for name in shared_aws.access.environment:
        # The machine changes these; naming them here brings them back at the end.
        monkeypatch.setenv(name, "")

    class Here(AnyOrder):
        def __init__(self) -> None:
            super().__init__(shared_aws)

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=8,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
