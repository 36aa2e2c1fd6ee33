"""Layer aws-native: what AWS services do for each other, such as a rotated secret that rolls its holders."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from awacs import ecs as ecs_actions
from awacs import secretsmanager as secret_actions
from awacs.aws import ArnEquals, Condition, Statement
from troposphere import Ref, Sub

from petc import naming
from petc.layers import contracts, iam
from petc.layers.api_gateway import gateway_methods
from petc.layers.aws_native import firewall, incidents, rotation, tracing, trail
from petc.layers.base import Draft, Layer, LayerTemplate
from petc.layers.functions import lambda_function, triggers
from petc.model import queries
from petc.model.components import Function
from petc.model.grants import Grant, granted
from petc.model.graph import Access, PartyKind
from petc.model.types import Stage

_CLUSTER = "arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:cluster/${Cluster}"


def emit(stage: Stage) -> LayerTemplate:
    """Emit the functions of rotations with their events, tracing, the firewall, and notices of incidents."""
    draft = Draft(stage, LAYER.name, LAYER.number, LAYER.title)
    added = lambda_function.add_functions(
        draft,
        further=granted(stage, Access.ROLL, target=PartyKind.SERVICE),
        allowed=lambda grant: _roll(draft, grant),
        environment=lambda function: _rolls(draft, function),
    )
    triggers.add_triggers(draft, added)
    for name, item in added.items():
        if stage.functions[name].route:
            api = draft.imported(contracts.API_ID)
            gateway_methods.add_permissions(draft, api, stage.functions[name], Ref(item.function))
    if added and stage.security.trail == "create":
        trail.add_trail(draft)
    rotation.add_schedules(draft)
    tracing.add_tracing(draft)
    if stage.gateway.waf.enabled and queries.has_gateway(stage):
        firewall.add_firewall(draft)
    incidents.add_incidents(draft)
    return draft.finish()


def _roll(draft: Draft, grant: Grant) -> list[Statement]:
    """Allow to read and replace the tasks of exactly one service, and to see when the secret changed last."""
    cluster = draft.imported(contracts.CLUSTER_NAME)
    service = Sub(
        "arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:service/${Cluster}/${Service}",
        Cluster=cluster,
        Service=draft.imported(contracts.SERVICE_NAME, draft.stage.services[grant.target.name].key),
    )
    here = Condition(ArnEquals({"ecs:cluster": Sub(_CLUSTER, Cluster=cluster)}))
    function = draft.stage.functions[grant.holder.name]
    database = draft.stage.databases[function.trigger.rotation_of]
    secret = draft.imported(contracts.MASTER_SECRET_ARN, database.key)
    return [
        iam.allow("RollHolders", [ecs_actions.DescribeServices, ecs_actions.UpdateService], [service], here),
        # When the secret changed last, not its value: of two events of one rotation the second rolls nothing.
        iam.allow("SeeLastChange", [secret_actions.DescribeSecret], [secret]),
    ]


def _rolls(draft: Draft, function: Function) -> Mapping[str, Any]:
    """Return `ROLLS`: a JSON object from the secret's ARN to the services that are given it at task start."""
    stage = draft.stage
    holders = queries.holders(stage, function.trigger.rotation_of)
    if not holders:
        return {"ROLLS": "{}"}
    secret = draft.imported(contracts.MASTER_SECRET_ARN, stage.databases[function.trigger.rotation_of].key)
    names = {naming.pascal(service.key): service.key for service in holders}
    rolls = {"${Secret}": [{"cluster": _CLUSTER, "service": f"${{Service{name}}}"} for name in names]}
    variables = {f"Service{name}": draft.imported(contracts.SERVICE_NAME, key) for name, key in names.items()}
    cluster = draft.imported(contracts.CLUSTER_NAME)
    text = json.dumps(rolls, separators=(",", ":"))
    return {"ROLLS": Sub(text, Secret=secret, Cluster=cluster, **variables)}


LAYER = Layer("aws_native", 9, "rotation events that roll services, tracing, web firewall, incidents", emit)
