"""Drift told from noise."""

from __future__ import annotations

import pytest

from petc.deploy.observed import Difference, DriftedResource
from petc.deploy.operations.drift import NOISE, diagnostics, reason, rule_texts, sorted_out
from petc.deploy.targets import Target
from tests.deploy.operations.wanting import HERE, layer, template, wanted

THERE = Target("222222222222", "us-west-2")
TEXT = template({"Topic": {"Type": "AWS::SNS::Topic", "Metadata": {"petc": {"spec": "/notifications"}}}})


def one(
    type_name: str, path: str, expected: str, actual: str, kind: str = "NOT_EQUAL", target: Target = HERE
) -> DriftedResource:
    difference = Difference(path, expected, actual, kind)
    return DriftedResource("shop-dev-01-net", target, "Topic", type_name, "MODIFIED", (difference,))


@pytest.mark.parametrize(
    ("type_name", "path", "kind"),
    [
        ("AWS::ECS::Service", "/DesiredCount", "NOT_EQUAL"),
        ("AWS::SNS::Topic", "/Tags/3", "ADD"),
    ],
)
def test_what_aws_changes_is_noise(type_name: str, path: str, kind: str) -> None:
    found = sorted_out([one(type_name, path, "1", "2", kind)])

    assert found.drifted == ()
    assert found.noise[0][1]


def test_a_tag_that_was_changed_is_drift() -> None:
    assert sorted_out([one("AWS::SNS::Topic", "/Tags/0/Value", "a", "b")]).drifted


def test_a_policy_in_another_order_is_the_same() -> None:
    difference = Difference("/Policy", '{"Action": ["a", "b"]}', '{"Action": ["b", "a"]}', "NOT_EQUAL")

    assert reason("AWS::IAM::Role", difference)
    assert not reason(
        "AWS::IAM::Role", Difference("/Policy", '{"Action": ["a"]}', '{"Action": ["*"]}', "NOT_EQUAL")
    )


def test_every_row_of_noise_has_a_reason() -> None:
    assert all(row.why for row in NOISE)


def test_a_deleted_resource_is_drift() -> None:
    gone = DriftedResource("shop-dev-01-net", HERE, "Topic", "AWS::SNS::Topic", "DELETED")
    (found,) = diagnostics(sorted_out([gone]).drifted, wanted(layer("01-net", TEXT)))

    assert found.message == "Topic of 01-net in 123456789012/us-west-2 was deleted by hand"


def test_drift_leads_to_the_spec() -> None:
    drifted = sorted_out([one("AWS::SNS::Topic", "/DisplayName", "a", "b")]).drifted
    (found,) = diagnostics(drifted, wanted(layer("01-net", TEXT)))

    assert found.pointer == "/notifications"
    assert found.message.endswith("has DisplayName: b, and the template says a")


def test_the_same_drift_in_many_targets_is_said_once() -> None:
    both = [one("AWS::SNS::Topic", "/DisplayName", "a", "b", target=target) for target in (HERE, THERE)]
    (found,) = diagnostics(sorted_out(both).drifted, wanted(layer("01-net", TEXT)))

    assert "2 accounts × us-west-2" in found.message


def test_a_rule_at_its_group_is_noise_and_one_that_was_added_by_hand_is_not() -> None:
    rule = {"Type": "AWS::EC2::SecurityGroupIngress", "Properties": {"Description": "web uses db"}}
    rules = rule_texts(wanted(layer("01-net", template({"Rule": rule}))))
    ours = Difference("/SecurityGroupIngress/0", "", '{"Description": "web uses db"}', "ADD")
    foreign = Difference("/SecurityGroupIngress/0", "", '{"CidrIp": "0.0.0.0/0"}', "ADD")

    assert reason("AWS::EC2::SecurityGroup", ours, rules)
    assert not reason("AWS::EC2::SecurityGroup", foreign, rules)
