"""Addresses that AWS would serve have a twin on this machine."""

from __future__ import annotations

import pytest

from petc.cli.views.local_addresses import answering

ENDPOINT = "http://127.0.0.1:4566"


@pytest.mark.parametrize(
    ("address", "here"),
    [
        ("https://d111.cloudfront.net/", "http://d111.cloudfront.localhost:4566/"),
        ("d111.cloudfront.net", "http://d111.cloudfront.localhost:4566/"),
        (
            "https://a1b2.execute-api.us-west-2.amazonaws.com/v1",
            "http://a1b2.execute-api.localhost:4566/v1",
        ),
    ],
)
def test_sites_and_gateways_answer_here(address: str, here: str) -> None:
    assert answering(address, ENDPOINT) == here


@pytest.mark.parametrize(
    "address",
    [
        "",
        "shop.cluster-abc.us-west-2.rds.amazonaws.com:3306",
        "123456789012.dkr.ecr.us-west-2.amazonaws.com/shop/orders",
        "https://us-west-2.console.aws.amazon.com/cloudwatch/home",
        "https://evil.example/?d111.cloudfront.net/",
    ],
)
def test_what_nothing_serves_here_has_no_address(address: str) -> None:
    assert answering(address, ENDPOINT) == ""
