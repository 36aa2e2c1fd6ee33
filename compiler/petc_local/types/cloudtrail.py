"""CloudTrail trails, on MiniStack's own CloudTrail API."""

from __future__ import annotations

from ministack.services import cloudtrail, s3
from ministack.services.cloudformation import provisioners

from petc.resources.schemas import Json
from petc_local.types.forms import Handlers, Made, Properties, ResourceError, accepted, entries, flag, text

_SENT = (
    "S3BucketName",
    "S3KeyPrefix",
    "SnsTopicName",
    "CloudWatchLogsLogGroupArn",
    "CloudWatchLogsRoleArn",
)
_FLAGS = {
    "EnableLogFileValidation": False,
    "IncludeGlobalServiceEvents": True,
    "IsMultiRegionTrail": False,
    "IsOrganizationTrail": False,
}


def _create(logical_id: str, properties: Properties, stack_name: str) -> Made:
    name = text(properties, "TrailName") or provisioners._physical_name(stack_name, logical_id)
    bucket = text(properties, "S3BucketName")
    if bucket not in s3._buckets:
        raise ResourceError(f"S3 bucket {bucket} does not exist!")
    accepted(cloudtrail._create_trail(_request(name, properties)))
    return _apply(name, {}, properties)


def _update(physical_id: str, old: Properties, new: Properties) -> Made:
    accepted(cloudtrail._update_trail(_request(physical_id, new)))
    return _apply(physical_id, old, new)


def _apply(name: str, old: Properties, new: Properties) -> Made:
    selectors = entries(new.get("EventSelectors"))
    advanced = entries(new.get("AdvancedEventSelectors"))
    if advanced:
        request = {"TrailName": name, "AdvancedEventSelectors": list(advanced)}
        accepted(cloudtrail._put_event_selectors(request))
    elif selectors or old.get("EventSelectors"):
        chosen = list(selectors) or [{"ReadWriteType": "All", "IncludeManagementEvents": True}]
        accepted(cloudtrail._put_event_selectors({"TrailName": name, "EventSelectors": chosen}))
    switch = cloudtrail._start_logging if flag(new, "IsLogging") else cloudtrail._stop_logging
    accepted(switch({"Name": name}))
    arn = str(cloudtrail._trails[name]["TrailARN"])
    kept = dict(cloudtrail._trail_tags.get(arn) or {})
    for tag in entries(old.get("Tags")):
        kept.pop(text(tag, "Key"), None)
    cloudtrail._trail_tags[arn] = kept | {
        text(tag, "Key"): text(tag, "Value") for tag in entries(new.get("Tags"))
    }
    return name, {"Arn": arn, "SnsTopicArn": text(new, "SnsTopicName")}


def _delete(physical_id: str, properties: Properties) -> None:
    held = cloudtrail._trails.get(physical_id)
    if held is not None:
        accepted(cloudtrail._delete_trail({"Name": physical_id}))
        cloudtrail._trail_tags.pop(held["TrailARN"], None)


def _request(name: str, properties: Properties) -> dict[str, Json]:
    return {
        "Name": name,
        **{key: text(properties, key) for key in _SENT},
        **{key: flag(properties, key, default) for key, default in _FLAGS.items()},
        "KmsKeyId": text(properties, "KMSKeyId"),
    }


HANDLERS = {"AWS::CloudTrail::Trail": Handlers(_create, _update, _delete, tags="list")}
"""The types of this family."""
