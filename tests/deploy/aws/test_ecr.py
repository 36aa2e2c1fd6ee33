"""Images are looked up in the registries of the local AWS."""

from __future__ import annotations

import json

import pytest

from petc.deploy.aws import ecr
from petc.deploy.aws.connection import Connection
from petc.deploy.images import Images
from petc.deploy.observed import CURRENT, Deployed, Observed, ObservedLayer
from petc.deploy.targets import Target
from petc.diagnostics import Rejected
from tests import specs
from tests.deploy.test_images import NAME, SHOP, artifacts
from tests.petc_local.running import LocalAws


def push(aws: LocalAws, service: str, tag: str) -> None:
    client = aws.client("ecr")
    client.create_repository(repositoryName=f"shop-dev/{service}")
    layer = {
        "mediaType": "application/vnd.oci.image.config.v1+json",
        "digest": f"sha256:{'0' * 64}",
        "size": 2,
    }
    manifest = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": layer,
        "layers": [],
    }
    client.put_image(repositoryName=f"shop-dev/{service}", imageManifest=json.dumps(manifest), imageTag=tag)


def survey(aws: LocalAws, connection: Connection, **parameters: str) -> Images:
    target = Target(aws.account, aws.region)
    deployed = Deployed(target, CURRENT, stack_id="id", parameters=parameters)
    seen = Observed(aws.account, {NAME: ObservedLayer(NAME, deployed={target: deployed})})
    return ecr.survey(connection, specs.stage_of(SHOP), artifacts(), (target,), seen)


def unlocked(found: Images) -> list[str]:
    (names,) = found.unlocked.values()
    return sorted(names)


def test_an_image_that_was_pushed_unlocks_its_service(aws: LocalAws, connection: Connection) -> None:
    push(aws, "orders", "2.1.0")
    found = survey(aws, connection)

    assert unlocked(found) == ["orders"]
    assert [item.service for item in found.missing] == ["bills"]


def test_another_tag_unlocks_nothing(aws: LocalAws, connection: Connection) -> None:
    push(aws, "orders", "2.0.0")

    assert unlocked(survey(aws, connection)) == []


def test_what_runs_costs_no_call(aws: LocalAws, connection: Connection) -> None:
    account = connection.account
    aws.faults.forget_calls()
    found = survey(
        aws, connection, TasksOrders="1", ImageTagOrders="2.1.0", TasksBills="1", ImageTagBills="1.0.0"
    )

    assert account == aws.account
    assert unlocked(found) == ["bills", "orders"]
    assert aws.faults.calls() == {}


def test_a_tag_that_is_not_there_does_not_take_a_service_away(aws: LocalAws, connection: Connection) -> None:
    with pytest.raises(Rejected) as caught:
        survey(aws, connection, TasksOrders="1", ImageTagOrders="2.0.0")

    assert [item.code for item in caught.value.diagnostics] == ["image-missing"]


def test_a_denied_look_up_says_which_repository(aws: LocalAws, connection: Connection) -> None:
    aws.faults.error("AccessDeniedException", service="ecr", action="DescribeImages")
    with pytest.raises(Rejected) as caught:
        survey(aws, connection)

    assert [item.code for item in caught.value.diagnostics] == ["aws-access-denied"]
    assert "shop-dev/" in caught.value.diagnostics[0].message
