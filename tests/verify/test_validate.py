"""AWS's own `cloudformation-validate` as a second opinion; see docs/decisions/cloudformation-validate.md."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from petc.model import catalogue
from tests.verify import sample

validator = pytest.importorskip("cloudformation_validate", reason="cloudformation-validate is not installed")

GENERATED = Path(__file__).parents[2] / "generated"

# I9001 states for every property that a change of it replaces the resource: a fact, not a fault.
FACTS = {"I9001"}

# Its list of engine versions ends one patch before that of cfn-lint 1.58, which schemas/aurora.json follows.
LATER_ENGINES = tuple(f"'{version}' is not one of" for version in catalogue.catalogue("aurora")["versions"])


@pytest.fixture(scope="module")
def engine() -> Any:
    return validator.CelEngine()


def findings(engine: Any, text: str) -> list[str]:
    region = validator.PseudoParameterOverrides(region="us-west-2")
    report = engine.validate_template(
        text.encode(), validator.ValidateConfig(pseudo_parameter_overrides=region)
    )
    return [
        f"{item.rule_id} {item.message}"
        for item in report.diagnostics
        if item.rule_id not in FACTS
        and not (item.rule_id == "E9006" and item.message.startswith(LATER_ENGINES))
    ]


def test_a_whole_stage_is_clean(engine: Any) -> None:
    found = {rendered.file: findings(engine, json.dumps(rendered.template)) for rendered in sample.stage(2)}

    assert [item for item in found.items() if item[1]] == []


def test_ports_in_the_wrong_order_are_found(engine: Any) -> None:
    """A fault that cfn-lint 1.58 does not see; without it the second opinion would be worth nothing."""
    rule = sample.resource(
        "AWS::EC2::SecurityGroupIngress", IpProtocol="tcp", FromPort=90, ToPort=80, CidrIp="10.0.0.0/8"
    )
    body = sample.template(Rule={**rule, "Properties": {**rule["Properties"], "GroupId": "sg-12345678"}})

    assert any("E9002" in item for item in findings(engine, json.dumps(body)))


@pytest.mark.parametrize(
    "file", sorted(GENERATED.glob("*/[0-9][0-9]-*.yaml")), ids=lambda file: f"{file.parent.name}/{file.stem}"
)
def test_what_is_generated_is_clean(engine: Any, file: Path) -> None:
    assert findings(engine, file.read_text("utf-8")) == []
