"""What a destruction takes, leaves and refuses."""

from __future__ import annotations

from typing import Any

import pytest

from petc.cli.views import destruction as destruction_view
from petc.deploy.operations.destruction import HeldResource, buckets, held, losses, refusals, residue, unknown
from petc.deploy.plan.allowances import parse
from petc.deploy.plan.types import Action, Allowance
from petc.deploy.targets import Target
from tests.deploy.operations.wanting import HERE, deployed, observed, template, wanted

THERE = Target("222222222222", "us-west-2")


def of(*places: Target, **resources: dict[str, Any]) -> tuple[HeldResource, ...]:
    text = template(resources)
    return held(observed({"01-data": [deployed(place, text) for place in places or (HERE,)]}), "shop-dev-")


BUCKET = {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Delete"}
KEPT = {"Type": "AWS::S3::Bucket", "DeletionPolicy": "RetainExceptOnCreate"}
CLUSTER = {"Type": "AWS::RDS::DBCluster", "DeletionPolicy": "Snapshot"}
GUARDED = {
    "Type": "AWS::RDS::DBCluster",
    "DeletionPolicy": "Delete",
    "Properties": {"DeletionProtection": True},
    "Metadata": {"petc": {"spec": "/databases/clinic"}},
}


def words(*texts: str) -> list[Allowance]:
    return [parse(Action.DELETE, text) for text in texts]


def codes(found: tuple[HeldResource, ...], *allowed: str) -> list[str]:
    return [item.code for item in refusals(found, words(*allowed))]


def test_data_that_would_go_needs_a_word() -> None:
    found = of(Uploads=BUCKET)

    assert codes(found) == ["data-would-go"]
    assert codes(found, "Uploads") == []


def test_what_stays_or_leaves_a_snapshot_needs_none() -> None:
    found = of(Uploads=KEPT, Clinic=CLUSTER)

    assert codes(found) == []
    assert [item.kept for item in residue(found)] == ["Snapshot", "Retain"]


def test_protection_is_refused_and_leads_to_the_spec() -> None:
    first, *_ = refusals(of(Clinic=GUARDED), ())

    assert (first.code, first.pointer) == ("deletion-protected", "/databases/clinic")
    assert "DeletionProtection" in first.message


def test_no_word_helps_against_protection() -> None:
    assert codes(of(Clinic=GUARDED), "Clinic") == ["deletion-protected"]


def test_a_load_balancer_is_protected_by_its_attribute_and_holds_no_data() -> None:
    attributes = [{"Key": "deletion_protection.enabled", "Value": "true"}]
    balancer = {
        "Type": "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "Properties": {"LoadBalancerAttributes": attributes},
    }
    found = of(Balancer=balancer)

    assert codes(found) == ["deletion-protected"]
    assert losses(found) == ()


def test_what_holds_no_data_is_not_spoken_of() -> None:
    assert of(Topic={"Type": "AWS::SNS::Topic"}) == ()


def test_all_gives_up_everything_but_of_a_protected_stage() -> None:
    found = of(Uploads=BUCKET, Scans=BUCKET)

    assert refusals(found, words("all")) == ()
    assert refusals(found, words("all"), protected=True)[0].help.count("--allow-delete ") == 2


def test_several_losses_are_one_problem() -> None:
    (found,) = refusals(of(Uploads=BUCKET, Scans=BUCKET), ())

    assert found.message == "2 resources would be deleted with their data"


def test_the_same_in_many_targets_is_said_once() -> None:
    (found,) = refusals(of(HERE, THERE, Uploads=BUCKET), ())

    assert "2 accounts × us-west-2" in found.message


@pytest.mark.parametrize("slip", ["Topic", "Uplaods"])
def test_a_word_for_nothing_is_a_slip(slip: str) -> None:
    assert unknown(of(Uploads=BUCKET), words(slip)) == tuple(words(slip))


@pytest.mark.parametrize(
    "word", ["Uploads@222222222222", "Uploads@222222222222/us-west-2", "all@222222222222"]
)
def test_a_word_with_a_place_counts_there_alone(word: str) -> None:
    (found,) = refusals(of(HERE, THERE, Uploads=BUCKET), words(word))

    assert f"in {HERE} would be deleted" in found.message
    assert f"--allow-delete Uploads@{HERE.account}" in found.help


def test_a_word_for_another_place_is_a_slip() -> None:
    assert unknown(of(Uploads=BUCKET), words("Uploads@222222222222")) == tuple(words("Uploads@222222222222"))


def test_buckets_that_go_must_be_emptied_and_those_that_stay_must_not() -> None:
    assert [item.logical_id for item in buckets(of(Uploads=BUCKET, Archive=KEPT))] == ["Uploads"]


def test_nothing_stands_nothing_is_held() -> None:
    assert held(observed({}), "shop-dev-") == ()


def test_the_text_says_what_goes_and_what_stays() -> None:
    text = template({"Uploads": BUCKET, "Archive": KEPT})
    seen = observed({"01-data": [deployed(HERE, text)]})
    found = held(seen, "shop-dev-")

    assert destruction_view.foretold(wanted(), seen, found, 100).splitlines() == [
        "destroys shop dev: 1 layer in 123456789012/us-west-2",
        "  01-data  Uploads  AWS::S3::Bucket  goes with its data",
        "  01-data  Archive  AWS::S3::Bucket  stays",
    ]
    assert "Archive" in destruction_view.residue(found, (), 100)
    assert destruction_view.residue((), (), 100) == "destroyed; nothing of it is left"
