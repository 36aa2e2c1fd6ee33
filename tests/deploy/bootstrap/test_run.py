"""Bootstrap on the local AWS: what stands afterwards, and a second run that finds nothing to do."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest

from petc.deploy.aws import call_settings, service_roles
from petc.deploy.aws.bootstrap_stacks import Places
from petc.deploy.aws.call_settings import Settings
from petc.deploy.aws.connection import Connection
from petc.deploy.bootstrap import run as bootstrap_run
from petc.deploy.bootstrap.run import Proposed
from petc.deploy.bootstrap.stacks import ADMINISTRATOR, BUCKET, GATEWAY, TARGET, Bootstrap
from petc.deploy.desired import wanted
from petc.diagnostics import Rejected
from tests.deploy.bootstrap.stages import asked
from tests.petc_local.running import LocalAws, fresh, local_aws


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


def common(asking: Bootstrap) -> Settings:
    return call_settings.of(wanted(asking.stage, asking.made, asking.administrator, asking.targets))


def propose(asking: Bootstrap, places: Places) -> Proposed:
    return bootstrap_run.propose(asking, places, common(asking))


def run(asking: Bootstrap, places: Places) -> list[str]:
    made: list[str] = []
    proposed = propose(asking, places)
    bootstrap_run.perform(
        proposed, places, common(asking), lambda done: made.append(done.partition(" in ")[0])
    )
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
    again = propose(about(aws), places)

    assert again.proposals == ()
    assert len(again.unchanged) == 6


def test_accounts_that_cannot_be_reached_are_left_to_their_owners(aws: LocalAws) -> None:
    places = Places(Connection("us-west-2"))
    proposed = propose(about(aws, "999999999999"), places)
    bootstrap_run.discard(proposed, places)

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
    proposed = propose(about(aws, other), places)
    bootstrap_run.discard(proposed, places)
    own = {
        (item.name, change.logical_id)
        for item in proposed.proposals
        if item.place.account == aws.account
        for change in item.changes
    }

    assert own == {
        (ADMINISTRATOR, "Administration"),
        (ADMINISTRATOR, "Deployer"),
        (ADMINISTRATOR, "DeployerPetclinicDev"),
        (ADMINISTRATOR, "Planner"),
        ("petc-bootstrap-bucket", "ArtifactsPolicy"),
    }


def test_what_is_discarded_leaves_nothing(aws: LocalAws) -> None:
    places = Places(Connection("us-west-2"))
    bootstrap_run.discard(propose(about(aws), places), places)
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


@pytest.fixture
def units(aws: LocalAws) -> tuple[LocalAws, str, str]:
    """An organization that lets StackSets in, a unit, and an account in it."""
    client = aws.client("organizations")
    root = client.list_roots()["Roots"][0]["Id"]
    unit = client.create_organizational_unit(ParentId=root, Name="workloads")["OrganizationalUnit"]["Id"]
    member = str(int(aws.account) + 400_000_000_000)
    aws.faults.add_account(aws.account, member, unit)
    return aws, unit, member


def of_units(aws: LocalAws, unit: str, member: str) -> Bootstrap:
    plain = asked("petclinic-prod", member)
    targets = dataclasses.replace(plain.stage.targets, organizational_units=(unit,))
    stage = dataclasses.replace(plain.stage, targets=targets)
    return dataclasses.replace(plain, stage=stage, administrator=aws.account, organization="o-abcdefghij")


def test_units_are_served_by_stack_sets(units: tuple[LocalAws, str, str]) -> None:
    aws, unit, member = units
    aws.client("cloudformation").activate_organizations_access()
    places = Places(Connection("us-west-2"))
    made = run(of_units(aws, unit, member), places)
    again = propose(of_units(aws, unit, member), places)

    assert made == [ADMINISTRATOR, BUCKET, BUCKET, TARGET, "petc-bootstrap-petclinic-prod", GATEWAY]
    assert aws.client("iam", account=member).get_role(RoleName="petc-reader")
    assert again.is_empty


def test_an_account_of_a_unit_in_which_a_set_failed_is_repaired(units: tuple[LocalAws, str, str]) -> None:
    aws, unit, member = units
    aws.client("cloudformation").activate_organizations_access()
    places = Places(Connection("us-west-2"))
    aws.faults.fail(logical_id="Reader", stack=f"*{TARGET}*", on=("create",), account=member)
    with pytest.raises(Rejected):
        run(of_units(aws, unit, member), places)

    found = propose(of_units(aws, unit, member), places)
    made = run(of_units(aws, unit, member), places)

    (change,) = (one for one in found.sets if one.wanted.name == TARGET)
    assert [target.account for target in change.failed] == [member]
    assert TARGET in made
    assert aws.client("iam", account=member).get_role(RoleName="petc-reader")
    assert propose(of_units(aws, unit, member), places).is_empty


def test_an_account_that_joins_gets_its_roles_before_what_needs_them(
    units: tuple[LocalAws, str, str],
) -> None:
    aws, unit, member = units
    client = aws.client("cloudformation")
    client.activate_organizations_access()
    places = Places(Connection("us-west-2"))
    run(of_units(aws, unit, member), places)
    first = client.describe_stack_set(StackSetName=TARGET)["StackSet"]["StackSetARN"]
    later = client.describe_stack_set(StackSetName="petc-bootstrap-petclinic-prod")["StackSet"]
    assert later["AutoDeployment"]["DependsOn"] == [first]

    # A set of an older petc, which did not name the other.
    client.update_stack_set(
        StackSetName=later["StackSetName"],
        UsePreviousTemplate=True,
        Capabilities=["CAPABILITY_NAMED_IAM"],
        PermissionModel="SERVICE_MANAGED",
        AutoDeployment={"Enabled": True, "RetainStacksOnAccountRemoval": False},
    )
    made = run(of_units(aws, unit, member), places)
    again = client.describe_stack_set(StackSetName=later["StackSetName"])["StackSet"]

    assert made == ["petc-bootstrap-petclinic-prod"]
    assert again["AutoDeployment"]["DependsOn"] == [first]
    assert propose(of_units(aws, unit, member), places).is_empty


def test_an_organization_that_is_closed_says_how_to_open_it(units: tuple[LocalAws, str, str]) -> None:
    aws, unit, member = units
    with pytest.raises(Rejected) as refused:
        propose(of_units(aws, unit, member), Places(Connection("us-west-2")))

    assert refused.value.diagnostics[0].code == "organization-closed"
    assert "activate-organizations-access" in refused.value.diagnostics[0].help
    assert aws.client("cloudformation").describe_stacks()["Stacks"] == []


def test_service_linked_roles_stand_before_their_first_use(aws: LocalAws) -> None:
    places = Places(Connection("us-west-2"))
    aws.client("iam").create_service_linked_role(AWSServiceName="ecs.amazonaws.com")
    proposed = propose(about(aws), places)
    run(about(aws), places)
    roles = aws.client("iam").list_roles(PathPrefix="/aws-service-role/")["Roles"]
    again = propose(about(aws), places)

    assert "ecs.amazonaws.com" not in {role.service for role in proposed.linked}
    assert {role["Path"].split("/")[2] for role in roles} >= {
        "ecs.amazonaws.com",
        "ecs.application-autoscaling.amazonaws.com",
        "elasticloadbalancing.amazonaws.com",
        "rds.amazonaws.com",
    }
    assert again.linked == ()


def test_a_service_linked_role_that_somebody_made_meanwhile_is_as_good(aws: LocalAws) -> None:
    places = Places(Connection("us-west-2"))
    (role, *_) = propose(about(aws), places).linked
    aws.client("iam").create_service_linked_role(AWSServiceName=role.service)

    service_roles.make(places, role)
