"""What each broken state needs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from petc.deploy.observed import INOPERABLE
from petc.deploy.operations.recovery_plan import Cure, Remedy, remedies
from tests.deploy.operations.wanting import HERE, deployed, observed, template

TEXT = template()


def of(standing: str, status: str, *, sets: bool = True, stack_id: str = "s", **more: object) -> list[Cure]:
    one = deployed(HERE, TEXT, standing, status, stack_id=stack_id)
    return [item.cure for item in remedies(observed({"01-net": [one]}), "shop-dev-", sets=sets, **more)]  # type: ignore[arg-type]


@pytest.mark.parametrize("status", ["CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"])
@pytest.mark.parametrize("standing", ["CURRENT", "OUTDATED"])
def test_what_deploy_can_go_on_with_needs_nothing(standing: str, status: str) -> None:
    assert of(standing, status) == []


@pytest.mark.parametrize("status", ["ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED"])
def test_what_never_stood_is_deleted(status: str) -> None:
    assert of("OUTDATED", status) == [Cure.DELETE_INSTANCE]
    assert of("OUTDATED", status, sets=False) == [Cure.DELETE_STACK]


def test_a_failed_rollback_is_continued() -> None:
    assert of("OUTDATED", "UPDATE_ROLLBACK_FAILED") == [Cure.CONTINUE_ROLLBACK]


def test_an_instance_that_was_given_up_in_a_failed_rollback_is_adopted_afterwards() -> None:
    assert of(INOPERABLE, "UPDATE_ROLLBACK_FAILED") == [Cure.CONTINUE_ROLLBACK, Cure.ADOPT_STACK]


def test_a_change_set_that_was_never_executed_leaves_an_empty_stack_to_delete() -> None:
    assert of("OUTDATED", "REVIEW_IN_PROGRESS", sets=False) == [Cure.DELETE_STACK]


def test_a_failed_deletion_is_tried_again_and_the_instance_forgotten() -> None:
    assert of(INOPERABLE, "DELETE_FAILED") == [Cure.DELETE_STACK, Cure.FORGET_INSTANCE]


def test_a_failed_deletion_in_an_account_out_of_reach_is_tried_again_by_the_stack_set() -> None:
    assert of(INOPERABLE, "DELETE_FAILED", reached=lambda account: False) == [Cure.DELETE_INSTANCE]
    assert of(INOPERABLE, "DELETE_FAILED", reached=lambda account: False, retain=["Db"]) == [
        Cure.DELETE_STACK,
        Cure.FORGET_INSTANCE,
    ]


def test_a_stack_that_cannot_be_read_in_a_target_that_is_left_is_forgotten_and_not_imported() -> None:
    assert of(INOPERABLE, "", wanted=lambda name, target: False) == [Cure.FORGET_INSTANCE]


def test_a_sound_stack_in_a_target_that_is_left_is_adopted_so_that_deploy_deletes_it_in_order() -> None:
    assert of(INOPERABLE, "UPDATE_COMPLETE", wanted=lambda name, target: False) == [Cure.ADOPT_STACK]


def test_an_account_that_left_its_unit_is_nothing_to_recover() -> None:
    one = replace(deployed(HERE, TEXT, INOPERABLE, "DELETE_FAILED"), departed=True)

    assert remedies(observed({"01-net": [one]}), "shop-dev-", sets=True) == ()


@pytest.mark.parametrize(
    "status", ["UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS", "DELETE_IN_PROGRESS"]
)
def test_what_moves_is_waited_for(status: str) -> None:
    assert of("OUTDATED", status) == [Cure.WAIT_STACK]


def test_an_instance_without_a_stack_is_forgotten() -> None:
    assert of(INOPERABLE, "", stack_id="") == [Cure.FORGET_INSTANCE]


def test_an_instance_whose_stack_is_sound_is_adopted() -> None:
    assert of(INOPERABLE, "UPDATE_COMPLETE") == [Cure.ADOPT_STACK]


def running(stop: bool) -> Remedy:
    one = deployed(HERE, TEXT, INOPERABLE, "DELETE_FAILED")
    (found,) = remedies(observed({"01-net": [one]}, busy="petc-1"), "shop-dev-", sets=True, stop=stop)
    return found


def test_an_operation_comes_before_all_else() -> None:
    assert running(stop=False).cure is Cure.WAIT_OPERATION


def test_an_operation_is_stopped_on_request() -> None:
    assert (running(stop=True).cure, running(stop=True).stack_id) == (Cure.STOP_OPERATION, "petc-1")


def test_names_go_only_where_a_state_needs_them() -> None:
    one = deployed(HERE, TEXT, "OUTDATED", "UPDATE_ROLLBACK_FAILED")
    (found,) = remedies(observed({"01-net": [one]}), "shop-dev-", sets=True, skip=["Db"], retain=["Bucket"])

    assert found.resources == ("Db",)


def test_a_plain_stack_that_moves_is_waited_for_by_itself() -> None:
    """`busy` holds its status then, and no operation of a stack set."""
    seen = observed({"01-net": [deployed(HERE, TEXT, "OUTDATED", "UPDATE_IN_PROGRESS", stack_id="s")]})
    (name,) = seen.layers
    busy = replace(seen, layers={name: replace(seen.layers[name], busy="UPDATE_IN_PROGRESS")})
    found = remedies(busy, "shop-dev-", sets=False, stop=True)

    assert [item.cure for item in found] == [Cure.WAIT_STACK]
