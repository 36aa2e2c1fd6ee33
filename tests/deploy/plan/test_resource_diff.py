"""What one template makes of another."""

from __future__ import annotations

from petc.deploy.plan.resolve import HIDDEN
from petc.deploy.plan.resource_diff import Comparison, compare
from petc.deploy.plan.templates import template, values
from petc.deploy.plan.types import MISSING, Action, Effect, PropertyChange, ResourceChange
from petc.output.render import render
from petc.source.tree import Json
from tests.deploy.plan.sample import Body, body, imported, output, ref, topic


def compared(
    old: Body,
    new: Body,
    before: dict[str, str] | None = None,
    after: dict[str, str] | None = None,
    *moved: str,
) -> Comparison:
    left, right = template(render(old)), template(render(new))
    return compare(left, values(left, before or {}), right, values(right, after or {}), moved)


def changed(old: Json, new: Json, type_name: str) -> tuple[PropertyChange, ...]:
    def one(properties: Json) -> Body:
        return body({"It": {"Type": type_name, "Properties": properties}})

    return compared(one(old), one(new)).resources[0].properties


def actions(found: Comparison) -> dict[str, Action]:
    return {item.logical_id: item.action for item in found.resources}


def test_resources_come_go_change_and_are_replaced() -> None:
    found = compared(
        body({"Goes": topic(), "Changes": topic("a"), "Turns": topic("a", "n"), "Stays": topic()}),
        body({"Comes": topic(), "Changes": topic("b"), "Turns": topic("a", "m"), "Stays": topic()}),
    )

    assert actions(found) == {
        "Changes": Action.UPDATE,
        "Comes": Action.CREATE,
        "Goes": Action.DELETE,
        "Turns": Action.REPLACE,
    }


def test_a_property_says_what_its_change_does() -> None:
    def instance(size: str, port: int, schema: str) -> Json:
        return {"DBInstanceClass": size, "Port": port, "DBName": schema, "CopyTagsToSnapshot": port > 1}

    found = changed(instance("s", 1, "a"), instance("l", 2, "b"), "AWS::RDS::DBInstance")

    assert {item.path: item.effect for item in found} == {
        "Properties.CopyTagsToSnapshot": Effect.IN_PLACE,
        "Properties.DBInstanceClass": Effect.INTERRUPTS,
        "Properties.DBName": Effect.REPLACES,
        "Properties.Port": Effect.INTERRUPTS,
    }


def test_a_conditional_property_may_replace() -> None:
    (found,) = changed({"MasterUsername": "a"}, {"MasterUsername": "b"}, "AWS::RDS::DBCluster")

    assert found.effect is Effect.MAY_REPLACE


def test_a_change_around_a_property_that_is_fixed_replaces_too() -> None:
    held: Json = {"EncryptionType": "KMS"}
    (found,) = changed({}, {"EncryptionConfiguration": held}, "AWS::ECR::Repository")

    assert (found.old, found.new, found.effect) == (MISSING, held, Effect.REPLACES)


def test_the_order_of_a_set_does_not_count() -> None:
    tags: list[Json] = [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]
    found = compared(
        body({"It": {"Type": "AWS::SNS::Topic", "Properties": {"Tags": tags}}}),
        body({"It": {"Type": "AWS::SNS::Topic", "Properties": {"Tags": tags[::-1]}}}),
    )

    assert found.resources[0].properties == ()


def test_the_order_of_a_list_counts() -> None:
    found = changed({"Actions": [{"a": 1}, {"b": 2}]}, {"Actions": [{"b": 2}, {"a": 1}]}, "Custom::It")

    assert found != ()


def test_a_number_written_as_text_is_no_change() -> None:
    found = compared(body({"It": topic(3)}), body({"It": topic("3")}))

    assert found.resources == ()


def test_characters_that_cloudformation_cannot_give_back_are_no_change() -> None:
    found = compared(body({"It": topic("??")}), body({"It": topic("동물")}))

    assert found.resources == ()


def test_a_parameter_shows_at_the_property_that_it_changes() -> None:
    held = body({"It": topic(ref("Name"))}, Parameters={"Name": {"Type": "String"}})
    (item,) = compared(held, held, {"Name": "a"}, {"Name": "b"}).resources

    assert [(prop.path, prop.old, prop.new) for prop in item.properties] == [
        ("Properties.DisplayName", "a", "b")
    ]


def test_what_refers_to_a_replaced_resource_is_known_after_the_deployment() -> None:
    old = body({"One": topic("a", "n"), "Two": topic(ref("One"))})
    new = body({"One": topic("a", "m"), "Two": topic(ref("One"))})
    found = compared(old, new)

    (prop,) = found.resources[1].properties
    assert (prop.path, prop.unknown, prop.effect) == ("Properties.DisplayName", ("One",), Effect.IN_PLACE)


def test_a_replacement_spreads_through_properties_that_are_fixed() -> None:
    old = body({"One": topic("a", "n"), "Two": topic("a", ref("One")), "Three": topic("a", ref("Two"))})
    new = body({"One": topic("a", "m"), "Two": topic("a", ref("One")), "Three": topic("a", ref("Two"))})

    assert set(actions(compared(old, new)).values()) == {Action.REPLACE}


def test_an_attribute_that_is_a_property_moves_with_it() -> None:
    attribute: Json = {"Fn::GetAtt": ["One", "DisplayName"]}
    found = compared(
        body({"One": topic("a"), "Two": topic(attribute)}), body({"One": topic("b"), "Two": topic(attribute)})
    )

    assert found.resources[1].properties[0].unknown == ("One.DisplayName",)


def test_an_import_whose_value_moves_is_unknown_and_moves_what_is_exported() -> None:
    held = body({"One": topic("a", imported("x"))}, {"It": output(ref("One"), "y")})
    found = compared(held, held, None, None, "x")

    assert actions(found) == {"One": Action.REPLACE}
    assert found.moving == {"y"}


def test_exports_that_go_are_told() -> None:
    found = compared(body({"One": topic()}, {"It": output("a", "x")}), body({"One": topic()}))

    assert (set(found.gone), found.outputs) == ({"x"}, True)


def test_metadata_alone_is_an_update_without_a_property() -> None:
    found = compared(
        body({"One": topic(Metadata={"petc": {"spec": "/a"}})}),
        body({"One": topic(Metadata={"petc": {"spec": "/b"}})}),
    )

    assert found.resources == (ResourceChange("One", "AWS::SNS::Topic", Action.UPDATE, pointer="/b"),)


def test_policies_are_attributes_and_change_in_place() -> None:
    found = compared(body({"One": topic()}), body({"One": topic(DeletionPolicy="Retain")}))

    assert found.resources[0].properties == (
        PropertyChange("DeletionPolicy", MISSING, "Retain", Effect.IN_PLACE),
    )


def test_another_type_under_the_same_name_is_told() -> None:
    found = compared(
        body({"One": topic()}), body({"One": {"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": 1}}})
    )

    assert found.retyped == ("One",)


def test_what_looks_like_a_secret_is_not_shown() -> None:
    (found,) = changed({"MasterUserPassword": "a"}, {"MasterUserPassword": "b"}, "AWS::RDS::DBInstance")

    assert (found.old, found.new) == (HIDDEN, HIDDEN)


def test_a_secret_in_an_entry_is_known_by_the_name_of_the_entry() -> None:
    def environment(value: str) -> Json:
        return {"Environment": [{"Name": "DB_PASSWORD", "Value": value}, {"Name": "PORT", "Value": "1"}]}

    (found,) = changed(environment("a"), environment("b"), "Custom::It")

    assert (found.path, found.new) == ("Properties.Environment.0.Value", HIDDEN)


def test_where_a_secret_lies_is_shown() -> None:
    (found,) = changed({"SecretArn": "arn:a"}, {"SecretArn": "arn:b"}, "Custom::It")

    assert found.new == "arn:b"
