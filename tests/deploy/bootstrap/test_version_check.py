"""A deployment says when `petc bootstrap` is older than what its layers need."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from petc.deploy import codes
from petc.deploy.bootstrap import version_check
from petc.deploy.bootstrap.stacks import Bootstrap, stacks
from petc.deploy.preflight import report
from petc.deploy.preflight.types import PreflightFinding, Verdict
from petc.deploy.targets import Target
from petc.output.reader import read
from petc.output.render import render
from petc.verify.rendered import mapping
from tests.deploy.bootstrap.stages import asked


class Account:
    """Templates that stand, by name; `without` takes resources from one of them."""

    def __init__(self, asking: Bootstrap) -> None:
        self.texts = {stack.name: stack.text for stack in stacks(asking)}

    def without(self, name: str, *logical_ids: str) -> Account:
        template = mapping(read(self.texts[name], name))
        for logical_id in logical_ids:
            del mapping(template["Resources"])[logical_id]
        self.texts[name] = render(template)
        return self

    def __call__(self, name: str, place: Target) -> str:
        return self.texts.get(name, "")


def refusal(asking: Bootstrap, account: Account) -> str:
    findings = version_check.findings(asking, account)
    (found,) = report.diagnostics(findings)
    assert found.code == "bootstrap-outdated"
    assert found.is_error
    return found.message


def told(asking: Bootstrap, account: Callable[[str, Target], str]) -> list[PreflightFinding]:
    return list(version_check.findings(asking, account))


def test_what_was_just_bootstrapped_is_new_enough() -> None:
    asking = asked("petclinic-dev")

    assert told(asking, Account(asking)) == []


@pytest.mark.parametrize("lost", ["Policy1", "Policy3", "Workloads", "Writer"])
def test_whatever_is_lacking_is_said(lost: str) -> None:
    asking = asked("petclinic-dev")
    account = Account(asking).without("petc-bootstrap-petclinic-dev", lost)

    assert "bootstrap in 123456789012/us-west-2: it is older than these layers: it lacks " in refusal(
        asking, account
    )


def test_a_further_part_counts_too() -> None:
    asking = asked("petclinic-dev")
    account = Account(asking)
    del account.texts["petc-bootstrap-petclinic-dev-P2"]

    assert "it lacks" in refusal(asking, account)


def test_an_account_whose_roles_come_from_elsewhere_is_not_judged() -> None:
    assert told(asked("petclinic-dev"), lambda name, place: "") == []


def test_an_account_that_cannot_be_looked_at_is_not_checked() -> None:
    def denied(name: str, place: Target) -> str:
        raise codes.AWS_REFUSED.because("sts:AssumeRole was refused")

    (found,) = told(asked("petclinic-dev"), denied)

    assert found.verdict is Verdict.NOT_CHECKED
    assert found.message == "sts:AssumeRole was refused"


def test_a_part_that_the_layers_no_longer_fill_still_counts() -> None:
    """With fewer types the policies are packed into fewer stacks; what the further one allows is still allowed."""
    asking = asked("petclinic-dev")
    account = Account(asking)
    own, further = "petc-bootstrap-petclinic-dev", "petc-bootstrap-petclinic-dev-P2"
    last = f"{further[:-1]}3"
    account.texts[last] = account.texts[own]
    account.without(own, "Policy2")

    assert told(asking, account) == []


def test_more_than_the_layers_need_is_enough() -> None:
    """A stage that gave something up may be deployed before it is bootstrapped again."""
    whole = asked("petclinic-dev")
    manifest = whole.made.manifest
    layers = tuple(layer for layer in manifest.layers if layer.name != "notification")
    made = dataclasses.replace(whole.made, manifest=dataclasses.replace(manifest, layers=layers))

    assert len(layers) < len(manifest.layers)
    assert told(dataclasses.replace(whole, made=made), Account(whole)) == []
