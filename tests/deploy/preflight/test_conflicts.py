"""Names that are taken and exports that others import."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from petc.deploy.preflight import conflicts
from petc.deploy.preflight.conflicts import NAMED_TYPES, NamedType
from petc.deploy.preflight.types import Verdict
from petc.source.tree import Json
from tests.deploy.preflight.lookups import Answers, planned, resource

KINDS = {kind.type: kind for kind in NAMED_TYPES}


def only(absent: str) -> Callable[..., object]:
    """Answer for the one name that is taken, and with AWS's error code for any other."""
    return lambda **asked: {} if list(asked.values()) == ["x-taken"] else absent


TAKEN: dict[str, tuple[str, Any]] = {
    "AWS::CloudTrail::Trail": ("cloudtrail:list_trails", {"Trails": [{"Name": "x-taken"}]}),
    "AWS::ECR::Repository": ("ecr:describe_repositories", {"repositories": [{"repositoryName": "x-taken"}]}),
    "AWS::IAM::Role": ("iam:get_role", only("NoSuchEntity")),
    "AWS::KMS::Alias": ("kms:list_aliases", {"Aliases": [{"AliasName": "x-taken"}]}),
    "AWS::Lambda::Function": ("lambda:list_functions", {"Functions": [{"FunctionName": "x-taken"}]}),
    "AWS::Logs::LogGroup": ("logs:describe_log_groups", {"logGroups": [{"logGroupName": "x-taken"}]}),
    "AWS::RDS::DBCluster": (
        "rds:describe_db_clusters",
        only("DBClusterNotFoundFault"),
    ),
    "AWS::S3::Bucket": ("s3:head_bucket", only("404")),
    "AWS::SQS::Queue": (
        "sqs:get_queue_url",
        only("QueueDoesNotExist"),
    ),
    "AWS::SSM::Parameter": ("ssm:describe_parameters", {"Parameters": [{"Name": "x-taken"}]}),
    "AWS::SecretsManager::Secret": (
        "secretsmanager:describe_secret",
        only("ResourceNotFoundException"),
    ),
}


def test_every_type_is_tried_here() -> None:
    assert TAKEN.keys() == KINDS.keys()


@pytest.mark.parametrize("kind", NAMED_TYPES, ids=lambda kind: kind.type)
def test_a_taken_name_is_told_with_the_command_that_frees_it(kind: NamedType) -> None:
    call, answer = TAKEN[kind.type]
    made: dict[str, Json] = {kind.property: {"Fn::Sub": "${AWS::StackName}"}}
    target = planned(
        resource(kind.type, "Taken", **{kind.property: "x-taken"}),
        resource(kind.type, "Free", **{kind.property: "x-free"}),
        resource(kind.type, "Made", **made),
        resource(kind.type, "Unnamed"),
    )
    found = list(conflicts.names(target, Answers().at(call, answer), kind))

    assert [(item.verdict, item.pointer) for item in found] == [(Verdict.ERROR, "/Taken")]
    assert "x-taken exists" in found[0].message
    assert "x-taken" in found[0].help
    assert "{" not in found[0].help


def test_a_name_that_a_stack_of_the_stage_holds_is_no_conflict() -> None:
    """What moves from one layer to another is created in one stack while the other still has it."""
    kind = KINDS["AWS::Logs::LogGroup"]
    answers = Answers().at(*TAKEN[kind.type])
    target = planned(
        resource(kind.type, "Taken", LogGroupName="x-taken"),
        deployed=(
            (kind.type, {"LogGroupName": "x-taken"}),
            (kind.type, {"LogGroupName": {"Fn::Sub": "/aws/rds/${Cluster}"}}),
        ),
    )

    assert list(conflicts.names(target, answers, kind)) == []
    assert answers.asked == []


def test_what_is_deployed_asks_nothing() -> None:
    kind = KINDS["AWS::S3::Bucket"]
    answers = Answers()
    target = planned(replace(resource(kind.type, BucketName="x-taken"), deployed=True))

    assert list(conflicts.names(target, answers, kind)) == []
    assert answers.asked == []


@pytest.mark.parametrize(
    ("names", "prefixes"),
    [
        (("/a/dev/one", "/a/dev/two"), ["/a/dev/"]),
        (("/a/dev/one", "aws-waf-logs-a"), ["/a/dev/one", "aws-waf-logs-a"]),
        (("/a/dev/one",), ["/a/dev/one"]),
    ],
)
def test_names_are_listed_by_what_they_begin_with(names: tuple[str, ...], prefixes: list[str]) -> None:
    kind = KINDS["AWS::Logs::LogGroup"]
    answers = Answers().at("logs:describe_log_groups", {"logGroups": []})
    target = planned(*(resource(kind.type, f"L{at}", LogGroupName=name) for at, name in enumerate(names)))
    list(conflicts.names(target, answers, kind))

    assert [asked["logGroupNamePrefix"] for _, asked in answers.asked] == prefixes


def test_an_export_that_others_import_cannot_go() -> None:
    target = planned(dropped_exports=("a", "b", "c"), own_stacks=frozenset({"mine"}))
    imports = {"a": {"Imports": ["mine"]}, "b": {"Imports": ["mine", "theirs"]}, "c": "ValidationError"}
    answers = Answers().at("cloudformation:list_imports", lambda **asked: imports[asked["ExportName"]])
    (found,) = conflicts.imported_exports(target, answers)

    assert found.verdict is Verdict.ERROR
    assert found.message == "export b would be removed, and theirs imports it"
