"""The stacks behind instances: exports, large templates, names."""

from __future__ import annotations

from petc_local.stack_sets.stacks import name_of, new_name
from tests.petc_local.stack_sets.world import EAST, WEST, World, parameter, template

EXPORTING = parameter("value", Outputs={"Word": {"Value": {"Ref": "Word"}, "Export": {"Name": "the-word"}}})
IMPORTING = template(
    {
        "Copy": {
            "Type": "AWS::SSM::Parameter",
            "Properties": {"Type": "String", "Value": {"Fn::ImportValue": "the-word"}},
        }
    }
)


def test_exports_reach_instances_of_the_same_account_and_region_only(world: World) -> None:
    one, two = world.targets(2)
    world.create("gives", EXPORTING)
    world.create("takes", IMPORTING)
    world.deploy("gives", [one])

    same = world.deploy("takes", [one])
    region = world.deploy("takes", [one], (EAST,))
    account = world.deploy("takes", [two])

    assert [same["Status"], region["Status"], account["Status"]] == ["SUCCEEDED", "FAILED", "FAILED"]


def test_an_export_in_use_keeps_its_stack(world: World) -> None:
    (one,) = world.targets(1)
    world.create("gives", EXPORTING)
    world.create("takes", IMPORTING)
    world.deploy("gives", [one])
    world.deploy("takes", [one])

    operation = world.remove("gives", [one])

    assert operation["Status"] == "FAILED"
    assert "the-word" in world.instance("gives", one)["StatusReason"]
    assert len(world.stacks(one)) == 2


def test_what_kept_an_export_can_be_deleted_in_the_right_order(world: World) -> None:
    (one,) = world.targets(1)
    world.create("gives", EXPORTING)
    world.create("takes", IMPORTING)
    world.deploy("gives", [one])
    world.deploy("takes", [one])
    world.remove("gives", [one])

    world.remove("takes", [one])
    operation = world.remove("gives", [one])

    assert operation["Status"] == "SUCCEEDED"
    assert world.stacks(one) == []


def test_a_template_above_the_size_of_a_request_comes_from_s3(world: World) -> None:
    (one,) = world.targets(1)
    body = parameter("large", Metadata={"Filling": "x" * 100_000})
    s3 = world.client("s3")
    s3.create_bucket(Bucket=f"b{world.account}", CreateBucketConfiguration={"LocationConstraint": WEST})
    s3.put_object(Bucket=f"b{world.account}", Key="large.json", Body=body.encode())
    url = f"http://127.0.0.1:{world.port}/b{world.account}/large.json"
    world.sets.create_stack_set(StackSetName="large", TemplateURL=url)

    operation = world.deploy("large", [one])

    assert operation["Status"] == "SUCCEEDED"
    assert world.word(one) == "large"
    assert world.sets.describe_stack_set(StackSetName="large")["StackSet"]["TemplateBody"] == body


def test_a_name_keeps_to_the_length_of_stack_names() -> None:
    assert new_name("short").startswith("StackSet-short-")
    assert len(new_name("x" * 128)) <= 128


def test_the_name_is_within_the_id() -> None:
    assert name_of("arn:aws:cloudformation:us-west-2:123456789012:stack/StackSet-a-b/c") == "StackSet-a-b"
