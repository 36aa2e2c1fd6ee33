"""Layer database: who may use what it holds, and what others learn of it."""

from __future__ import annotations

from typing import Any

import pytest

from petc.layers import database
from petc.model.types import Stage
from tests import specs
from tests.layers.ledger import SHOP, shop
from tests.layers.rendered import resources, statement

CREDENTIALS = {"Fn::GetAtt": ["DatabaseLedger", "MasterUserSecret.SecretArn"]}


@pytest.mark.parametrize("policy", ["GrantExecutionOrders", "GrantFunctionReport"])
def test_who_uses_a_database_reads_exactly_its_secret(policy: str) -> None:
    layer = shop()
    read = statement(layer, policy, "ReadDatabaseCredentials")
    decrypt = statement(layer, policy, "DecryptDatabaseCredentials")
    via = {"Fn::Sub": "secretsmanager.${AWS::Region}.${AWS::URLSuffix}"}

    assert (read["Action"], read["Resource"]) == (["secretsmanager:GetSecretValue"], [CREDENTIALS])
    assert (decrypt["Action"], decrypt["Resource"]) == (["kms:Decrypt"], [{"Fn::GetAtt": ["DataKey", "Arn"]}])
    assert decrypt["Condition"] == {"StringEquals": {"kms:ViaService": via}}


def test_an_application_user_leaves_the_master_secret_alone() -> None:
    layer = shop("user: clerk")

    assert not resources(layer, "AWS::IAM::RolePolicy")


def test_exports_and_outputs(dev: Stage) -> None:
    layer = database.emit(dev)
    outputs: Any = layer.template["Outputs"]
    names = ("ClusterIdClinic", "MasterSecretArnClinic", "ReaderHostClinic", "WriterHostClinic")

    assert layer.exports == tuple(f"petclinic-dev-database-{name}" for name in names)
    assert "Export" not in outputs["EndpointClinic"]


def test_a_renamed_database_keeps_its_names() -> None:
    text = SHOP.format(ledger="", key="customer", on_delete="keep")
    renamed = text.replace("ledger: {", "books: {") + "moved: {books: ledger}\n"
    before, after = resources(shop()), resources(database.emit(specs.stage_of(renamed)))

    assert list(before) == list(after)


def test_without_databases_and_buckets_there_is_no_layer() -> None:
    text = """
petc: 1
name: shop
tags: {owner: shop-team, cost-centre: shop}
services:
  orders: {image: {tag: "1"}, port: 8000}
stages:
  dev: {targets: {accounts: ["123456789012"], regions: {eu-west-1: {}}}}
"""
    layer = database.emit(specs.stage_of(text))

    assert not resources(layer)
    assert not layer.exports
