from __future__ import annotations

from typing import Any

from tests.petc_local.running import LocalAws
from tests.petc_local.types.deploying import create, events, resource, update


def parameters(**values: Any) -> dict[str, Any]:
    return {
        name: resource("AWS::SSM::Parameter", Name=f"/{name}", Type="String", Value=value)
        for name, value in values.items()
    }


def told(aws: LocalAws, after: int) -> list[tuple[str, str]]:
    found = events(aws, "probe")[after:]
    return [(item["LogicalResourceId"], item["ResourceStatus"]) for item in found]


def test_only_what_changes_is_told(aws: LocalAws) -> None:
    create(aws, parameters(Still="x", Moving="x"))
    before = len(events(aws, "probe"))
    update(aws, parameters(Still="x", Moving="y", Fresh="z"))

    assert told(aws, before) == [
        ("probe", "UPDATE_IN_PROGRESS"),
        ("Fresh", "UPDATE_IN_PROGRESS"),
        ("Fresh", "UPDATE_COMPLETE"),
        ("Moving", "UPDATE_IN_PROGRESS"),
        ("Moving", "UPDATE_COMPLETE"),
        ("probe", "UPDATE_COMPLETE"),
    ]


def test_a_failure_is_told_with_its_start(aws: LocalAws) -> None:
    create(aws, parameters(Still="x", Wrong="x"))
    before = len(events(aws, "probe"))
    secure = {"Wrong": resource("AWS::SSM::Parameter", Name="/Wrong", Type="SecureString", Value="x")}
    update(aws, parameters(Still="x") | secure)
    found = told(aws, before)

    assert found[1:3] == [("Wrong", "UPDATE_IN_PROGRESS"), ("Wrong", "UPDATE_FAILED")]
    assert not any(name == "Still" for name, _ in found)
