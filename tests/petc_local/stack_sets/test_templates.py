"""Templates that are refused for what they are or where they come from."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from petc_local.stack_sets import templates
from petc_local.stack_sets.errors import RequestRefused
from tests.petc_local.stack_sets.world import WEST, World, parameter


def test_a_body_above_51200_bytes_is_refused(world: World) -> None:
    with pytest.raises(ClientError, match="less than or equal to 51200"):
        world.create("large", parameter(Metadata={"Filling": "x" * 51_200}))


def test_a_body_beside_a_document_is_refused(world: World) -> None:
    with pytest.raises(ClientError, match="but not both"):
        world.create("both", TemplateURL="http://127.0.0.1/bucket/key")


def test_a_document_above_one_megabyte_is_refused(world: World) -> None:
    s3 = world.client("s3")
    s3.create_bucket(Bucket=f"h{world.account}", CreateBucketConfiguration={"LocationConstraint": WEST})
    s3.put_object(Bucket=f"h{world.account}", Key="huge", Body=b"x" * 1_000_001)

    with pytest.raises(ClientError, match="Template may not exceed 1000000 bytes in size"):
        world.sets.create_stack_set(
            StackSetName="huge", TemplateURL=f"http://127.0.0.1:{world.port}/h{world.account}/huge"
        )


def test_a_document_that_does_not_exist_is_refused(world: World) -> None:
    with pytest.raises(ClientError, match="Template not found"):
        world.sets.create_stack_set(
            StackSetName="lost", TemplateURL=f"http://127.0.0.1:{world.port}/no/thing"
        )


def test_yaml_and_json_are_read_alike() -> None:
    yaml = "Parameters: {A: {Type: Number, Default: 3}, B: {Type: String, NoEcho: true}}\nResources: {R: {Type: T}}"

    found = templates.read(yaml)

    assert found.defaults == {"A": "3", "B": None}
    assert found.hidden == ("B",)


def test_a_macro_needs_its_capability() -> None:
    template = templates.read('{"Transform": "Mine", "Resources": {"R": {"Type": "T"}}}')

    with pytest.raises(RequestRefused, match="CAPABILITY_AUTO_EXPAND"):
        templates.check_capabilities(template, ("CAPABILITY_NAMED_IAM",))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"Transform": "Mine", "Resources": {"R": {"Type": "T"}}}', "macros"),
        ('{"Resources": {"R": {"Type": "AWS::CloudFormation::Stack"}}}', "nested stacks"),
    ],
)
def test_service_managed_sets_have_no_macros_and_no_nested_stacks(text: str, says: str) -> None:
    with pytest.raises(RequestRefused, match=says):
        templates.check_service_managed(templates.read(text))


def test_values_outside_the_constraints_of_a_parameter_are_refused() -> None:
    template = templates.read(
        "Parameters: {A: {Type: String, AllowedValues: [x]}}\nResources: {R: {Type: AWS::SNS::Topic}}"
    )

    with pytest.raises(RequestRefused, match="AllowedValues"):
        templates.check(template, (("A", "y"),))
