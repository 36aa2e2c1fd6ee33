from __future__ import annotations

from typing import Any

import pytest

from tests.petc_local.running import LocalAws
from tests.petc_local.types.deploying import create, resource, update
from tests.petc_local.types.networking import network


def made(kind: str, **properties: Any) -> dict[str, Any]:
    return {**network(), "It": resource(kind, **properties)}


@pytest.mark.parametrize(
    ("kind", "name", "old", "new"),
    [
        (
            "AWS::ECR::Repository",
            {"RepositoryName": "named"},
            {"EncryptionConfiguration": {"EncryptionType": "KMS"}},
            {"EncryptionConfiguration": {"EncryptionType": "AES256"}},
        ),
        (
            "AWS::EC2::SecurityGroup",
            {"GroupName": "named"},
            {"GroupDescription": "one"},
            {"GroupDescription": "two"},
        ),
    ],
)
def test_a_custom_named_resource_is_not_replaced(
    aws: LocalAws, kind: str, name: dict[str, Any], old: dict[str, Any], new: dict[str, Any]
) -> None:
    create(aws, made(kind, **name, **old))
    changed = update(aws, made(kind, **name, **new))

    assert changed.status == "UPDATE_ROLLBACK_COMPLETE"
    assert "cannot update a stack when a custom-named resource requires replacing" in changed.reasons[0]


def test_one_without_a_name_is(aws: LocalAws) -> None:
    first = create(aws, made("AWS::EC2::SecurityGroup", GroupDescription="one"))
    second = update(aws, made("AWS::EC2::SecurityGroup", GroupDescription="two"))

    assert second.status == "UPDATE_COMPLETE"
    assert second.ids["It"] != first.ids["It"]
