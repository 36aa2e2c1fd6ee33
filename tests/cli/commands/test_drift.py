"""`petc drift` on the command line."""

from __future__ import annotations

import json

from tests.cli.operating import Project


def test_a_stage_that_nobody_touched_has_none(standing: Project) -> None:
    result = standing.run("drift", "--stage", "dev")

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("no drift in ")


def changed(project: Project) -> None:
    """Change the description of the application user's secret by hand."""
    secrets = project.aws.client("secretsmanager")
    (secret,) = [item for item in secrets.list_secrets()["SecretList"] if "OrdersUser" in item["Name"]]
    secrets.update_secret(SecretId=secret["ARN"], Description="mine now")


def test_what_was_changed_by_hand_is_shown_at_the_spec(own: Project) -> None:
    changed(own)
    result = own.run("drift", "--stage", "dev")

    assert result.exit_code == 1
    assert "SecretOrdersUser of 02-security" in result.stdout
    assert "has Description: mine now, and the template says username and password" in result.stdout
    assert "orders-user: {description: username and password" in result.stdout


def test_json_has_code_and_place(own: Project) -> None:
    changed(own)
    found = json.loads(own.run("drift", "--stage", "dev", "--format", "json").stdout)

    assert "drifted" in json.dumps(found)


def test_a_stage_that_is_not_deployed_has_none(empty: Project) -> None:
    assert empty.run("drift", "--stage", "dev").stdout == "no drift in 0 layers\n"


def test_a_stack_that_could_not_be_checked_is_not_said_to_be_sound(own: Project) -> None:
    iam = own.aws.client("iam")
    for policy in iam.list_attached_role_policies(RoleName="petc-execution")["AttachedPolicies"]:
        iam.detach_role_policy(RoleName="petc-execution", PolicyArn=policy["PolicyArn"])
    for name in iam.list_role_policies(RoleName="petc-execution")["PolicyNames"]:
        iam.delete_role_policy(RoleName="petc-execution", PolicyName=name)
    iam.delete_role(RoleName="petc-execution")
    result = own.run("drift", "--stage", "dev")
    events = own.run("events", "--stage", "dev", "--failures")

    assert result.exit_code == 1
    assert "[drift-unknown]" in result.stderr
    assert "the detection failed in 1 stack" in result.stderr
    assert "petc-execution" in events.stdout
