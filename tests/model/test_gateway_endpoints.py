"""Gateway endpoints: who they are, and where the prefix list of their addresses comes from."""

from __future__ import annotations

import dataclasses

from petc.layers.network import endpoints
from petc.model.gateway_endpoints import BY_PARTY, BY_SERVICE, GATEWAYS
from petc.model.parties import Party, PartyKind
from petc.model.schema import stage_schema
from tests import specs

REGION = next(iter(specs.reference("dev").targets.regions.values()))


def test_the_schema_offers_them_among_the_endpoints() -> None:
    offered = stage_schema()["$defs"]["Network"]["properties"]["endpoints"]["items"]["enum"]

    assert set(BY_SERVICE) <= set(offered)


def test_each_has_a_party_of_its_own() -> None:
    assert len(BY_PARTY) == len(GATEWAYS)
    assert BY_PARTY[Party(PartyKind.S3)].service == "s3"


def test_the_spec_goes_before_the_catalogue() -> None:
    s3 = BY_SERVICE["s3"]
    own = dataclasses.replace(REGION, s3_prefix_list="pl-1")
    elsewhere = dataclasses.replace(REGION, name="xx-nowhere-1", s3_prefix_list="")

    assert s3.prefix_list(own) == "pl-1"
    assert s3.prefix_list(dataclasses.replace(REGION, name="us-west-2")) == "pl-68a54001"
    assert s3.prefix_list(elsewhere) is None


def test_each_has_a_policy() -> None:
    assert set(endpoints.GATEWAY_POLICIES) == set(BY_SERVICE)
