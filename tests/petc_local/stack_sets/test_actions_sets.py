"""The actions on stack sets themselves."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from tests.petc_local.stack_sets.world import WITH_PARAMETER, World, parameter, template

ROLE = template(
    {"Role": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "named", "AssumeRolePolicyDocument": {}}}}
)


def refusal(error: pytest.ExceptionInfo[ClientError]) -> tuple[str, int]:
    response = error.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


def test_creation_makes_no_stack_and_shows_what_was_sent(world: World) -> None:
    identifier = world.create("fresh", Description="words", Tags=[{"Key": "team", "Value": "a&b"}])

    shown = world.sets.describe_stack_set(StackSetName="fresh")["StackSet"]

    assert shown["StackSetId"] == identifier
    assert shown["StackSetARN"] == f"arn:aws:cloudformation:us-west-2:{world.account}:stackset/{identifier}"
    assert (shown["Status"], shown["Description"], shown["TemplateBody"]) == ("ACTIVE", "words", parameter())
    assert shown["Tags"] == [{"Key": "team", "Value": "a&b"}]
    assert (shown["PermissionModel"], shown["ManagedExecution"]) == ("SELF_MANAGED", {"Active": False})
    assert world.stacks(world.account) == []


def test_roles_of_self_managed_sets_have_default_names(world: World) -> None:
    world.create("roles")

    shown = world.sets.describe_stack_set(StackSetName="roles")["StackSet"]

    role = f"arn:aws:iam::{world.account}:role/AWSCloudFormationStackSetAdministrationRole"
    assert shown["AdministrationRoleARN"] == role
    assert shown["ExecutionRoleName"] == "AWSCloudFormationStackSetExecutionRole"


def test_a_set_is_found_by_its_id_too(world: World) -> None:
    identifier = world.create("by-id")

    shown = world.sets.describe_stack_set(StackSetName=identifier)["StackSet"]

    assert shown["StackSetName"] == "by-id"


def test_the_same_token_and_request_answer_the_same_set(world: World) -> None:
    first = world.create("again", ClientRequestToken="token-1")

    second = world.create("again", ClientRequestToken="token-1")

    assert second == first


@pytest.mark.parametrize(("token", "body"), [("token-2", parameter()), ("token-1", parameter("other"))])
def test_a_name_in_use_is_refused(world: World, token: str, body: str) -> None:
    world.create("taken", ClientRequestToken="token-1")

    with pytest.raises(ClientError) as error:
        world.create("taken", body, ClientRequestToken=token)

    assert refusal(error) == ("NameAlreadyExistsException", 409)


def test_a_repeated_creation_of_a_set_that_was_updated_since_is_refused(world: World) -> None:
    world.create("changed", ClientRequestToken="token-1")
    world.update("changed", parameter("other"))

    with pytest.raises(ClientError) as error:
        world.create("changed", ClientRequestToken="token-1")

    assert refusal(error) == ("CreatedButModifiedException", 409)


@pytest.mark.parametrize("name", ["1st", "under_score", "a" * 129])
def test_a_name_outside_the_pattern_is_refused(world: World, name: str) -> None:
    with pytest.raises(ClientError, match="stackSetName") as error:
        world.create(name)

    assert refusal(error) == ("ValidationError", 400)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("{not json", "Template format error"),
        ("{}", "At least one Resources member must be defined"),
        (template({"It": {"Type": "AWS::No::Such"}}), r"Unrecognized resource types: \[AWS::No::Such\]"),
    ],
)
def test_an_invalid_template_is_refused(world: World, body: str, says: str) -> None:
    with pytest.raises(ClientError, match=says) as error:
        world.create("invalid", body)

    assert refusal(error) == ("ValidationError", 400)


def test_a_set_needs_a_template(world: World) -> None:
    with pytest.raises(ClientError, match="Either Template URL or Template Body must be specified"):
        world.sets.create_stack_set(StackSetName="none")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ([], r"Parameters: \[Needed\] must have values"),
        (
            [
                {"ParameterKey": "Needed", "ParameterValue": "a"},
                {"ParameterKey": "Odd", "ParameterValue": "b"},
            ],
            r"Parameters: \[Odd\] do not exist in the template",
        ),
    ],
)
def test_parameters_must_be_those_of_the_template(
    world: World, given: list[dict[str, str]], says: str
) -> None:
    body = parameter({"Ref": "Needed"}, Parameters={"Needed": {"Type": "String"}})

    with pytest.raises(ClientError, match=says):
        world.create("parameters", body, Parameters=given)


def test_importing_a_stack_is_refused_rather_than_ignored(world: World) -> None:
    with pytest.raises(ClientError, match="cannot be imported"):
        world.create("imported", StackId="arn:aws:cloudformation:us-west-2:123456789012:stack/a/b")


def test_every_parameter_is_shown_and_a_hidden_one_masked(world: World) -> None:
    definitions = {
        "Open": {"Type": "String", "Default": "seen"},
        "Secret": {"Type": "String", "NoEcho": True, "Default": "hush"},
    }
    world.create("masked", parameter({"Ref": "Secret"}, Parameters=definitions))

    shown = world.sets.describe_stack_set(StackSetName="masked")["StackSet"]["Parameters"]

    assert {item["ParameterKey"]: item["ParameterValue"] for item in shown} == {
        "Open": "seen",
        "Secret": "****",
    }


def test_a_role_needs_its_capability(world: World) -> None:
    with pytest.raises(ClientError, match=r"Requires capabilities : \[CAPABILITY_NAMED_IAM\]") as error:
        world.create("role", ROLE, Capabilities=["CAPABILITY_IAM"])

    assert refusal(error) == ("InsufficientCapabilitiesException", 400)


def test_a_role_is_accepted_with_its_capability(world: World) -> None:
    world.create("role", ROLE, Capabilities=["CAPABILITY_NAMED_IAM"])

    shown = world.sets.describe_stack_set(StackSetName="role")["StackSet"]

    assert shown["Capabilities"] == ["CAPABILITY_NAMED_IAM"]


def test_tags_of_aws_are_refused(world: World) -> None:
    with pytest.raises(ClientError, match="aws: prefix"):
        world.create("tagged", Tags=[{"Key": "aws:me", "Value": "x"}])


def test_sets_are_listed_by_status_in_their_account_and_region_only(world: World) -> None:
    world.create("stays")
    world.create("goes")
    world.sets.delete_stack_set(StackSetName="goes")

    active = world.sets.list_stack_sets(Status="ACTIVE")["Summaries"]
    deleted = world.sets.list_stack_sets(Status="DELETED")["Summaries"]
    elsewhere = world.client("cloudformation", region="us-east-1").list_stack_sets()["Summaries"]

    assert [item["StackSetName"] for item in active] == ["stays"]
    assert [item["StackSetName"] for item in deleted] == ["goes"]
    assert elsewhere == []


def test_a_set_with_instances_is_not_deleted(world: World) -> None:
    world.create("full")
    world.deploy("full", world.targets(1))

    with pytest.raises(ClientError) as error:
        world.sets.delete_stack_set(StackSetName="full")

    assert refusal(error) == ("StackSetNotEmptyException", 409)


def test_a_deleted_set_is_not_found_and_its_name_is_free(world: World) -> None:
    first = world.create("phoenix")
    world.sets.delete_stack_set(StackSetName="phoenix")

    with pytest.raises(ClientError) as error:
        world.sets.describe_stack_set(StackSetName="phoenix")

    assert refusal(error) == ("StackSetNotFoundException", 404)
    assert world.create("phoenix") != first


def test_deleting_a_set_that_does_not_exist_is_no_error(world: World) -> None:
    answer = world.sets.delete_stack_set(StackSetName="never")

    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_a_parameter_list_for_the_set_replaces_defaults(world: World) -> None:
    world.create("values", WITH_PARAMETER, Parameters=[{"ParameterKey": "Text", "ParameterValue": "mine"}])

    shown = world.sets.describe_stack_set(StackSetName="values")["StackSet"]["Parameters"]

    assert {item["ParameterKey"]: item["ParameterValue"] for item in shown} == {"Text": "mine", "Other": "x"}
