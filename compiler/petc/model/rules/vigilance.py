"""Rules about what could pass unseen: data that travels in plain text, and alarms that nobody hears."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from petc.diagnostics import Code, Severity
from petc.model import parts
from petc.model.rules.rule import Case, Found, Rule


def _plain_hops(case: Case) -> Iterator[Found]:
    stage = case.stage
    balancer = stage.load_balancer
    if parts.routed_services(stage) and not balancer.internal and not balancer.tls:
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
    thresholds = dataclasses.asdict(stage.monitoring.alarms).values()
    watched = stage.services or stage.functions or stage.databases
    told = stage.notifications.email or any(item.trigger.alarms for item in stage.functions.values())
    if watched and any(thresholds) and not told:
        yield Found(
            "/notifications/email",
            "alarms are on, but nobody is told",
            "write `notifications: {email: [team@example.com]}`, or a function with `trigger: {alarms:"
            " true}`",
        )


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
            "alarms that nobody hears",
            "Alarms go to the stage's topic. Without a subscriber they change colour on a page that nobody"
            " opens.",
            bad="notifications: {email: []}\n",
            good="notifications: {email: [on-call@example.com]}\n",
        ),
        _unheard,
    ),
)
