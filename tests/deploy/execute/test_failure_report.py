"""What is said when a run does not reach its end."""

from __future__ import annotations

from petc.deploy.engine import Cause, State
from petc.deploy.execute.failure_report import interrupted, pointer_of, rejected
from petc.deploy.execute.operation import Done, Ending
from petc.deploy.plan.types import Operation, OperationKind, Phase, Plan, Step
from petc.deploy.targets import Target
from petc.diagnostics import Diagnostic, Rejected, Severity

TEMPLATE = """\
Resources:
  Table:
    Type: AWS::DynamoDB::Table
    Metadata:
      petc:
        spec: /tables/orders
"""
TARGET = Target("111111111111", "us-west-2")


def step(stem: str, *operations: Operation) -> Step:
    return Step(f"{stem}/only", stem.partition("-")[2], stem, Phase.ONLY, operations)


SET = Operation("o1", OperationKind.CREATE_SET, "shop-dev-01-base", template="d1")
INSTANCES = Operation("o2", OperationKind.CREATE_INSTANCES, "shop-dev-01-base", (TARGET,))
STEPS = (step("01-base", SET, INSTANCES), step("02-middle"), step("03-top"))
PLAN = Plan("shop", "dev", "stack-sets", "r", "s", (), STEPS, {"d1": TEMPLATE})


def failed(cause: Cause, number: int = 0) -> Done:
    return Done(STEPS[number], 1.0, INSTANCES, Ending(State.FAILED, cause))


def test_layer_target_resource_and_reason_are_named_and_placed() -> None:
    cause = Cause(TARGET, "Table", "AWS::DynamoDB::Table", "no room.", "try elsewhere")

    (found,) = rejected(PLAN, (failed(cause),)).diagnostics

    assert found.message == (
        "layer 01-base failed in 111111111111/us-west-2: Table (AWS::DynamoDB::Table): no room (try elsewhere)"
    )
    assert found.pointer == "/tables/orders"
    assert found.artifact == "01-base.yaml#Table"


def test_what_stands_and_the_way_on_are_told() -> None:
    (found,) = rejected(PLAN, (Done(STEPS[1], 1.0), failed(Cause(None, "", "", "x")))).diagnostics

    assert found.help == (
        "1 of 3 layers are done (02-middle); correct the cause and run petc deploy again, which does what is left"
    )


def test_layers_that_fail_beside_each_other_are_all_named() -> None:
    found = rejected(PLAN, (failed(Cause(None, "A", "T", "x")), failed(Cause(None, "B", "T", "y"), 1)))

    assert len(found.diagnostics) == 2


def test_what_stops_every_step_alike_is_said_once() -> None:
    fault = Rejected((Diagnostic("aws-credentials-expired", Severity.ERROR, "they have expired"),))
    run = tuple(Done(one, 1.0, problem=fault) for one in STEPS)

    assert len(rejected(PLAN, run).diagnostics) == 1


def test_an_interrupt_says_what_goes_on_and_how_to_resume() -> None:
    (found,) = interrupted(STEPS, (Done(STEPS[0], 1.0),), running=2).diagnostics

    assert "2 operations go on in AWS" in found.message
    assert "1 of 3 layers are done (01-base)" in found.help
    assert "run petc deploy again" in found.help


def test_a_template_that_petc_did_not_write_leads_nowhere() -> None:
    assert pointer_of('{"Resources": {}}', "Table") is None
    assert pointer_of(TEMPLATE, "Other") is None
