"""What edits of the reference spec do to what stands."""

from __future__ import annotations

import re
import tracemalloc
from functools import cache
from time import process_time

import pytest

from petc.cli.views.plan import Look, render
from petc.deploy.desired import DesiredState
from petc.deploy.plan import access
from petc.deploy.plan.document import from_bytes, to_bytes
from petc.deploy.plan.planner import plan
from petc.deploy.plan.resolve import resolved
from petc.deploy.plan.templates import template, values
from petc.deploy.plan.types import Action, Allowance, Phase, Plan
from petc.deploy.targets import product
from petc.diagnostics import Rejected
from petc.naming import pascal
from tests.deploy.plan.sample import compiled, standing
from tests.specs import REFERENCE

TEXT = REFERENCE.read_text("utf-8")
WITHOUT_A_SERVICE = re.sub(r"  vets-service:\n(?:    .*\n)+\n", "", TEXT).replace(
    "      vets-service: {management: true}\n", ""
)
WITHOUT_FUNCTIONS = re.sub(r"\nfunctions:\n(?:(?:  .*)?\n)+", "\n", TEXT)
OTHER_RANGE = TEXT.replace("cidr: 10.0.0.0/16", "cidr: 10.1.0.0/16")
OTHER_NETWORK = TEXT.replace("app: [10.0.3.0/24, 10.0.4.0/24]", "app: [10.0.7.0/24, 10.0.8.0/24]")
OTHER_SUBNET = TEXT.replace("app: [10.0.3.0/24,", "app: [10.0.7.0/24,")
OTHER_POOL = TEXT.replace("clinic: {pool: 3}", "clinic: {pool: 4}", 1)


@cache
def stage(text: str) -> DesiredState:
    return compiled(text)


@cache
def planned(old: str, new: str, allowed: tuple[Allowance, ...] = ()) -> Plan:
    assert old != new
    return plan(stage(new), standing(stage(old)), allowed)


def replaced(found: Plan, layer: str) -> set[str]:
    return {
        item.logical_id
        for change in found.layers
        if change.layer == layer
        for group in change.groups
        for item in group.resources
        if item.action is Action.REPLACE
    }


def test_nothing_changed_is_nothing_to_do() -> None:
    found = plan(stage(TEXT), standing(stage(TEXT)))

    assert found.is_empty
    assert render(found) == "nothing to do; 12 layers unchanged\n"


def test_a_larger_pool_is_one_value_and_rolls_the_service_that_reads_it() -> None:
    found = planned(TEXT, OTHER_POOL)

    assert [step.layer for step in found.steps] == ["parameter_store", "application"]
    change, rolled = [change for change in found.layers if change.action is not Action.UNCHANGED]
    ((item,),) = (group.resources for group in change.groups)
    (services,) = (group.resources for group in rolled.groups)
    assert [(each.logical_id, each.action) for each in services] == [
        ("ServiceCustomersService", Action.UPDATE),
        ("TaskDefinitionCustomersService", Action.REPLACE),
    ]
    assert [(prop.path, prop.old, prop.new) for prop in item.properties] == [("Properties.Value", "3", "4")]
    assert item.pointer == "/services/customers-service/uses/clinic"


def test_another_subnet_replaces_it_and_pins_those_who_use_it() -> None:
    found = planned(TEXT, OTHER_SUBNET)

    assert "SubnetApp1" in replaced(found, "network")
    pins = {step.layer for step in found.steps if step.phase is Phase.PIN}
    assert {"functions", "application"} <= pins
    network = next(step for step in found.steps if step.layer == "network")
    assert {step.id for step in found.steps if step.phase is Phase.PIN} >= set(network.after)


def test_other_subnets_replace_what_lies_in_them_but_no_data() -> None:
    found = planned(TEXT, OTHER_NETWORK)

    assert {"SubnetApp1", "SubnetApp2"} <= replaced(found, "network")
    assert found.refused == ()


def test_another_range_of_the_network_is_refused_for_the_database_in_it() -> None:
    with pytest.raises(Rejected) as caught:
        planned(TEXT, OTHER_RANGE)

    (problem,) = caught.value.diagnostics
    assert (problem.code, problem.pointer) == ("vpc-cannot-change", "/network/cidr")
    assert "CidrBlock changes from 10.0.0.0/16 to 10.1.0.0/16" in problem.message
    assert "DatabaseSubnetsClinic (AWS::RDS::DBSubnetGroup)" in problem.message
    assert "LoadBalancer (AWS::ElasticLoadBalancingV2::LoadBalancer)" in problem.message
    assert problem.message.endswith("and DatabaseClinic would stay behind with the data")


def test_a_service_that_goes_takes_a_repository_with_it_only_when_allowed() -> None:
    found = planned(TEXT, WITHOUT_A_SERVICE)

    assert [(item.logical_id, item.action) for item in found.refused] == [
        ("LogGroupVetsService", Action.DELETE),
        ("RepositoryVetsService", Action.DELETE),
    ]
    words = tuple(Allowance(Action.DELETE, name) for name in ("LogGroupVetsService", "RepositoryVetsService"))
    allowed = planned(TEXT, WITHOUT_A_SERVICE, words)
    assert allowed.refused == ()
    assert allowed.allowed == words


def test_a_service_that_goes_leaves_its_users_before_what_they_import() -> None:
    found = planned(TEXT, WITHOUT_A_SERVICE)

    order = {(step.layer, step.phase): number for number, step in enumerate(found.steps)}
    last = max(number for (layer, _), number in order.items() if layer == "security")
    assert last > min(number for (layer, _), number in order.items() if layer == "application")


def test_a_new_service_is_made_from_below_in_one_step_a_layer() -> None:
    found = planned(WITHOUT_A_SERVICE, TEXT)

    assert found.refused == ()
    order = [step.layer for step in found.steps if step.phase in (Phase.ONLY, Phase.ADD)]
    assert order.index("security") < order.index("application") < order.index("monitoring")


def test_functions_that_go_take_their_layer_with_them() -> None:
    found = planned(TEXT, WITHOUT_FUNCTIONS)

    gone = {change.layer for change in found.layers if change.action is Action.DELETE}
    assert "functions" in gone
    assert [step.phase for step in found.steps if step.layer == "functions"][-1] is Phase.DELETE


EDITS = {
    "a network": OTHER_NETWORK,
    "a name": TEXT.replace("vets-service", "stats-service"),
    "a service": WITHOUT_A_SERVICE,
    "functions": WITHOUT_FUNCTIONS,
    "a pool": OTHER_POOL,
}


@pytest.mark.parametrize("edit", EDITS)
def test_templates_between_allow_nothing_that_neither_side_allows(edit: str) -> None:
    old, new = stage(TEXT), stage(EDITS[edit])
    before = {layer.template: allowed(layer.template) for layer in (*old.layers, *new.layers)}
    either: set[tuple[str, str]] = set().union(*before.values())
    for start, end in ((TEXT, EDITS[edit]), (EDITS[edit], TEXT)):
        found = planned(start, end)
        between = [text for text in found.templates.values() if text not in before]

        assert between or edit not in ("a network", "a name")
        for text in between:
            assert allowed(unpinned(text)) <= either


def allowed(text: str) -> set[tuple[str, str]]:
    read = template(text)
    resources = resolved(read, values(read, {}), "Resources")
    return {(grant.kind, grant.text) for grant in access.grants(resources)}


def unpinned(text: str) -> str:
    """Return a template between with imports where values were written out, to read it like the others.

    The values differ between the two targets, so they stand in tables that are named for their export.
    """
    exports = {
        pascal(name): name for layer in stage(TEXT).layers for name in template(layer.template).exports
    }
    pattern = r"Fn::FindInMap:\n +- Pinned(\w+)\n +- Ref: AWS::Region\n +- Ref: AWS::AccountId"
    return re.sub(pattern, lambda found: f"Fn::ImportValue: {exports[found[1]]}", text)


@pytest.mark.parametrize("edit", EDITS)
def test_a_plan_is_the_same_after_a_file(edit: str) -> None:
    found = planned(TEXT, EDITS[edit])

    assert from_bytes(to_bytes(found)) == found


@pytest.mark.parametrize("width", [60, 120])
@pytest.mark.parametrize("edit", EDITS)
def test_no_line_is_wider_than_the_terminal(edit: str, width: int) -> None:
    text = render(
        planned(TEXT, EDITS[edit]), Look(width=width, place=lambda pointer: f"spec.yaml:12:3 {pointer}")
    )

    assert max(map(len, text.splitlines())) <= width


def test_many_targets_cost_little_time_and_memory() -> None:
    """Twelve layers in a hundred accounts and four regions: seconds and megabytes, with room to the budget."""
    accounts = tuple(f"{number:012d}" for number in range(1, 101))
    targets = product(accounts, ("ap-south-1", "eu-west-1", "us-east-1", "us-west-2"))
    new, held = compiled(OTHER_NETWORK, targets), standing(compiled(TEXT, targets))
    began = process_time()
    found = plan(new, held)
    took = process_time() - began
    tracemalloc.start()
    plan(new, held)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert [len(change.groups) for change in found.layers] == [1] * 12
    assert took < 8
    assert most < 150 * 2**20
