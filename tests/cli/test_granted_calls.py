"""Every call that petc makes is granted by the policies that `petc bootstrap` makes."""

from __future__ import annotations

import pytest

from petc.deploy.bootstrap import administrator_template
from petc.deploy.bootstrap.consumers import SELF_MANAGED, Served, ServedStage
from petc.verify.rendered import mapping, sequence
from tests.cli.operating import Project

PERMISSIONS = {
    "s3:HeadObject": "s3:GetObject",
    "s3:HeadBucket": "s3:ListBucket",
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:ListObjectVersions": "s3:ListBucketVersions",
    "s3:DeleteObjects": "s3:DeleteObject",
}
"""Calls whose permission has another name; Service Authorization Reference, "Amazon S3"."""


def granted(*policies: str) -> set[str]:
    stage = ServedStage(
        "shop", "dev", SELF_MANAGED, ("1",), ("1",), (), ("b",), has_site=True, in_administrator=True
    )
    served = Served(("1",), "", (), (SELF_MANAGED,), (stage,))
    made = mapping(administrator_template.administrator(served)["Resources"])
    documents = [mapping(mapping(made[name])["Properties"])["PolicyDocument"] for name in policies]
    actions = [
        action
        for document in documents
        for statement in sequence(mapping(document)["Statement"])
        for action in (lambda found: found if isinstance(found, list) else [found])(
            mapping(statement)["Action"]
        )
    ]
    return {str(action) for action in actions}


def missing(project: Project, *policies: str) -> set[str]:
    calls = {PERMISSIONS.get(call, call) for call in project.aws.faults.calls()}
    # Needs no permission; IAM User Guide, "Actions, resources, and condition keys for AWS STS".
    return calls - granted(*policies) - {"sts:GetCallerIdentity"}


@pytest.mark.parametrize("command", [("status",), ("events",), ("drift",), ("recover",), ("plan",)], ids=str)
def test_looking_needs_no_more_than_the_planner(own: Project, command: tuple[str, ...]) -> None:
    own.aws.faults.forget_calls()
    own.run(*command, "--stage", "dev")

    assert missing(own, "Planner") == set()


def test_deploying_and_destroying_need_no_more_than_the_deployer(empty: Project) -> None:
    empty.run("bootstrap", "--stage", "dev", "--yes")
    empty.aws.faults.forget_calls()
    empty.deploy()
    empty.run("destroy", "--stage", "dev", "--yes", "--allow-delete", "all", "--empty-buckets")

    assert missing(empty, "Planner", "Deployer") == set()
