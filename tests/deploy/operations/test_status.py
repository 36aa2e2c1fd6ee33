"""How a stage stands, as data."""

from __future__ import annotations

from petc.deploy.operations.status import ABSENT, RunningOperation, status
from petc.deploy.targets import product
from tests.deploy.operations.wanting import HERE, deployed, layer, observed, template, wanted

TEXT = template()


def test_a_stage_that_is_as_generated_is_fine() -> None:
    found = status(wanted(layer("01-net", TEXT)), observed({"01-net": [deployed(HERE, TEXT)]}))

    assert found.is_fine


def test_another_template_is_not_what_is_generated() -> None:
    other = template({"Queue": {"Type": "AWS::SQS::Queue"}})
    found = status(wanted(layer("01-net", TEXT)), observed({"01-net": [deployed(HERE, other)]}))

    assert not found.layers[0].groups[0].generated
    assert not found.is_fine


def test_a_layer_that_never_was_deployed_is_absent() -> None:
    found = status(wanted(layer("01-net", TEXT)), observed({}))

    assert found.layers[0].groups[0].standing == ABSENT


def test_a_layer_that_the_spec_lost_is_shown() -> None:
    found = status(wanted(), observed({"09-old": [deployed(HERE, TEXT)]}))

    assert [(item.stem, item.wanted) for item in found.layers] == [("09-old", False)]
    assert not found.is_fine


def test_four_hundred_equal_targets_are_one_group() -> None:
    targets = product([f"{number:012}" for number in range(100)], ["a-1", "b-1", "c-1", "d-1"])
    odd = deployed(targets[7], TEXT, "OUTDATED", "UPDATE_ROLLBACK_COMPLETE", reason="no room")
    stands = [deployed(target, TEXT) if target != targets[7] else odd for target in targets]
    found = status(wanted(layer("01-net", TEXT), targets=targets), observed({"01-net": stands}))

    assert [(group.standing, len(group.targets)) for group in found.layers[0].groups] == [
        ("OUTDATED", 1),
        ("CURRENT", 399),
    ]


def test_outputs_for_people_are_those_that_nobody_imports() -> None:
    text = template(
        outputs={
            "SiteUrl": {"Value": "x", "Description": "The site"},
            "VpcId": {"Value": "y", "Export": {"Name": "shop-dev-net-VpcId"}},
        }
    )
    stands = deployed(HERE, text, outputs={"SiteUrl": "https://shop.example", "VpcId": "vpc-1"})
    found = status(wanted(layer("01-net", text)), observed({"01-net": [stands]}))

    assert [(item.name, dict(item.values)) for item in found.outputs] == [
        ("SiteUrl", {HERE: "https://shop.example"})
    ]


def test_an_operation_of_petc_is_told_from_somebody_else_s() -> None:
    assert RunningOperation("petc-0123", "UPDATE", 0.0).is_ours
    assert not RunningOperation("4f6c-0123", "UPDATE", 0.0).is_ours


def test_the_latest_change_of_a_group_counts() -> None:
    one = deployed(HERE, TEXT, stack_id="one")
    found = status(wanted(layer("01-net", TEXT)), observed({"01-net": [one]}), {"one": 1700000000.0})

    assert found.layers[0].groups[0].since == 1700000000.0
