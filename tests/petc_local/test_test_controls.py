from __future__ import annotations

import json
import time

import pytest

from petc.local.admin_request import ask
from tests.petc_local.running import REGION, LocalAws, grant_stack_sets

TEMPLATE = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}})
UNITS = ("accounts", "pace", "simulate", "units")


def stack_set(aws: LocalAws, name: str) -> None:
    aws.client("cloudformation").create_stack_set(StackSetName=name, TemplateBody=TEMPLATE)


def instances(aws: LocalAws, name: str) -> list[tuple[str, str, str]]:
    found = aws.client("cloudformation").list_stack_instances(StackSetName=name)["Summaries"]
    return sorted((item["Account"], item["Region"], item["Status"]) for item in found)


def test_simulated_instances_are_current_and_their_stacks_count_as_nothing(aws: LocalAws) -> None:
    stack_set(aws, "many")
    before = ask(aws.endpoint, "GET", "inventory")
    made = aws.faults.simulate(
        "many",
        account=aws.account,
        region=REGION,
        accounts=("111122223333", "444455556666"),
        regions=("eu-west-1",),
    )
    after = ask(aws.endpoint, "GET", "inventory")
    aws.faults.reset()

    assert made == 2
    assert (after["simulated"], after["totals"]) == (2, before["totals"])


def test_simulated_instances_are_listed_like_others(aws: LocalAws) -> None:
    stack_set(aws, "many")
    aws.faults.simulate(
        "many", account=aws.account, region=REGION, accounts=("111122223333",), regions=("eu-west-1",)
    )
    found = instances(aws, "many")
    aws.faults.reset()

    assert found == [("111122223333", "eu-west-1", "CURRENT")]


def test_a_pace_makes_each_instance_of_a_stack_set_take_longer(aws: LocalAws) -> None:
    grant_stack_sets(aws)
    stack_set(aws, "slow")
    aws.faults.pace("slow", 0.4)
    began = time.monotonic()
    client = aws.client("cloudformation")
    operation = client.create_stack_instances(StackSetName="slow", Accounts=[aws.account], Regions=[REGION])[
        "OperationId"
    ]
    while client.describe_stack_set_operation(StackSetName="slow", OperationId=operation)[
        "StackSetOperation"
    ]["Status"] in ("RUNNING", "QUEUED"):
        time.sleep(0.02)
    aws.faults.clear_pace()

    assert time.monotonic() - began >= 0.4
    assert instances(aws, "slow") == [(aws.account, REGION, "CURRENT")]


def test_an_account_of_a_chosen_number_joins_an_organization(aws: LocalAws) -> None:
    aws.faults.add_account(aws.account, "999988887777")
    accounts = aws.client("organizations").list_accounts()["Accounts"]

    assert "999988887777" in {account["Id"] for account in accounts}


def test_a_reset_forgets_stacks_and_stack_sets_of_every_account(aws: LocalAws) -> None:
    stack_set(aws, "gone")
    aws.client("cloudformation", account="222233334444").create_stack(StackName="gone", TemplateBody=TEMPLATE)
    aws.faults.reset()

    assert aws.client("cloudformation").list_stack_sets()["Summaries"] == []
    assert ask(aws.endpoint, "GET", "inventory")["stacks"] == []


@pytest.mark.parametrize("path", UNITS)
def test_what_makes_no_sense_is_refused_with_what_is_expected(aws: LocalAws, path: str) -> None:
    with pytest.raises(ValueError, match=r"^(a pace|a simulation|an account|a unit) has "):
        ask(aws.endpoint, "POST", path, {"color": "red"})


def test_a_simulation_of_an_unknown_stack_set_is_refused(aws: LocalAws) -> None:
    with pytest.raises(ValueError, match="nowhere"):
        aws.faults.simulate("nowhere", account=aws.account, region=REGION, accounts=(), regions=())


def test_an_unknown_path_is_answered_with_the_known_ones(aws: LocalAws) -> None:
    with pytest.raises(ValueError, match=r"GET /_petc/health"):
        ask(aws.endpoint, "GET", "nothing")
