"""The plan is held against real change sets, resource by resource."""

from __future__ import annotations

import pytest

from petc.deploy.plan.change_set_check import Told, differences
from petc.deploy.plan.types import Action, Effect, PropertyChange, ResourceChange


def changed(
    action: Action, effect: Effect = Effect.IN_PLACE, path: str = "Properties.Name"
) -> ResourceChange:
    return ResourceChange("Topic", "AWS::SNS::Topic", action, (PropertyChange(path, "a", "b", effect),))


@pytest.mark.parametrize(
    ("planned", "told"),
    [
        (changed(Action.CREATE), Told("Topic", "Add")),
        (changed(Action.UPDATE), Told("Topic", "Modify", "False")),
        (changed(Action.UPDATE), Told("Topic", "Modify", "Conditional")),
        (changed(Action.REPLACE, Effect.REPLACES), Told("Topic", "Modify", "True")),
        (changed(Action.UPDATE, Effect.MAY_REPLACE), Told("Topic", "Modify", "True")),
        (changed(Action.DELETE), Told("Topic", "Remove")),
    ],
)
def test_the_same_said_in_other_words_is_no_difference(planned: ResourceChange, told: Told) -> None:
    assert list(differences((planned,), (told,))) == []


def test_a_replacement_that_the_plan_does_not_know_is_told() -> None:
    found = list(differences((changed(Action.UPDATE),), (Told("Topic", "Modify", "True"),)))

    assert found == ["Topic: the plan says update, CloudFormation says modify, replacing it"]


def test_a_resource_that_only_one_side_names_is_told() -> None:
    assert list(differences((changed(Action.DELETE),), ())) == [
        "Topic: the plan says delete, CloudFormation says nothing"
    ]
    assert list(differences((), (Told("Queue", "Add"),))) == [
        "Queue: CloudFormation says add, the plan says nothing"
    ]


def test_a_change_of_metadata_alone_is_none_for_cloudformation() -> None:
    assert list(differences((changed(Action.UPDATE, path="Metadata.petc"),), ())) == []


def test_a_change_set_that_could_not_be_made_is_told_as_it_is() -> None:
    problem = Told("", "", "", "the change set failed: no export named shop-dev-a")

    assert list(differences((), (problem,))) == ["the change set failed: no export named shop-dev-a"]


def test_what_only_refers_to_a_changed_resource_is_no_difference() -> None:
    told = Told("Grant", "Modify", "False", perhaps=True)

    assert list(differences((), (told,))) == []
