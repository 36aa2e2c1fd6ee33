"""The dashboard: what a person on call wants to see, from the alarms down to the latest errors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from troposphere import FindInMap, Ref, Sub, cloudwatch

from petc.layers import contracts, kind_table
from petc.layers.api_gateway import gateway_paths
from petc.layers.base import Draft
from petc.layers.monitoring import dashboard_rows, widgets
from petc.layers.monitoring.widgets import Widget
from petc.model import queries

CONSOLES = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
}
"""Where the console is, by partition."""

_CONSOLE_MAP = "Partitions"

HEADER = 6
"""Height of the text at the top."""

LATEST = 50
"""Log lines that a table shows."""


def add_dashboard(draft: Draft, alarms: Sequence[cloudwatch.Alarm]) -> cloudwatch.Dashboard:
    """Add the dashboard over all parts of the stage, with the given alarms at its top."""
    stage = draft.stage
    draft.mapping(_CONSOLE_MAP, {partition: {"Console": host} for partition, host in CONSOLES.items()})
    body = {
        "start": "-PT3H",
        # A point keeps its length whatever the span, so that counts can be read against thresholds.
        "periodOverride": "inherit",
        "widgets": widgets.placed(
            (
                _header(draft),
                widgets.alarm_states(alarms),
                *dashboard_rows.entrance(draft),
                *(charts for row in kind_table.ROWS for charts in row.charts(draft)),
                *_logs(draft),
            )
        ),
    }
    added = draft.add(
        cloudwatch.Dashboard(
            "Dashboard",
            # Dashboards of all regions share one list, so the name tells them apart.
            DashboardName=Sub(f"{stage.name}-{stage.stage}-${{AWS::Region}}"),
            DashboardBody=widgets.substituted(body, f"{stage.name}-{stage.stage}-"),
        ),
        "/monitoring/dashboard",
        why="shows a person on call what is wrong, where, and since when",
    )
    address = "https://${AWS::Region}.${Console}/cloudwatch/home?region=${AWS::Region}#dashboards/dashboard/${Dashboard}"
    draft.output("DashboardUrl", Sub(address, Console=_console()), "The dashboard in the console")
    return added


def _console() -> FindInMap:
    return FindInMap(_CONSOLE_MAP, Ref("AWS::Partition"), "Console")


def _header(draft: Draft) -> list[Widget]:
    """Return what to do first, with links; a text widget is one string, so its references are a `Sub`'s."""
    stage = draft.stage
    home = "https://${AWS::Region}.${Console}"
    here = "home?region=${AWS::Region}#"
    links = [("Alarms", f"cloudwatch/{here}alarmsV2:"), ("Traces", f"cloudwatch/{here}xray:service-map/map")]
    links.append(("Logs", f"cloudwatch/{here}logsV2:logs-insights"))
    variables: dict[str, Any] = {"Console": _console()}
    if stage.services:
        links.append(("Services", "ecs/v2/clusters/${Cluster}/services?region=${AWS::Region}"))
        variables["Cluster"] = draft.imported(contracts.CLUSTER_NAME)
    if stage.databases:
        links.append(("Databases", f"rds/{here}databases:"))
    if stage.functions:
        links.append(("Functions", f"lambda/{here}/functions"))
    listed = " | ".join(f"[{title}]({home}/{path})" for title, path in links)
    lines = [
        f"# {stage.name} {stage.stage}",
        "1. **What rings?** Each alarm below says in its description what it means and where to look first.",
        "2. **Who notices?** Entrance: errors and latency as callers see them. If all is quiet there, "
        "take your time.",
        "3. **Who is to blame?** Go down: services, then what they share, the databases, then functions. "
        "The first thing that changed, not the loudest, is the cause.",
        "4. **What does it say?** The latest errors stand at the end. Deployments and failovers are told by "
        "notification, not here: look for one at the same time.",
        "",
        listed,
    ]
    if stage.frontend:
        lines += ["", "CloudFront publishes in us-east-1 alone: it has charts here, but no alarm."]
    return [widgets.text(Sub("\n".join(lines), **variables), HEADER)]


def _logs(draft: Draft) -> list[list[Widget]]:
    """Return the tables of errors; the log groups are named here as the layers that make them name them."""
    stage = draft.stage
    latest = ("sort @timestamp desc", f"limit {LATEST}")
    found: list[Widget] = []
    if stage.services:
        found += widgets.log_query(
            "Latest errors of services",
            [f"{stage.root}/service/{service.key}" for service in stage.services.values()],
            "fields @timestamp, @log, @message",
            "filter @message like /(?i)(error|exception|fatal|panic)/",
            *latest,
        )
    if stage.functions:
        found += widgets.log_query(
            "Latest errors of functions",
            [f"{stage.root}/function/{function.key}" for function in stage.functions.values()],
            "fields @timestamp, @log, level, message, cause",
            'filter level in ["ERROR", "CRITICAL"] or @message like /(?i)(timed out|errorType|timeout)/',
            *latest,
        )
    if queries.has_gateway(stage) and stage.gateway.access_logs:
        found += widgets.log_query(
            "Server errors by path",
            [gateway_paths.log_group_name(stage)],
            "filter status >= 500",
            "stats count(*) as calls, max(@timestamp) as latest "
            "by method, resource, status, integrationStatus",
            "sort calls desc",
            f"limit {LATEST}",
        )
    return [[widgets.heading("Logs")], found] if found else []
