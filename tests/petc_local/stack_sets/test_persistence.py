"""The state as plain values, and back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from petc_local.stack_sets import persistence
from petc_local.stack_sets.records import (
    AutoDeployment,
    DeploymentTargets,
    Drift,
    InstanceTarget,
    OperationStatus,
    Preferences,
    Result,
    SetOperation,
    StackInstance,
    StackSet,
)
from petc_local.stack_sets.store import STORE, add_set, find_set, put_instance, put_operation

HERE = InstanceTarget("123456789012", "us-west-2")
THERE = InstanceTarget("123456789012", "us-east-1")
DRIFT = Drift("DRIFTED", "COMPLETED", "2026-01-01T00:00:00.000Z", 2, 1, 1, 0, 0)


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    persistence.reset()
    yield
    persistence.reset()


def a_set() -> StackSet:
    return StackSet(
        name="it",
        identifier="it:1",
        arn="arn",
        account=HERE.account,
        region=HERE.region,
        description=None,
        template="{}",
        parameters=(("A", "a"), ("B", "")),
        hidden=("B",),
        capabilities=("CAPABILITY_IAM",),
        tags=(("k", "v"),),
        administration_role_arn=None,
        execution_role_name=None,
        permission_model="SERVICE_MANAGED",
        auto_deployment=AutoDeployment(True, None, ("arn",)),
        managed_execution=True,
        token="t",
        digest="d",
        revision=3,
        drift=DRIFT,
    )


def filled(status: OperationStatus) -> None:
    add_set(a_set())
    operation = SetOperation(
        "op",
        "it:1",
        "UPDATE",
        status,
        "2026-01-01T00:00:00.000Z",
        Preferences(region_order=("us-west-2",), tolerance_count=1),
        deployment_targets=DeploymentTargets(units=("r-abcd",)),
    )
    put_operation(operation)
    STORE.results["it:1", "op"] = {HERE: Result("RUNNING"), THERE: Result()}
    put_instance(StackInstance("it:1", HERE, "CURRENT", "RUNNING", stack_id="id", overrides=(("A", "own"),)))
    put_instance(StackInstance("it:1", THERE, "CURRENT", "PENDING", unit="r-abcd", simulated=True))
    STORE.trusted.add(HERE.account)


def reloaded() -> None:
    state = json.loads(json.dumps(persistence.dump()))
    persistence.reset()
    assert not STORE.sets
    persistence.load(state)


def test_what_is_over_comes_back_as_it_was() -> None:
    filled("SUCCEEDED")
    STORE.results["it:1", "op"] = {HERE: Result("SUCCEEDED"), THERE: Result("FAILED", "why", gate="SKIPPED")}
    put_instance(
        StackInstance("it:1", HERE, "CURRENT", "SUCCEEDED", stack_id="id", overrides=(("A", "own"),))
    )
    put_instance(StackInstance("it:1", THERE, "INOPERABLE", "INOPERABLE"))
    before = (
        dict(STORE.sets),
        dict(STORE.instances),
        dict(STORE.operations),
        dict(STORE.results),
        set(STORE.trusted),
    )

    reloaded()

    assert (STORE.sets, STORE.instances, STORE.operations, STORE.results, STORE.trusted) == before
    assert find_set(*HERE, "it") == a_set()


@pytest.mark.parametrize(
    ("status", "after"), [("RUNNING", "FAILED"), ("QUEUED", "FAILED"), ("STOPPING", "STOPPED")]
)
def test_an_operation_that_was_cut_off_is_over(status: OperationStatus, after: str) -> None:
    filled(status)

    reloaded()

    operation = STORE.operations["it:1"]["op"]
    assert (operation.status, operation.reason) == (after, persistence.INTERRUPTED)
    assert operation.ended is not None


def test_targets_that_were_cut_off_are_outdated() -> None:
    filled("RUNNING")

    reloaded()

    instances, results = STORE.instances["it:1"], STORE.results["it:1", "op"]
    assert (instances[HERE].status, instances[HERE].detailed) == ("OUTDATED", "FAILED")
    assert (instances[THERE].status, instances[THERE].detailed) == ("OUTDATED", "CANCELLED")
    assert (results[HERE].status, results[THERE].status) == ("FAILED", "CANCELLED")


def test_a_deleted_set_comes_back_without_its_name() -> None:
    filled("SUCCEEDED")
    STORE.sets["it:1"] = replace(a_set(), status="DELETED")

    reloaded()

    assert STORE.sets["it:1"].status == "DELETED"
    assert not STORE.names
