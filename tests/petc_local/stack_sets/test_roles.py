"""Trust policies of roles."""

from __future__ import annotations

import json

import pytest

from petc_local.stack_sets.roles import trusted_by


def policy(*statements: object) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        ({"Service": "cloudformation.amazonaws.com"}, ["cloudformation.amazonaws.com"]),
        ({"AWS": ["123456789012", "arn:aws:iam::1:root"]}, ["123456789012", "arn:aws:iam::1:root"]),
        ("*", ["*"]),
    ],
)
def test_principals_of_allowing_statements_are_trusted(principal: object, expected: list[str]) -> None:
    document = policy({"Effect": "Allow", "Principal": principal})

    assert list(trusted_by(document)) == expected


@pytest.mark.parametrize(
    "document", ["", "no json", "[]", policy({"Effect": "Deny", "Principal": "*"}), policy("x"), None]
)
def test_everything_else_trusts_nobody(document: object) -> None:
    assert list(trusted_by(document)) == []
