"""Flow logs: who tried to reach whom in the VPC, accepted or not.

They stand in layer security, because layer network, which holds the VPC, comes before their role and key.
"""

from __future__ import annotations

from typing import Any

from awacs import logs
from troposphere import GetAtt, Ref, Sub, ec2

from petc.layers import contracts, iam, log_groups
from petc.layers.base import Draft

AGGREGATION_SECONDS = 600
"""Longest interval that EC2 offers, so the fewest records."""


def emit_flow_logs(draft: Draft, key: Any) -> None:
    """Add the log group, the role that may write to it, and the flow log of the VPC."""
    stage = draft.stage
    at = "/network/flow_logs"
    name = f"{stage.root}/flow-logs"
    group = log_groups.add(
        draft, "LogGroupFlowLogs", name, at, why="accepted and rejected connections of the VPC", key=key
    )
    role = iam.role(
        draft,
        "RoleFlowLogs",
        "vpc-flow-logs.amazonaws.com",
        at,
        f"Writes the flow logs of {stage.name} {stage.stage}",
    )
    here = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group"
    policy = iam.attach(
        draft,
        "FlowLogsWrite",
        Ref(role),
        [
            iam.allow(
                "WriteFlowLogs",
                [logs.CreateLogStream, logs.PutLogEvents, logs.DescribeLogStreams],
                [Sub(f"{here}:{name}"), Sub(f"{here}:{name}:log-stream:*")],
            ),
            iam.allow("FindLogGroup", [logs.DescribeLogGroups], [Sub(f"{here}:*")]),
        ],
        at,
        why="flow logs are written to their group alone",
        reasons={"FindLogGroup": "a listing: EC2 looks for the group among all of the account"},
    )
    draft.add(
        ec2.FlowLog(
            "FlowLog",
            ResourceId=draft.imported(contracts.VPC_ID),
            ResourceType="VPC",
            TrafficType="ALL",
            LogDestinationType="cloud-watch-logs",
            LogGroupName=Ref(group),
            DeliverLogsPermissionArn=GetAtt(role, "Arn"),
            MaxAggregationInterval=AGGREGATION_SECONDS,
        ),
        at,
        why="logs every connection that the VPC accepts or rejects",
        after=[policy],
    )
