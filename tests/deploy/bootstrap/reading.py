"""Reads parts of a template of `petc bootstrap`."""

from __future__ import annotations

from petc.deploy.bootstrap.consumers import SELF_MANAGED, Served
from petc.verify.rendered import Json, mapping, sequence

ONE = Served(("111111111111",), "", (), (SELF_MANAGED,))


def properties(template: dict[str, Json], logical_id: str) -> dict[str, Json]:
    return mapping(mapping(mapping(template["Resources"])[logical_id])["Properties"])


def trust(template: dict[str, Json], logical_id: str) -> list[Json]:
    return sequence(mapping(properties(template, logical_id)["AssumeRolePolicyDocument"])["Statement"])
