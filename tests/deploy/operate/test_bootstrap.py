"""Bootstrap on the local AWS: what stands afterwards, and a second run that finds nothing to do."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest

from petc.deploy.aws.bootstrap_stack import Places
from petc.deploy.aws.connection import Connection
from petc.deploy.operate import bootstrap
from petc.deploy.operate.bootstrap_stacks import ADMINISTRATOR, TARGET, Bootstrap
from petc.diagnostics import Rejected
from tests.deploy.operate.stages import asked
from tests.local.running import LocalAws, fresh, local_aws


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    with local_aws(tmp_path_factory.mktemp("aws")) as running:
        yield running


@pytest.fixture
def aws(server: LocalAws, monkeypatch: pytest.MonkeyPatch) -> LocalAws:
    """An empty account, reached by this process's environment."""
    found = fresh(server)
    for name, value in found.access.environment.items():
        monkeypatch.setenv(name, value)
    return found


def about(aws: LocalAws, *others: str) -> Bootstrap:
    return dataclasses.replace(asked("petclinic-dev", aws.account, *others), administrator=aws.account)


def run(wanted: Bootstrap, places: Places) -> list[str]:
    made: list[str] = []
    proposed = bootstrap.propose(wanted, places)
    bootstrap.perform(proposed, places, lambda proposal: made.append(proposal.name))
    return made


def test_roles_policies_and_bucket_stand_afterwards(aws: LocalAws) -> None:
    run(about(aws), Places(Connection("us-west-2")))
    iam = aws.client("iam")
    roles = {role["RoleName"] for role in iam.list_roles()["Roles"]}
    attached = iam.list_attached_role_policies(RoleName="petc-execution")["AttachedPolicies"]
    buckets = [item["Name"] for item in aws.client("s3").list_buckets()["Buckets"]]

    assert {"petc-administration", "petc-execution", "petc-reader"} <= roles
    assert len(attached) >= 3
    assert f"petc-artifacts-{aws.account}-us-west-2" in buckets


def test_a_second_run_finds_nothing_to_do(aws: LocalAws) -> None:
    places = Places(Connection("us-west-2"))
    run(about(aws), places)
    again = bootstrap.propose(about(aws), places)

    assert again.proposals == ()
    assert len(again.unchanged) == 5


def test_accounts_that_cannot_be_reached_are_left_to_their_owners(aws: LocalAws) -> None:
    places = Places(Connection("us-west-2"))
    proposed = bootstrap.propose(about(aws, "999999999999"), places)
    bootstrap.discard(proposed, places)

    assert {stack.place.account for stack in proposed.by_hand} == {"999999999999"}
    assert TARGET in {stack.name for stack in proposed.by_hand}


def test_with_a_role_other_accounts_are_served_too(aws: LocalAws) -> None:
    other = str(int(aws.account) + 100_000_000_000)
    run(about(aws, other), Places(Connection("us-west-2"), role="Organization"))
    there = aws.client("iam", account=other)

    assert there.get_role(RoleName="petc-execution")["Role"]["RoleName"] == "petc-execution"
    assert there.get_role(RoleName="petc-reader")["Role"]["RoleName"] == "petc-reader"


def test_a_new_account_changes_only_what_names_accounts(aws: LocalAws) -> None:
    places = Places(Connection("us-west-2"), role="Organization")
    run(about(aws), places)
    other = str(int(aws.account) + 200_000_000_000)
    proposed = bootstrap.propose(about(aws, other), places)
    bootstrap.discard(proposed, places)
    own = {
        (item.name, change.logical_id)
        for item in proposed.proposals
        if item.place.account == aws.account
        for change in item.changes
    }

    assert own == {
        (ADMINISTRATOR, "Administration"),
        (ADMINISTRATOR, "Planner"),
        ("petc-bootstrap-bucket", "ArtifactsPolicy"),
    }


def test_what_is_discarded_leaves_nothing(aws: LocalAws) -> None:
    places = Places(Connection("us-west-2"))
    bootstrap.discard(bootstrap.propose(about(aws), places), places)
    left = aws.client("cloudformation").describe_stacks()["Stacks"]

    assert [item["StackName"] for item in left if item["StackStatus"] != "DELETE_COMPLETE"] == []


def test_a_failure_says_the_resource_and_the_next_run_goes_on(aws: LocalAws) -> None:
    places = Places(Connection("us-west-2"))
    aws.faults.fail(logical_id="Execution", stack=TARGET, reason="the role stands already")

    with pytest.raises(Rejected) as refused:
        run(about(aws), places)

    assert refused.value.diagnostics[0].code == "bootstrap-failed"
    assert "Execution: the role stands already" in refused.value.diagnostics[0].message
    assert TARGET in run(about(aws), places)
