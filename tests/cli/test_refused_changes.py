"""Changes of a deployed stage that AWS would refuse half-way: refused before the first step, and nothing changes.

Each is a public report or was seen as a torn stage: aws-cdk issues 6683, 16869, 26135, 28369 (ranges, another VPC),
cloudtools/stacker 96 (custom-named resources).
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cli.operating import DAY, Project, deployed
from tests.petc_local.running import LocalAws, fresh

STARTER = {
    "public": "public: [10.20.0.0/24, 10.20.1.0/24]",
    "app": "app: [10.20.2.0/24, 10.20.3.0/24]",
    "database": "database: [10.20.4.0/24, 10.20.5.0/24]",
}


@pytest.fixture(scope="module")
def shop(local: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Project:
    return deployed(tmp_path_factory.mktemp("shop"), fresh(local))


@pytest.fixture
def edited(shop: Project) -> Iterator[Project]:
    """The deployed project, whose spec goes back afterwards: then there is nothing to do."""
    text = shop.spec.read_text("utf-8")
    yield shop
    write(shop, text)
    assert shop.run("plan", "--stage", "dev", *DAY).stdout.startswith("nothing to do")


def write(project: Project, text: str) -> None:
    project.spec.write_text(text, "utf-8")
    assert project.run("compile", "--no-lint", *DAY).exit_code == 0


def append(project: Project, line: str) -> None:
    write(project, f"{project.spec.read_text('utf-8')}{line}\n")


def refused(project: Project, *codes: str) -> str:
    """Return what is said of a change that petc deploy refuses with these codes, before any step."""
    before = updated(project)
    done = project.run("deploy", "--stage", "dev", "--yes", *DAY)

    assert done.exit_code == 1
    for code in codes:
        assert f"error[{code}]" in done.stderr
    assert updated(project) == before
    return done.stderr


def updated(project: Project) -> list[tuple[str, str]]:
    stacks = project.aws.client("cloudformation").describe_stacks()["Stacks"]
    return sorted((item["StackName"], str(item.get("LastUpdatedTime", ""))) for item in stacks)


def subnets(project: Project, **tiers: str) -> None:
    text = project.spec.read_text("utf-8")
    for tier, ranges in tiers.items():
        assert STARTER[tier] in text
        text = text.replace(STARTER[tier], f"{tier}: [{ranges}]")
    write(project, text)


def test_subnets_that_swap_their_ranges(edited: Project) -> None:
    subnets(edited, app="10.20.3.0/24, 10.20.2.0/24")
    said = refused(edited, "subnet-overlaps")

    assert "SubnetApp1 (AWS::EC2::Subnet)" in said
    assert "spec.yaml" in said
    assert edited.run("plan", "--stage", "dev", *DAY).exit_code == 1


def test_subnets_that_shrink(edited: Project) -> None:
    subnets(edited, database="10.20.4.0/25, 10.20.5.0/25")
    said = refused(edited, "subnet-overlaps", "subnet-in-use")

    assert "10.20.4.0/24 of the deployed one" in said
    assert "DatabaseOrdersDb uses the group" in said


def test_the_public_subnet_of_the_nat_gateway(edited: Project) -> None:
    subnets(edited, public="10.20.8.0/24, 10.20.9.0/24")

    assert "is in use by the deployed one" in refused(edited, "cannot-be-replaced")


def test_another_range_of_the_network(edited: Project) -> None:
    write(edited, edited.spec.read_text("utf-8").replace("10.20.", "10.30."))
    said = refused(edited, "vpc-cannot-change")

    assert "DatabaseOrdersDb would stay behind with the data" in said


def test_another_key_of_what_has_a_name(edited: Project) -> None:
    append(edited, "encryption: {key: aws}")
    said = refused(edited, "cannot-be-replaced")

    assert "RepositoryOrders (AWS::ECR::Repository)" in said
    assert edited.aws.client("rds").describe_db_clusters()["DBClusters"]


def test_another_engine_even_with_another_label(edited: Project) -> None:
    text = edited.spec.read_text("utf-8").replace("targets: {", "targets: {engine: stacks, ")
    write(edited, f"{text}layers: {{network: network-x}}\n")
    said = refused(edited, "engine-changed")

    assert "write `engine: stack-sets`" in said


def test_another_label_of_a_layer(edited: Project) -> None:
    append(edited, "layers: {network: network-x}")

    assert "is deployed as 01-network" in refused(edited, "layer-label-changed")


def test_an_export_of_somebody_else(empty: Project) -> None:
    """It is seen before the first deployment begins."""
    assert empty.run("bootstrap", "--stage", "dev", "--yes").exit_code == 0
    body = (
        '{"Resources": {"T": {"Type": "AWS::SNS::Topic"}}, "Outputs": {"V": {"Value": "x", "Export": '
        '{"Name": "shop-dev-network-VpcId"}}}}'
    )
    client = empty.aws.client("cloudformation")
    client.create_stack(StackName="billing", TemplateBody=body)
    client.get_waiter("stack_create_complete").wait(StackName="billing", WaiterConfig={"Delay": 1})

    assert "which stack billing exports" in refused(empty, "name-in-use")
