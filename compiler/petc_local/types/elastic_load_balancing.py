"""Mends load balancers: regular expressions in conditions, tags of rules, and what is in use elsewhere."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from ministack import app
from ministack.core.responses import request_scope
from ministack.services import alb, ec2

from petc.resources.schemas import Json
from petc_local.types.forms import Attributes, Made, Properties, ResourceError, entries, mapping, text
from petc_local.types.patching import Mend

_CONFIGS = {
    "host-header": "HostHeaderConfig",
    "http-header": "HttpHeaderConfig",
    "path-pattern": "PathPatternConfig",
}


def _rule(physical_id: str, old: Properties, new: Properties, attributes: Attributes) -> Made:
    """Keep regular expressions, which MiniStack drops: its rule would never match."""
    for held, wanted in zip(
        alb._rules[physical_id]["Conditions"], entries(new.get("Conditions")), strict=True
    ):
        expressions = mapping(wanted.get(_CONFIGS.get(text(wanted, "Field"), ""))).get("RegexValues")
        if expressions:
            held["RegexValues"] = expressions
    alb._tags[physical_id] = list(entries(new.get("Tags")))
    return physical_id, {**attributes, "IsDefault": False}


def _rule_gone(physical_id: str, properties: Properties) -> None:
    alb._tags.pop(physical_id, None)


def _target_group(physical_id: str, old: Properties, new: Properties, attributes: Attributes) -> Made:
    held: list[Json] = list(alb._tgs[physical_id].get("LoadBalancerArns", ()))
    return physical_id, {**attributes, "LoadBalancerArns": held}


def _keeps_vpc(physical_id: str, old: Properties, new: Properties) -> None:
    """Refuse subnets and groups of another VPC than the balancer's ("SetSubnets", "SetSecurityGroups").

    That the words are these is assumed.
    """
    for name, known, code in (
        ("Subnets", ec2._subnets, "InvalidSubnet"),
        ("SecurityGroups", ec2._security_groups, "InvalidSecurityGroup"),
    ):
        before, after = (_vpcs(properties, name, known) for properties in (old, new))
        if before and after and not before & after:
            raise ResourceError(
                f"{name} of '{physical_id}' must be in {', '.join(sorted(before))}, the VPC of the load balancer "
                f"({code})"
            )


def _vpcs(properties: Properties, name: str, known: Any) -> set[str]:
    held = properties.get(name)
    ids = [str(item) for item in held] if isinstance(held, list) else []
    return {str(known[item]["VpcId"]) for item in ids if item in known}


def _unused(physical_id: str, properties: Properties) -> None:
    """Refuse to delete a target group that a rule or listener forwards to ("DeleteTargetGroup")."""
    for holder in (*alb._rules.values(), *alb._listeners.values()):
        if physical_id in _groups(holder):
            raise ResourceError(f"Target group '{physical_id}' is currently in use by a listener or a rule")


def _groups(holder: Mapping[str, Any]) -> frozenset[str]:
    """Return the target groups that the actions of a rule or a listener forward to."""
    actions = [mapping(item) for name in ("Actions", "DefaultActions") for item in entries(holder.get(name))]
    named = (
        text(group, "TargetGroupArn")
        for action in actions
        for group in (action, *entries(mapping(action.get("ForwardConfig")).get("TargetGroups")))
    )
    return frozenset(name for name in named if name)


def _of_rule(properties: Properties) -> Properties:
    _one_balancer(properties, alb._listeners.get(text(properties, "ListenerArn"), {}).get("LoadBalancerArn"))
    return properties


def _of_listener(properties: Properties) -> Properties:
    _one_balancer(properties, text(properties, "LoadBalancerArn"))
    return properties


def _one_balancer(properties: Properties, balancer: str | None) -> None:
    """Refuse a rule or listener of a target group that another load balancer forwards to.

    Elastic Load Balancing API Reference, "CreateRule": TargetGroupAssociationLimit; the words are those of
    aws-cdk issue 33253 and cloudformation-coverage-roadmap issue 780.
    """
    wanted = _groups(properties)
    taken = {
        group
        for holder in (*alb._rules.values(), *alb._listeners.values())
        for group in _groups(holder) & wanted
        if _balancer_of(holder) not in (balancer, None)
    }
    if taken:
        raise ResourceError(
            "The following target groups cannot be associated with more than one load balancer: "
            + ", ".join(sorted(taken))
        )


def _balancer_of(holder: Mapping[str, Any]) -> str | None:
    """Return the load balancer of a listener, or of a rule by its listener."""
    listener = (
        holder if "LoadBalancerArn" in holder else alb._listeners.get(holder.get("ListenerArn", ""), {})
    )
    found: str | None = listener.get("LoadBalancerArn")
    return found


def enter() -> None:
    """Let MiniStack's load balancers match by regular expression, and answer in every account, once.

    The path must match, upper and lower case differ; names of hosts and values of headers ignore case
    ("Condition types for listener rules").
    """
    module: Any = alb
    gateway: Any = app
    if not hasattr(module._match_condition, "petc"):
        module._match_condition = _matching(module._match_condition)
        gateway._handle_alb_request = _in_its_account(gateway._handle_alb_request)


def _in_its_account(own: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """Answer for each balancer in the account and region that own it; who asks names none."""

    async def handle(host: str, path: str, *rest: Any) -> Any:
        name = host.partition(":")[0].lower()
        for (account, region, _), balancer in list(alb._lbs._data.items()):
            short = str(balancer["LoadBalancerName"]).lower()
            if name in (balancer["DNSName"].lower(), f"{short}.alb.localhost") or path.lower().startswith(
                f"/_alb/{short}/"
            ):
                with request_scope(account, region):
                    return await own(host, path, *rest)
        return await own(host, path, *rest)

    return handle


_Match = Callable[[Mapping[str, Json], str, str, Mapping[str, str], Mapping[str, Json]], bool]


def _matching(own: _Match) -> _Match:
    def match(
        condition: Mapping[str, Json],
        method: str,
        path: str,
        headers: Mapping[str, str],
        query: Mapping[str, Json],
    ) -> bool:
        expressions = condition.get("RegexValues")
        if not isinstance(expressions, list):
            return own(condition, method, path, headers, query)
        field, flags = condition.get("Field"), re.IGNORECASE
        if field == "path-pattern":
            value, flags = path, re.NOFLAG
        elif field == "host-header":
            value = headers.get("host", "").partition(":")[0]
        else:
            name = text(mapping(condition.get("HttpHeaderConfig")), "HttpHeaderName").lower()
            value = headers.get(name, "")
        return any(re.search(str(expression), value, flags) for expression in expressions)

    function: Any = match
    function.petc = True
    return match


MENDS = {
    "AWS::ElasticLoadBalancingV2::Listener": Mend(prepared=_of_listener),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": Mend(updatable=_keeps_vpc),
    "AWS::ElasticLoadBalancingV2::ListenerRule": Mend(prepared=_of_rule, made=_rule, deleted=_rule_gone),
    "AWS::ElasticLoadBalancingV2::TargetGroup": Mend(made=_target_group, deletable=_unused),
}
"""The types that this module mends."""
