"""A small spec with one database, for the tests of the layer that makes it."""

from __future__ import annotations

from typing import Any

from petc.layers import database
from petc.layers.base import LayerTemplate
from petc.model.types import Stage
from tests import specs
from tests.layers.rendered import properties

SHOP = """
petc: 1
name: shop
tags: {{owner: shop-team, cost-centre: shop}}
encryption: {{key: {key}}}
databases:
  ledger: {{{ledger}}}
secrets:
  clerk: {{description: user of the application}}
services:
  orders: {{image: {{tag: "1"}}, port: 8000, uses: {{ledger: {{}}}}}}
functions:
  report: {{source: report, uses: {{ledger: {{}}}}}}
stages:
  dev:
    on_delete: {on_delete}
    targets:
      accounts: ["123456789012"]
      regions:
        eu-west-1: {{kms_key: "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"}}
"""


BROUGHT = {"eu-west-1": "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"}
"""The brought key by region."""


def stage(ledger: str = "", key: str = "customer", on_delete: str = "keep") -> Stage:
    return specs.stage_of(SHOP.format(ledger=ledger, key=key, on_delete=on_delete))


def shop(ledger: str = "", key: str = "customer", on_delete: str = "keep") -> LayerTemplate:
    return database.emit(stage(ledger, key, on_delete))


def cluster(layer: LayerTemplate) -> Any:
    return properties(layer, "DatabaseLedger")
