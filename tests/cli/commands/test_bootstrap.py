"""`petc bootstrap` on the command line."""

from __future__ import annotations

import pytest

from tests.cli.operating import Project


def test_it_makes_roles_and_bucket_and_a_second_run_nothing(empty: Project) -> None:
    first = empty.run("bootstrap", "--stage", "dev", "--yes")
    second = empty.run("bootstrap", "--stage", "dev")
    roles = {role["RoleName"] for role in empty.aws.client("iam").list_roles()["Roles"]}

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "create petc-bootstrap-target" in first.stdout
    assert first.stdout.endswith("6 stacks changed, 0 as they should be\n")
    assert second.stdout == "0 stacks changed, 6 as they should be\n"
    assert {"petc-administration", "petc-execution", "petc-reader"} <= roles


def test_without_a_word_nothing_is_made(empty: Project) -> None:
    result = empty.run("bootstrap", "--stage", "dev")

    assert result.exit_code == 1
    assert "--yes agrees beforehand" in result.stderr
    assert empty.aws.client("iam").list_roles()["Roles"] == []
    assert empty.aws.client("cloudformation").describe_stacks()["Stacks"] == []


def test_print_needs_no_aws(empty: Project) -> None:
    result = empty.run("bootstrap", "--stage", "dev", "--print", AWS_ENDPOINT_URL="http://127.0.0.1:1")

    assert result.exit_code == 0
    assert result.stdout.count("# stack petc-bootstrap-") == 6


def test_print_of_one_stack_is_a_template_of_its_own(empty: Project) -> None:
    result = empty.run("bootstrap", "--stage", "dev", "--print", "petc-bootstrap-target")

    assert result.stdout.count("AWSTemplateFormatVersion") == 1
    assert "RoleName: petc-reader" in result.stdout


def test_print_of_an_unknown_stack_names_those_there_are(empty: Project) -> None:
    result = empty.run("bootstrap", "--stage", "dev", "--print", "petc-bootstrap-targets")

    assert result.exit_code == 2
    assert "petc-bootstrap-target" in result.stderr


def test_other_accounts_are_left_to_their_administrators(empty: Project) -> None:
    empty.change(f'["{empty.aws.account}"]', f'["{empty.aws.account}", "999999999999"]')
    empty.change(
        "regions: {us-west-2: {}}", f'regions: {{us-west-2: {{}}}}, administrator: "{empty.aws.account}"'
    )
    result = empty.run("bootstrap", "--stage", "dev", "--yes")

    assert result.exit_code == 0
    assert "1 account cannot be reached with these credentials: 999999999999" in result.stdout
    assert (
        "petc bootstrap --stage dev --print petc-bootstrap-target > petc-bootstrap-target.yaml"
        in result.stdout
    )
    assert "aws cloudformation deploy --stack-name petc-bootstrap-target" in result.stdout


def test_with_a_role_they_are_served(empty: Project) -> None:
    other = str(int(empty.aws.account) + 300_000_000_000)
    empty.change(f'["{empty.aws.account}"]', f'["{empty.aws.account}", "{other}"]')
    empty.change(
        "regions: {us-west-2: {}}", f'regions: {{us-west-2: {{}}}}, administrator: "{empty.aws.account}"'
    )
    result = empty.run("bootstrap", "--stage", "dev", "--yes", "--role", "OrganizationAccountAccessRole")

    assert result.exit_code == 0
    assert empty.aws.client("iam", account=other).get_role(RoleName="petc-reader")


def test_credentials_of_another_account_are_refused(empty: Project) -> None:
    result = empty.run("bootstrap", "--stage", "dev", "--yes", AWS_ACCESS_KEY_ID="999999999999")

    assert result.exit_code == 1
    assert "[wrong-account]" in result.stderr
    assert "spec/spec.yaml:" in result.stderr


@pytest.mark.parametrize(
    "name",
    [
        *("shop", "*/*", "acme/*", "*/shop", "acme/s?op", "acme/shop:environment:x", "acme/", "/shop"),
        *(
            "a/b/c",
            "acme/..",
            "-a/b",
            "acme/${aws:x}",
            "acme/shop\n",
            "acme/sh op",
            "ac:me/shop",
            "acme/shöp",
        ),
    ],
)
def test_a_repository_is_one_and_no_pattern(empty: Project, name: str) -> None:
    """A wildcard in the trust policy would let every repository of GitHub deploy."""
    result = empty.run("bootstrap", "--stage", "dev", "--print", "--github", name)

    assert result.exit_code == 2
    assert "give OWNER/REPO" in result.stderr


@pytest.mark.parametrize("name", ["acme/shop", "Acme-1/shop.io", "octo_acme/.github", "a/B_c-d"])
def test_names_of_github_are_taken(empty: Project, name: str) -> None:
    result = empty.run("bootstrap", "--stage", "dev", "--print", "administrator", "--github", name)

    assert result.exit_code == 0
    assert f"repo:{name}:environment:dev" in result.stdout


def test_policies_that_no_layer_needs_any_more_are_deleted(empty: Project) -> None:
    assert empty.run("bootstrap", "--stage", "dev", "--yes").exit_code == 0
    cloudformation = empty.aws.client("cloudformation")
    for part in (3, 4):
        cloudformation.create_stack(
            StackName=f"petc-bootstrap-shop-dev-P{part}",
            TemplateBody='{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}',
        )
    told = empty.run("bootstrap", "--stage", "dev")
    done = empty.run("bootstrap", "--stage", "dev", "--yes")
    again = empty.run("bootstrap", "--stage", "dev")
    names = {stack["StackName"] for stack in cloudformation.describe_stacks()["Stacks"]}

    assert told.exit_code == 1, told.stdout
    assert "delete petc-bootstrap-shop-dev-P3 in" in told.stdout
    assert done.exit_code == 0, done.stderr
    assert done.stderr.index("P4 in") < done.stderr.index("P3 in")
    assert again.stdout == "0 stacks changed, 6 as they should be\n"
    assert "petc-bootstrap-shop-dev-P2" in names
    assert names.isdisjoint({"petc-bootstrap-shop-dev-P3", "petc-bootstrap-shop-dev-P4"})
