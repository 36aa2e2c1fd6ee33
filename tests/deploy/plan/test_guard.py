"""What holds data is replaced or deleted by its name only."""

from __future__ import annotations

import pytest

from petc.deploy.plan.allowances import parse
from petc.deploy.plan.planner import plan
from petc.deploy.plan.types import Action, Allowance, Plan
from petc.deploy.targets import Target
from petc.diagnostics import Rejected
from petc.source.tree import Json
from tests.deploy.plan.sample import SIX, TWO, Body, body, standing, topic, wanted


def bucket(name: str, **more: Json) -> Json:
    return {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": name}, **more}


def planned(old: Body, new: Body, *allowed: str) -> Plan:
    return plan(
        wanted({"a": new}), standing(wanted({"a": old})), [parse(Action.REPLACE, text) for text in allowed]
    )


def test_a_bucket_that_is_replaced_is_refused() -> None:
    found = planned(body({"Data": bucket("one")}), body({"Data": bucket("two")}))

    assert [(item.logical_id, item.action) for item in found.refused] == [("Data", Action.REPLACE)]


def test_its_name_allows_it() -> None:
    found = planned(body({"Data": bucket("one")}), body({"Data": bucket("two")}), "Data")

    assert (found.refused, found.allowed) == ((), (Allowance(Action.REPLACE, "Data"),))


def test_a_bucket_that_is_updated_is_not_refused() -> None:
    tagged: Json = {
        "Type": "AWS::S3::Bucket",
        "Properties": {"BucketName": "one", "Tags": [{"Key": "a", "Value": "b"}]},
    }

    assert planned(body({"Data": bucket("one")}), body({"Data": tagged})).refused == ()


def test_a_slip_is_told_with_the_name_that_was_meant() -> None:
    with pytest.raises(Rejected) as caught:
        planned(body({"Data": bucket("one")}), body({"Data": bucket("two")}), "Daat")

    (problem,) = caught.value.diagnostics
    assert (problem.code, problem.help) == ("needless-allowance", "did you mean Data")


def test_a_name_whose_resource_an_earlier_run_replaced_is_no_slip() -> None:
    same = body({"Data": bucket("two")})

    assert planned(same, same, "Data").is_empty


def test_a_retained_bucket_is_refused_and_said_to_be_kept() -> None:
    found = planned(
        body({"Data": bucket("one", DeletionPolicy="Retain"), "More": topic()}), body({"More": topic()})
    )

    assert [(item.action, item.kept) for item in found.refused] == [(Action.DELETE, "Retain")]


def test_a_cluster_without_a_policy_leaves_a_snapshot() -> None:
    cluster: Json = {"Type": "AWS::RDS::DBCluster", "Properties": {"Engine": "aurora-mysql"}}
    found = planned(body({"Data": cluster, "More": topic()}), body({"More": topic()}))

    assert found.refused[0].kept == "Snapshot"


def test_a_replacement_that_may_happen_needs_the_word_too() -> None:
    def cluster(user: str) -> Json:
        return {"Type": "AWS::RDS::DBCluster", "Properties": {"MasterUsername": user}}

    found = planned(body({"Data": cluster("a")}), body({"Data": cluster("b")}))

    assert [item.action for item in found.refused] == [Action.UPDATE]


def test_an_instance_of_a_cluster_holds_no_data() -> None:
    def instance(name: str) -> Json:
        return {
            "Type": "AWS::RDS::DBInstance",
            "Properties": {"DBClusterIdentifier": "c", "DBInstanceIdentifier": name},
        }

    assert planned(body({"One": instance("a")}), body({"One": instance("b")})).refused == ()


def test_a_layer_that_goes_takes_its_bucket_only_when_allowed() -> None:
    old = wanted({"a": body({"Topic": topic()}), "b": body({"Data": bucket("one")})})
    found = plan(wanted({"a": body({"Topic": topic()})}), standing(old))

    assert [item.logical_id for item in found.refused] == ["Data"]


def test_a_target_that_goes_takes_its_bucket_only_when_allowed() -> None:
    held = {"a": body({"Data": bucket("one")})}
    found = plan(wanted(held, TWO[:1]), standing(wanted(held, TWO)))

    assert [item.logical_id for item in found.refused] == ["Data"]


def test_one_word_allows_it_in_every_target() -> None:
    old, new = {"a": body({"Data": bucket("one")})}, {"a": body({"Data": bucket("two")})}

    assert len(plan(wanted(new, SIX), standing(wanted(old, SIX))).refused) == 1
    assert plan(wanted(new, SIX), standing(wanted(old, SIX)), [parse(Action.REPLACE, "Data")]).refused == ()


def bucket_left(place: str) -> Plan:
    """A target of two is left, and with it a bucket."""
    held = {"a": body({"Data": bucket("one")})}
    return plan(wanted(held, TWO[:1]), standing(wanted(held, TWO)), [parse(Action.DELETE, f"Data{place}")])


def test_a_refusal_in_one_account_prints_the_option_for_that_account() -> None:
    held = {"a": body({"Data": bucket("one")})}
    (refusal,) = plan(wanted(held, TWO[:1]), standing(wanted(held, TWO))).refused

    assert refusal.targets == TWO[1:]
    assert refusal.options == ("--allow-delete Data@222222222222",)


def test_a_refusal_in_one_region_prints_account_and_region() -> None:
    held = {"a": body({"Data": bucket("one")})}
    there = Target("111111111111", "eu-west-1")
    (refusal,) = plan(wanted(held, TWO), standing(wanted(held, (*TWO, there)))).refused

    assert refusal.options == ("--allow-delete Data@111111111111/eu-west-1",)


def test_a_refusal_everywhere_prints_the_name_alone() -> None:
    old, new = {"a": body({"Data": bucket("one")})}, {"a": body({"Data": bucket("two")})}
    (refusal,) = plan(wanted(new, SIX), standing(wanted(old, SIX))).refused

    assert refusal.options == ("--allow-replace Data",)


@pytest.mark.parametrize("place", ["", "@222222222222", "@222222222222/us-west-2"])
def test_an_allowance_counts_where_it_says(place: str) -> None:
    assert bucket_left(place).refused == ()


@pytest.mark.parametrize("place", ["@111111111111", "@222222222222/eu-west-1"])
def test_an_allowance_for_another_place_is_a_slip(place: str) -> None:
    with pytest.raises(Rejected) as caught:
        bucket_left(place)

    (problem,) = caught.value.diagnostics
    assert problem.code == "needless-allowance"
    assert "not about to be lost in that account and region" in problem.message


def test_what_is_allowed_in_one_account_is_refused_in_the_others() -> None:
    old, new = {"a": body({"Data": bucket("one")})}, {"a": body({"Data": bucket("two")})}
    words = [parse(Action.REPLACE, "Data@111111111111")]
    (refusal,) = plan(wanted(new, TWO), standing(wanted(old, TWO)), words).refused

    assert refusal.options == ("--allow-replace Data@222222222222",)


def test_a_deletion_is_not_allowed_by_the_word_for_a_replacement() -> None:
    with pytest.raises(Rejected) as caught:
        planned(body({"Data": bucket("one"), "More": topic()}), body({"More": topic()}), "Data")

    (problem,) = caught.value.diagnostics
    assert "the resource would be deleted, not replaced" in problem.message
    assert problem.help == "write --allow-delete Data"


@pytest.mark.parametrize("text", ["", "Data@", "Data@1", "Data@111111111111/", "a b", "Data@/eu-west-1"])
def test_another_form_of_an_allowance_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="ID"):
        parse(Action.DELETE, text)
