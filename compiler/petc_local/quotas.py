"""Service quotas of the local AWS: wide by default, and limits that hold where they are given.

`PETC_LOCAL_QUOTAS=ec2/L-0263D0A3=5,lambda/L-B99A9384=10`, set when the local AWS starts, gives quotas by service and
quota code. Given ones are enforced when a stack creates a resource; the others are answered and not enforced.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from typing import Any

from ministack.services import alb, ec2, lambda_svc
from ministack.services.cloudformation import provisioners, stacks

from petc.local.environment import QUOTAS
from petc_local import asgi
from petc_local.asgi import App, Message, Receive, Send
from petc_local.types.forms import ResourceError

_TARGET = "ServiceQuotasV20190624."
_PAIR = re.compile(r"([a-z0-9-]+/L-[0-9A-F]{8})=(\d+)")
_CONCURRENCY = "lambda/L-B99A9384"

DEFAULTS: Mapping[str, float] = {
    _CONCURRENCY: 1000,
    "fargate/L-3032A538": 4000,
    "ec2/L-0263D0A3": 100,
    "vpc/L-F678F1CE": 100,
    "vpc/L-FE5A380F": 100,
    "vpc/L-29B6F2EB": 100,
    "elasticloadbalancing/L-53DA6B97": 100,
}
"""What is answered for a quota that is not given: enough for any stage, since one machine plays every account. AWS's
own defaults are lower (Fargate 6, Elastic IP addresses 5, VPCs 5)."""


def _zone(nat: Mapping[str, Any]) -> str:
    subnet = ec2._subnets.get(nat.get("SubnetId", ""), {})
    return str(subnet.get("AvailabilityZone", ""))


def _living_gateways(properties: Mapping[str, Any]) -> int:
    zone = _zone(properties)
    return sum(
        _zone(nat) == zone and nat.get("State") in ("pending", "available")
        for nat in ec2._nat_gateways.values()
    )


_COUNTED: Mapping[str, tuple[str, str, Callable[[Mapping[str, Any]], int]]] = {
    "AWS::EC2::EIP": (
        "ec2/L-0263D0A3",
        "The maximum number of addresses has been reached.",
        lambda _: len(list(ec2._addresses.keys())),
    ),
    "AWS::EC2::VPC": (
        "vpc/L-F678F1CE",
        "The maximum number of VPCs has been reached.",
        lambda _: len(list(ec2._vpcs.keys())),
    ),
    "AWS::EC2::NatGateway": (
        "vpc/L-FE5A380F",
        "Performing this operation would exceed the limit of NAT gateways",
        _living_gateways,
    ),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": (
        "elasticloadbalancing/L-53DA6B97",
        "The maximum number of load balancers has been reached",
        lambda _: sum(lb.get("Type", "application") == "application" for lb in alb._lbs.values()),
    ),
}
"""By type: the quota, AWS's words (EC2 API Reference, "Error codes"; ELB API Reference, TooManyLoadBalancers; that
CloudFormation repeats them is assumed), and how many exist in the account and region of the request."""


def parse(text: str) -> dict[str, float]:
    """Return given quotas by `service/code`. Raises `ValueError` with what is wrong."""
    found: dict[str, float] = {}
    for part in filter(None, text.replace(" ", "").split(",")):
        match = _PAIR.fullmatch(part)
        if match is None or match[1] not in DEFAULTS:
            raise ValueError(
                f"{QUOTAS} takes SERVICE/CODE=NUMBER with one of {', '.join(DEFAULTS)}, not {part}"
            )
        found[match[1]] = float(match[2])
    return found


def install() -> None:
    """Enforce the quotas that the environment gives, on resources that stacks create."""
    given = parse(os.environ.get(QUOTAS, ""))
    if _CONCURRENCY in given:
        lambda_svc._ACCOUNT_CONCURRENCY_CAP = int(given[_CONCURRENCY])
    create, update = provisioners._provision_resource, provisioners._update_resource

    def provision(kind: str, logical_id: str, properties: dict[str, Any], stack: str) -> Any:
        _require_room(given, kind, properties)
        _require_concurrency(given, kind, properties, "")
        made = create(kind, logical_id, properties, stack)
        _reserve(kind, str(made[0] if isinstance(made, tuple) else made), properties)
        return made

    def change(
        kind: str, physical_id: str, old: dict[str, Any], new: dict[str, Any], *rest: Any, **named: Any
    ) -> Any:
        if old != new:
            _require_concurrency(given, kind, new, physical_id)
        made = update(kind, physical_id, old, new, *rest, **named)
        _reserve(kind, physical_id, new)
        return made

    module: Any
    for module in (provisioners, stacks):
        module._provision_resource = provision
        module._update_resource = change


def answering(inner: App) -> App:
    """Return the application with an answer to `GetServiceQuota` before it; MiniStack has no Service Quotas."""
    values = {**DEFAULTS, **parse(os.environ.get(QUOTAS, ""))}

    async def application(scope: Message, receive: Receive, send: Send) -> None:
        headers = asgi.headers_of(scope) if scope["type"] == "http" else {}
        action = headers.get("x-amz-target", "")
        if not action.startswith(_TARGET):
            await inner(scope, receive, send)
            return
        await _answer(values, action.removeprefix(_TARGET), await asgi.body_of(receive), send)

    return application


async def _answer(values: Mapping[str, float], action: str, body: bytes, send: Send) -> None:
    asked = asgi.object_of(body)
    key = f"{asked.get('ServiceCode')}/{asked.get('QuotaCode')}"
    if action != "GetServiceQuota":
        await asgi.send_json(send, {"__type": "UnknownOperationException", "Message": action}, 400)
    elif key not in values:
        message = f"The request failed because the specified quota does not exist: {key}"
        await asgi.send_json(send, {"__type": "NoSuchResourceException", "Message": message}, 404)
    else:
        service, code = key.split("/")
        quota = {"ServiceCode": service, "QuotaCode": code, "Value": values[key], "Adjustable": True}
        await asgi.send_json(send, {"Quota": quota})


def _require_room(given: Mapping[str, float], kind: str, properties: Mapping[str, Any]) -> None:
    quota, words, existing = _COUNTED.get(kind, ("", "", lambda _: 0))
    if quota in given and existing(properties) + 1 > given[quota]:
        raise ResourceError(words)


def _require_concurrency(
    given: Mapping[str, float], kind: str, properties: Mapping[str, Any], own: str
) -> None:
    """Refuse a reservation that leaves too little unreserved; AWS Lambda Developer Guide, "Reserved concurrency"."""
    wanted = int(properties.get("ReservedConcurrentExecutions") or 0)
    if kind != "AWS::Lambda::Function" or not wanted or _CONCURRENCY not in given:
        return
    limit = int(given[_CONCURRENCY])
    reserved = sum(
        int(item.get("concurrency") or 0) for name, item in lambda_svc._functions.items() if name != own
    )
    least = min(limit, 100)
    if limit - reserved - wanted < least:
        raise ResourceError(
            "Specified ReservedConcurrentExecutions for function decreases account's "
            f"UnreservedConcurrentExecution below its minimum value of [{least}]."
        )


def _reserve(kind: str, name: str, properties: Mapping[str, Any]) -> None:
    """Note a function's reservation, which MiniStack's CloudFormation forgets."""
    if kind == "AWS::Lambda::Function" and name in lambda_svc._functions:
        reserved = properties.get("ReservedConcurrentExecutions")
        lambda_svc._functions[name]["concurrency"] = int(reserved) if reserved is not None else None
