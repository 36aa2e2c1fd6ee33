"""Rules about what could pass unseen: data that travels in plain text, and alarms without subscribers."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from petc.diagnostics import Code, Severity
from petc.model import queries
from petc.model.rules.rule import Case, Found, Rule
from petc.model.types import Stage


def _plain_hops(case: Case) -> Iterator[Found]:
    stage = case.stage
    balancer = stage.load_balancer
    if queries.routed_services(stage) and not balancer.internal and not balancer.tls:
        yield Found(
            "/load_balancer/scheme",
            "requests travel from the gateway to the load balancer over the internet in plain text",
            "write `domain` and give each region a certificate, or `scheme: internal`, which needs neither",
        )
    for database in stage.databases.values():
        if not database.tls:
            yield Found(
                f"{database.at}/tls",
                f"{database.name} accepts connections in plain text",
                "write `tls: true`; petc then asks the clients for TLS as well",
            )


def _unheard(case: Case) -> Iterator[Found]:
    stage = case.stage
    told = stage.notifications.email or any(item.trigger.alarms for item in stage.functions.values())
    if queries.is_watched(stage) and any(_thresholds(stage)) and not told:
        yield Found(
            "/notifications/email",
            "alarms are on, but they have no subscriber",
            "write `notifications: {email: [team@example.com]}`, or a function with `trigger: {alarms:"
            " true}`",
        )


def _alone(case: Case) -> Iterator[Found]:
    stage = case.stage
    notifiers = [item for item in stage.functions.values() if item.trigger.alarms]
    if len(notifiers) == 1 and not stage.notifications.email and any(_thresholds(stage)):
        (alone,) = notifiers
        yield Found(
            f"{alone.at}/trigger/alarms",
            f"the alarms on `{alone.name}` have no subscriber but `{alone.name}` itself",
            "write `notifications: {email: [team@example.com]}`, or a second function with `trigger: {alarms:"
            " true}`",
        )


def _thresholds(stage: Stage) -> tuple[object, ...]:
    return tuple(dataclasses.asdict(stage.monitoring.alarms).values())


RULES = (
    Rule(
        Code(
            "plaintext-hop",
            Severity.WARNING,
            "data travels in plain text",
            "Without a domain the load balancer has no certificate, and an internet-facing one is called "
            "over the internet. An internal one without certificate stays within AWS's network, behind a "
            "VPC link. A database with `tls: false` lets clients in without encryption.",
            bad="load_balancer: {scheme: internet-facing}\n",
            good="load_balancer: {scheme: internal}\n",
        ),
        _plain_hops,
    ),
    Rule(
        Code(
            "unheard-alarms",
            Severity.WARNING,
            "alarms without subscribers",
            "Alarms go to the stage's topic. Without a subscriber they only change colour in the console.",
            bad="notifications: {email: []}\n",
            good="notifications: {email: [on-call@example.com]}\n",
        ),
        _unheard,
    ),
    Rule(
        Code(
            "notifier-alone",
            Severity.WARNING,
            "a notifier that is the only subscriber to its own failures",
            "A function that brings alarms to people is itself watched: its errors and dead letters ring. When it is "
            "the topic's only subscriber, and it or its secret is broken, these alarms are lost with all others.",
            bad="notifications: {email: []}\n"
            "functions: {herald: {source: ../lambda_src/herald, trigger: {alarms: true}}}\n",
            good="notifications: {email: [on-call@example.com]}\n"
            "functions: {herald: {source: ../lambda_src/herald, trigger: {alarms: true}}}\n",
        ),
        _alone,
    ),
)
