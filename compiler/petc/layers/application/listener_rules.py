"""Listener rules as resources, from the rules of `petc.layers.application.routing`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from troposphere import Ref, Sub
from troposphere import elasticloadbalancingv2 as elb

from petc.layers import contracts, error_object
from petc.layers.application import routing
from petc.layers.application.routing import ForwardingRule
from petc.layers.base import Draft

NOT_FOUND = error_object.render(json.dumps("Not Found"), status="404")
"""What the load balancer itself answers; a refused path looks like one that does not exist."""


def not_found(kind: type[Any]) -> Any:
    """Return the fixed answer as the given troposphere class of action: a listener's or a rule's."""
    return kind(
        Type="fixed-response",
        FixedResponseConfig=elb.FixedResponseConfig(
            StatusCode="404",
            ContentType="application/json",
            MessageBody=NOT_FOUND,
        ),
    )


def add_rules(
    draft: Draft, listener: elb.Listener, groups: Mapping[str, elb.TargetGroup]
) -> dict[str, tuple[elb.ListenerRule, ...]]:
    """Add all rules to the listener and return those that forward, by service name.

    `groups` holds the target groups by service name.
    """
    found: dict[str, tuple[elb.ListenerRule, ...]] = {}
    for rule in routing.rules(draft.stage):
        target = groups[rule.service.name] if rule.service and rule.forwards else None
        added = draft.add(
            elb.ListenerRule(
                rule.title,
                ListenerArn=Ref(listener),
                Priority=rule.priority,
                Conditions=_conditions(draft, rule),
                Actions=[
                    elb.ListenerRuleAction(Type="forward", TargetGroupArn=Ref(target))
                    if target
                    else not_found(elb.ListenerRuleAction)
                ],
                **_transforms(rule),
            ),
            _at(rule),
            why=_why(rule),
        )
        if rule.service and rule.forwards:
            found[rule.service.name] = (*found.get(rule.service.name, ()), added)
    return found


def _conditions(draft: Draft, rule: ForwardingRule) -> list[elb.Condition]:
    """Return what a request must be like: its path and, to be forwarded, what the gateway says in headers.

    The route: a request that the gateway let pass as one route never ends at another, however its path is
    written. The secret, where the internet reaches the load balancer: each such condition is a dynamic
    reference, of which a template may hold 60, so aliases share a rule.
    """
    path = elb.PathPatternConfig(RegexValues=list(rule.values))
    conditions = [elb.Condition(Field="path-pattern", PathPatternConfig=path)]
    if rule.service and rule.forwards:
        assert rule.service.route
        conditions.append(_header(contracts.ROUTE_HEADER, rule.service.route.path))
        if not draft.stage.load_balancer.internal:
            secret = Sub("{{resolve:secretsmanager:${HeaderSecret}:SecretString}}")
            conditions.append(_header(contracts.GATEWAY_HEADER, secret))
    return conditions


def _header(name: str, value: Any) -> elb.Condition:
    config = elb.HttpHeaderConfig(HttpHeaderName=name, Values=[value])
    return elb.Condition(Field="http-header", HttpHeaderConfig=config)


def _transforms(rule: ForwardingRule) -> dict[str, Any]:
    if not rule.rewrite:
        return {}
    rewrite = elb.RewriteConfig(Regex=rule.rewrite.regex, Replace=rule.rewrite.replace)
    config = elb.RewriteConfigObject(Rewrites=[rewrite])
    return {"Transforms": [elb.Transform(Type="url-rewrite", UrlRewriteConfig=config)]}


def _at(rule: ForwardingRule) -> str:
    if not rule.service:
        return "/load_balancer"
    assert rule.service.route
    return rule.service.route.at if rule.forwards else f"{rule.service.at}/private_paths"


def _why(rule: ForwardingRule) -> str:
    if not rule.service:
        return "refuses paths that a server could read as another path than the load balancer does"
    if rule.forwards:
        return f"requests for {rule.service.name}"
    return f"private paths of {rule.service.name} are never reachable from outside"
