"""Which stacks a stack set takes in, and what it remembers of them."""

from __future__ import annotations

import pytest

from tests.petc_local.stack_sets.test_actions_import import stack, take
from tests.petc_local.stack_sets.world import WEST, WITH_PARAMETER, World, parameter


def test_values_of_a_stack_become_overrides(world: World) -> None:
    (one,) = world.targets(1)
    world.create("values", WITH_PARAMETER)

    take(
        world,
        "values",
        stack(world, one, WITH_PARAMETER, Parameters=[{"ParameterKey": "Text", "ParameterValue": "own"}]),
    )

    assert world.instance("values", one)["ParameterOverrides"] == [
        {"ParameterKey": "Text", "ParameterValue": "own"}
    ]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (parameter("other"), "is not that of StackSet"),
        (parameter("{{resolve:ssm:/missing}}"), "ROLLBACK_COMPLETE"),
    ],
)
def test_a_stack_that_does_not_fit_fails_in_its_target(world: World, body: str, says: str) -> None:
    one, two = world.targets(2)
    world.create("unlike")

    operation = take(
        world,
        "unlike",
        stack(world, one, body),
        stack(world, two),
        OperationPreferences={"FailureToleranceCount": 1},
    )

    assert operation["StatusDetails"] == {"FailedStackInstancesCount": 1}
    assert world.states("unlike") == {
        (one, WEST): ("INOPERABLE", "FAILED_IMPORT"),
        (two, WEST): ("CURRENT", "SUCCEEDED"),
    }
    assert says in world.instance("unlike", one)["StatusReason"]


def test_a_hidden_parameter_keeps_a_stack_out(world: World) -> None:
    (one,) = world.targets(1)
    body = parameter(
        {"Ref": "Secret"}, Parameters={"Secret": {"Type": "String", "NoEcho": True, "Default": "a"}}
    )
    world.create("secret", body)

    take(world, "secret", stack(world, one, body))

    assert "NoEcho" in world.instance("secret", one)["StatusReason"]
