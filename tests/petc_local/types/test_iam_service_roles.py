"""Service-linked roles on the local AWS, as IAM and ECS treat them."""

from __future__ import annotations

import botocore.exceptions
import pytest
from ministack import app
from ministack.services import iam

from petc_local.types import iam_service_roles
from petc_local.types.forms import ResourceError
from tests.petc_local.running import LocalAws


def test_roles_of_two_services_stand_beside_each_other(aws: LocalAws) -> None:
    iam = aws.client("iam")
    made = [
        iam.create_service_linked_role(AWSServiceName=service)["Role"]["RoleName"]
        for service in ("ecs.amazonaws.com", "ecs.application-autoscaling.amazonaws.com")
    ]

    assert made == ["AWSServiceRoleForECS", "AWSServiceRoleForApplicationAutoScaling_ECSService"]


def test_a_second_role_of_a_service_is_refused(aws: LocalAws) -> None:
    iam = aws.client("iam")
    iam.create_service_linked_role(AWSServiceName="rds.amazonaws.com")
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        iam.create_service_linked_role(AWSServiceName="rds.amazonaws.com")

    assert caught.value.response["Error"]["Code"] == "InvalidInput"


def test_the_first_cluster_of_an_account_fails_where_iam_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    prepared = iam_service_roles.MENDS["AWS::ECS::Cluster"].prepared
    monkeypatch.setattr(iam, "_roles", {})
    assert prepared({"ClusterName": "c"}) == {"ClusterName": "c"}

    monkeypatch.setattr(app, "AUTH", True)
    with pytest.raises(ResourceError, match="Unable to assume the service linked role"):
        prepared({})
    assert prepared({}) == {}
