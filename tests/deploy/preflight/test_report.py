"""Findings for people and machines."""

from __future__ import annotations

from dataclasses import replace

from petc.deploy.preflight.report import diagnostics, values
from petc.deploy.preflight.types import PreflightFinding, Verdict
from petc.deploy.targets import Target
from petc.diagnostics import Severity
from tests.deploy.preflight.lookups import HERE

FULL = PreflightFinding("vpcs", Verdict.ERROR, HERE, "it is full", "raise it", "/network")
THERE = Target("222222222222", "us-west-2")


def test_the_same_in_several_targets_is_told_once() -> None:
    (found,) = diagnostics((FULL, replace(FULL, target=THERE)))

    assert (found.severity, found.pointer, found.help) == (Severity.ERROR, "/network", "raise it")
    assert found.message == "vpcs in 2 accounts × us-west-2: it is full"


def test_one_reason_not_to_know_is_told_once_with_all_its_checks() -> None:
    denied = PreflightFinding("vpcs", Verdict.NOT_CHECKED, HERE, "denied")
    (found,) = diagnostics((denied, replace(denied, check="elastic-ips")))

    assert found.severity is Severity.NOTE
    assert found.message == f"not checked in {HERE}: vpcs, elastic-ips (denied)"


def test_machines_get_every_finding() -> None:
    assert values((FULL,)) == [
        {
            "check": "vpcs",
            "verdict": "error",
            "target": "111111111111/us-west-2",
            "message": "it is full",
            "help": "raise it",
            "pointer": "/network",
        }
    ]
