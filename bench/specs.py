"""Specs of any size: services in a row, each calling the one before it."""

from __future__ import annotations

_TOP = """\
petc: 1
name: bench
tags: {owner: bench, cost-centre: bench}
network:
  cidr: 10.0.0.0/16
  subnets:
    public: [10.0.0.0/24, 10.0.1.0/24]
    app: [10.0.16.0/20, 10.0.32.0/20]
    database: [10.0.2.0/24, 10.0.3.0/24]
  endpoints: [s3]
configuration: {LOG_FORMAT: json}
defaults:
  service: {cpu: 512, memory: 1024, image: {tag: 1.0.0}, scale: {min: 2, max: 4}, health: /health}
load_balancer: {scheme: internal}
notifications: {email: [bench@example.com]}
stages:
  live:
    targets: {accounts: ['111122223333'], regions: {eu-west-1: {}}}
services:
"""

_ROUTES = 90
"""How many services get a route: a load balancer's listener takes 100 rules."""


def services(count: int) -> str:
    """Return a spec of so many services."""
    return _TOP + "".join(
        f"  part-{number}:\n"
        + (f"    route: /part-{number}\n" if number < _ROUTES else "")
        + f"    uses: {{configuration: {{}}{f', part-{number - 1}: {{}}' if number else ''}}}\n"
        for number in range(count)
    )
