"""What the roles of services may do with the things of layer application, and with functions and models."""

from __future__ import annotations

import re

from awacs import awslambda, ecr, xray
from awacs import logs as logs_actions
from awacs.aws import Action, Statement
from troposphere import GetAtt, Sub
from troposphere.iam import RolePolicy

from petc.layers import iam, injection, models_access
from petc.layers.application import repositories, tasks
from petc.layers.base import Draft
from petc.model import grants
from petc.model.grants import Grant
from petc.model.graph import Access, Party, PartyKind

REASONS = {
    "SignInToRegistry": "ecr:GetAuthorizationToken has no resource level",
    "WriteTraces": "the actions of X-Ray that write traces have no resource level",
    **models_access.REASONS,
}
"""Reasons for a `*`, by the statement's Sid."""

LOG_ACTIONS: tuple[Action, ...] = (logs_actions.CreateLogStream, logs_actions.PutLogEvents)
TRACE_ACTIONS: tuple[Action, ...] = (
    xray.PutTraceSegments,
    xray.PutTelemetryRecords,
    xray.GetSamplingRules,
    xray.GetSamplingTargets,
)

_PRIVATE_IMAGE = re.compile(
    r"^(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com[a-z.]*/(?P<repository>[^:@]+)"
)


def add_grants(draft: Draft) -> dict[Party, tuple[RolePolicy, ...]]:
    """Add the policies of the services' roles, and return them by service."""
    held = grants.granted(
        draft.stage,
        Access.PULL_IMAGE,
        Access.WRITE_LOGS,
        Access.WRITE_TRACES,
        Access.INVOKE,
        Access.CONVERSE,
    )
    ours = [grant for grant in held if grant.holder.kind == PartyKind.SERVICE]
    return iam.attach_grants(draft, ours, lambda grant: _statements(draft, grant), REASONS)


def _statements(draft: Draft, grant: Grant) -> list[Statement]:
    stage, name = draft.stage, grant.target.name
    match grant.access:
        case Access.PULL_IMAGE:
            return _pull(draft, name)
        case Access.WRITE_LOGS:
            group = tasks.log_group_title(stage.services[name])
            return [iam.allow("WriteLogs", LOG_ACTIONS, [GetAtt(group, "Arn")])]
        case Access.WRITE_TRACES:
            return [iam.allow("WriteTraces", TRACE_ACTIONS, ["*"])]
        case Access.INVOKE:
            function = injection.function_name(stage, name)
            arn = f"arn:${{AWS::Partition}}:lambda:${{AWS::Region}}:${{AWS::AccountId}}:function:{function}"
            return [iam.allow("InvokeFunctions", [awslambda.InvokeFunction], [Sub(arn)])]
        case _:
            return models_access.converse(stage.models[name])


def _pull(draft: Draft, name: str) -> list[Statement]:
    """Return what pulls the image of a service, or an image by its reference; a public one needs nothing."""
    repository: GetAtt | Sub
    if service := draft.stage.services.get(name):
        repository = GetAtt(repositories.title(service), "Arn")
    elif image := _PRIVATE_IMAGE.match(name):
        place = f"{image['region']}:{image['account']}:repository/{image['repository']}"
        repository = Sub(f"arn:${{AWS::Partition}}:ecr:{place}")
    else:
        return []
    actions = [ecr.BatchCheckLayerAvailability, ecr.BatchGetImage, ecr.GetDownloadUrlForLayer]
    return [
        iam.allow("SignInToRegistry", [ecr.GetAuthorizationToken], ["*"]),
        iam.allow("PullImages", actions, [repository]),
    ]
