"""Many targets and organizational units on the command line, and what goes wrong there."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from petc.deploy.execute import journal, lock
from petc.deploy.execute.events import silent
from petc.deploy.execute.signed_lines import Head
from tests.cli.commands.test_deploy import AFTER, BEFORE
from tests.cli.operating import DAY, Project
from tests.petc_local.running import LocalAws, fresh

REGIONS = ("us-east-2", "us-west-2")


@dataclass(frozen=True, slots=True)
class Many:
    """A project for two accounts and two regions, all of which are bootstrapped."""

    project: Project
    members: tuple[str, ...]


def accounts(members: tuple[str, ...]) -> str:
    return "accounts: [" + ", ".join(f'"{member}"' for member in members) + "]"


@pytest.fixture
def many(empty: Project, local: LocalAws) -> Many:
    members = (fresh(local).account, fresh(local).account)
    own = f'accounts: ["{empty.aws.account}"], regions: {{us-west-2: {{}}}}'
    regions = ", ".join(f"{region}: {{}}" for region in REGIONS)
    others = f'administrator: "{empty.aws.account}", {accounts(members)}, regions: {{{regions}}}'
    empty.change(own, others)
    done = empty.run("bootstrap", "--stage", "dev", "--yes", "--role", "OrganizationAccountAccessRole")
    assert done.exit_code == 0, done.stderr
    return Many(empty, members)


def test_one_target_of_four_fails_and_a_rerun_does_the_rest(many: Many) -> None:
    project, (_, second) = many.project, many.members
    project.aws.faults.fail(
        logical_id="ParameterSharedLOGFORMAT", account=second, region="us-east-2", reason="no room left"
    )
    failed = project.run("deploy", "--stage", "dev", "--yes", *DAY)
    again = project.run("deploy", "--stage", "dev", "--yes", *DAY)
    project.change(BEFORE, AFTER)
    compared = project.run("plan", "--stage", "dev", "--change-sets", *DAY)

    assert failed.exit_code == 1
    assert "create in 2 accounts × 2 regions identical" in failed.stdout
    assert f"04-parameter-store failed in {second}/us-east-2: ParameterSharedLOGFORMAT" in failed.stderr
    assert again.exit_code == 0, again.stderr
    assert "01-network: begins" not in again.stderr
    assert "04-parameter-store  update in 2 accounts × 2 regions identical" in compared.stdout, (
        compared.stderr
    )
    assert "change sets: CloudFormation says the same" in compared.stdout, compared.stderr


def test_an_account_without_the_roles_is_named_with_the_way_out(many: Many) -> None:
    many.project.change(accounts(many.members), accounts((*many.members, "555555555555")))
    asked = ("deploy", "--stage", "dev", "--yes", "--layer", "network", *DAY)
    told = many.project.run(*asked)
    stacks = many.project.aws.client("cloudformation").list_stack_sets(Status="ACTIVE")["Summaries"]
    unasked = many.project.run(*asked, "--no-preflight")

    assert (told.exit_code, unasked.exit_code) == (1, 1)
    assert "execution-role in 555555555555" in told.stderr
    assert stacks == []
    assert "Account 555555555555 should have 'petc-execution' role" in unasked.stderr
    for result in (told, unasked):
        assert "run petc bootstrap for that account" in result.stderr


def test_units_without_an_account_are_no_stage_with_nothing_to_do(empty: Project) -> None:
    organizations = empty.aws.client("organizations")
    root = organizations.list_roots()["Roots"][0]["Id"]
    unit = organizations.create_organizational_unit(ParentId=root, Name="members")["OrganizationalUnit"]["Id"]
    empty.change(f'accounts: ["{empty.aws.account}"]', f"organizational_units: [{unit}]")
    nobody = empty.run("plan", "--stage", "dev", *DAY)
    empty.change(unit, "ou-abcd-99990000")
    nowhere = empty.run("plan", "--stage", "dev", *DAY)

    assert (nobody.exit_code, nowhere.exit_code) == (1, 1)
    assert f"error[no-accounts]: there is no active account in {unit}" in nobody.stderr
    assert "error[unit-unknown]" in nowhere.stderr
    assert "petc local join ACCOUNT... --unit ou-abcd-99990000" in nowhere.stderr


def test_the_journal_of_a_process_that_runs_is_left_alone(empty: Project) -> None:
    """Not even when it is of another account, as while one terminal deploys to AWS and one with --local."""
    folder = empty.home / ".petc" / "deploy"
    head = Head("shop", "dev", "stack-sets", "999999999999", "t", ())
    with lock.here(folder, "dev", silent):
        running = journal.start(folder, head)
        result = empty.run("deploy", "--stage", "dev", "--yes", *DAY)
        running.close()

    assert result.exit_code == 1
    assert "[stage-held]" in result.stderr
    assert sorted(path.name for path in folder.iterdir()) == ["dev.journal", "dev.lock"]
