"""`petc status` on the command line."""

from __future__ import annotations

import json

from tests.cli.operating import Project


def test_a_stage_that_stands_is_shown_with_its_addresses(standing: Project) -> None:
    result = standing.run("status", "--stage", "dev")

    assert result.exit_code == 0
    assert result.stdout.startswith(
        f"shop dev  stands in {standing.aws.account}/us-west-2 as it is generated"
    )
    assert "ApiUrl" in result.stdout
    assert "EndpointOrdersDb" in result.stdout


def test_json_holds_every_target(standing: Project) -> None:
    found = json.loads(standing.run("status", "--stage", "dev", "--format", "json").stdout)

    assert found["as_generated"] is True
    assert {standing.aws.account + "/us-west-2"} == {
        name for item in found["layers"] for name in item["targets"]
    }


def test_a_stage_that_was_never_deployed(empty: Project) -> None:
    result = empty.run("status", "--stage", "dev")

    assert result.exit_code == 0
    assert result.stdout.startswith(f"shop dev  is not deployed in {empty.aws.account}/us-west-2\n")


def test_a_change_that_is_not_deployed_is_told(own: Project) -> None:
    own.change("LOG_FORMAT: json", "LOG_FORMAT: text")
    result = own.run("status", "--stage", "dev")

    assert "2 of " in result.stdout.splitlines()[0]
    assert "not what is generated" in result.stdout


def test_a_stack_that_was_deleted_by_hand_is_told(own: Project) -> None:
    cloudformation = own.aws.client("cloudformation")
    (stack,) = [
        item for item in cloudformation.describe_stacks()["Stacks"] if "monitoring" in item["StackName"]
    ]
    cloudformation.delete_stack(StackName=stack["StackId"])
    result = own.run("status", "--stage", "dev")

    assert "are not as they are generated" in result.stdout.splitlines()[0]


def test_an_unknown_stage_is_refused(empty: Project) -> None:
    result = empty.run("status", "--stage", "prod")

    assert result.exit_code == 1
    assert "prod" in result.stderr


def test_a_stage_that_is_not_compiled_is_refused(empty: Project) -> None:
    (empty.home / "generated" / "dev" / "manifest.json").unlink()
    result = empty.run("status", "--stage", "dev")

    assert result.exit_code == 1
    assert "petc compile" in result.stderr


def test_a_refusal_of_aws_stands_at_its_line_of_the_spec(empty: Project) -> None:
    result = empty.run("status", "--stage", "dev", AWS_ACCESS_KEY_ID="999999999999")

    assert result.exit_code == 1
    assert "error[wrong-account]" in result.stderr
    assert "--> spec/spec.yaml:" in result.stderr
    assert f'"{empty.aws.account}"' in result.stderr
