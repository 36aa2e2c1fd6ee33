from __future__ import annotations

from typing import Any

from tests.petc_local.running import LocalAws
from tests.petc_local.types.deploying import create, delete, ref, resource, update


def trail(logging: bool = True, name: str = "calls", **properties: Any) -> dict[str, Any]:
    return {
        "Bucket": resource("AWS::S3::Bucket"),
        "Trail": resource(
            "AWS::CloudTrail::Trail",
            TrailName=name,
            S3BucketName=ref("Bucket"),
            IsLogging=logging,
            EnableLogFileValidation=True,
            **properties,
        ),
    }


def test_a_trail_is_shown_as_logging(aws: LocalAws) -> None:
    made = create(aws, trail())
    client = aws.client("cloudtrail")
    shown = client.get_trail(Name="calls")["Trail"]

    assert shown["S3BucketName"] == made.ids["Bucket"]
    assert shown["LogFileValidationEnabled"] is True
    assert client.get_trail_status(Name="calls")["IsLogging"] is True


def test_logging_and_selectors_change_in_place(aws: LocalAws) -> None:
    create(aws, trail())
    update(
        aws, trail(False, EventSelectors=[{"ReadWriteType": "WriteOnly", "IncludeManagementEvents": True}])
    )
    client = aws.client("cloudtrail")

    assert client.get_trail_status(Name="calls")["IsLogging"] is False
    assert client.get_event_selectors(TrailName="calls")["EventSelectors"][0]["ReadWriteType"] == "WriteOnly"


def test_another_name_replaces_it(aws: LocalAws) -> None:
    create(aws, trail())
    update(aws, trail(name="other-calls"))

    assert [item["Name"] for item in aws.client("cloudtrail").list_trails()["Trails"]] == ["other-calls"]


def test_a_trail_without_its_bucket_is_refused(aws: LocalAws) -> None:
    lost = trail()
    lost["Trail"]["Properties"]["S3BucketName"] = "no-such-bucket"

    assert "no-such-bucket" in create(aws, lost).reasons[0]


def test_deleting_leaves_no_trail(aws: LocalAws) -> None:
    create(aws, trail())
    delete(aws)

    assert aws.client("cloudtrail").list_trails()["Trails"] == []
