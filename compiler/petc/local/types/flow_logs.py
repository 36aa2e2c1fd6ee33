"""Flow logs, on MiniStack's own EC2 API."""

from __future__ import annotations

import re

from ministack.services import ec2

from petc.local.types import ec2_tags
from petc.local.types.forms import Handlers, Made, Properties, ResourceError, accepted, text

_KINDS = ("VPC", "Subnet", "NetworkInterface", "TransitGateway", "TransitGatewayAttachment")
_KEPT = ("DeliverLogsPermissionArn", "LogFormat", "LogGroupName", "MaxAggregationInterval")


def _create(logical_id: str, properties: Properties, stack_name: str) -> Made:
    kind = text(properties, "ResourceType")
    if kind not in _KINDS:
        raise ResourceError(f"Value ({kind}) for parameter resourceType is invalid.")
    body = accepted(
        ec2._create_flow_logs(
            {
                "ResourceId.1": [text(properties, "ResourceId")],
                "ResourceType": [kind],
                "TrafficType": [text(properties, "TrafficType", "ALL")],
                "LogDestinationType": [text(properties, "LogDestinationType", "cloud-watch-logs")],
                "LogDestination": [text(properties, "LogDestination")],
                "LogGroupName": [text(properties, "LogGroupName")],
            }
        )
    )
    found = re.search(rb"<item>(fl-[^<]+)</item>", body)
    if found is None:
        raise ResourceError(f"no flow log was made for {text(properties, 'ResourceId')}")
    flow_log = found.group(1).decode()
    ec2._flow_logs[flow_log].update({name: properties[name] for name in _KEPT if name in properties})
    ec2_tags.write(flow_log, {}, properties)
    return flow_log, {"Id": flow_log}


def _update(physical_id: str, old: Properties, new: Properties) -> Made:
    """Update the tags, all that can change without replacement ("AWS::EC2::FlowLog")."""
    if physical_id not in ec2._flow_logs:
        raise ResourceError(f"The flow log ID '{physical_id}' does not exist")
    ec2_tags.write(physical_id, old, new)
    return physical_id, {"Id": physical_id}


def _delete(physical_id: str, properties: Properties) -> None:
    accepted(ec2._delete_flow_logs({"FlowLogId.1": [physical_id]}))


HANDLERS = {"AWS::EC2::FlowLog": Handlers(_create, _update, _delete, tags="list")}
"""The types of this family."""
