"""A small spec that has nothing of the reference spec, for the tests of layer application."""

from __future__ import annotations

from petc.layers import application
from petc.layers.base import LayerTemplate
from petc.model.types import Stage
from tests import specs

SPEC = """
petc: 1
name: shop
tags: {owner: shop-team, cost-centre: shop}
network:
  cidr: 10.0.0.0/16
  subnets: {public: [10.0.1.0/24], app: [10.0.2.0/24], database: [10.0.3.0/24]}
%s
stages:
  dev: {targets: {accounts: ["123456789012"], regions: {us-west-2: {%s}}}}
"""


def stage(body: str, region: str = "artifact_bucket: packages") -> Stage:
    """Return the typed stage of the spec with this body and these values of its region."""
    return specs.stage_of(SPEC % (body, region))


def layer(body: str, region: str = "artifact_bucket: packages") -> LayerTemplate:
    """Return layer application of the spec with this body."""
    return application.emit(stage(body, region))
