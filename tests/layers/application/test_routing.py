from __future__ import annotations

import dataclasses
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petc.layers import application, contracts
from petc.layers.application import routing
from petc.model.types import Stage
from tests import specs
from tests.layers.rendered import resources

REFUSED = "refused"
RULE = "AWS::ElasticLoadBalancingV2::ListenerRule"
KINDS = """
petc: 1
name: shop
tags: {owner: shop-team, cost-centre: shop}
network:
  cidr: 10.0.0.0/16
  subnets: {public: [10.0.1.0/24], app: [10.0.2.0/24], database: [10.0.3.0/24]}
services:
  web: {route: /, private_paths: [/internal, /health.txt]}
  orders: {route: {path: /api/orders, prefix: keep}, private_paths: [/api/orders/ops/jobs, /debug]}
  order-lines: {route: {path: /api/orders/lines, aliases: [/lines]}}
  pages: {route: {path: /pages, aliases: [/page, /a/b], prefix: context-path}, private_paths: [/]}
  desk: {route: {path: /internal/desk, admit: [203.0.113.0/24]}, private_paths: [/internal]}
LOAD_BALANCER
stages:
  dev: {targets: {accounts: ["123456789012"], regions: {us-west-2: {}}}}
"""
PUBLIC = specs.stage_of(KINDS.replace("LOAD_BALANCER", ""))
LINKED = specs.stage_of(
    KINDS.replace("LOAD_BALANCER", "load_balancer: {scheme: internal}\ngateway: {stage_name: v1}")
)
DEV = specs.reference("dev")
PROD = specs.reference("prod")


def answer(stage: Stage, url: str, *, secret: bool = True, route: str = "") -> str:
    """Return what the rendered rules do with a request: `service path`, `refused` or `not found`.

    `route` is what the gateway says of the request; by default what the rule wants to hear.
    """
    found = resources(application.emit(stage), RULE)
    path = url.partition("?")[0]
    for rule in sorted((item["Properties"] for item in found.values()), key=lambda item: item["Priority"]):
        if all(_holds(condition, path, secret, route) for condition in rule["Conditions"]):
            action = rule["Actions"][0]
            if action["Type"] == "fixed-response":
                return REFUSED
            return f"{action['TargetGroupArn']['Ref'].removeprefix('TargetGroup')} {_rewritten(rule, url)}"
    return "not found"


def _holds(condition: Any, path: str, secret: bool, route: str) -> bool:
    if condition["Field"] == "http-header":
        config = condition["HttpHeaderConfig"]
        if config["HttpHeaderName"] == contracts.ROUTE_HEADER:
            return not route or config["Values"] == [route]
        return secret
    return any(re.search(value, path) for value in condition["PathPatternConfig"]["RegexValues"])


def _rewritten(rule: Any, url: str) -> str:
    for transform in rule.get("Transforms", []):
        rewrite = transform["UrlRewriteConfig"]["Rewrites"][0]
        return re.sub(rewrite["Regex"], re.sub(r"\$(\d)", r"\\g<\1>", rewrite["Replace"]), url, count=1)
    return url


@pytest.mark.parametrize(
    ("url", "seen"),
    [
        ("/api/customers/owners/1", "CustomersService /owners/1"),
        ("/api/customer/owners", "CustomersService /owners"),
        ("/api/customers", "CustomersService /"),
        ("/api/customers/", "CustomersService /"),
        ("/api/customers?q=1", "CustomersService /?q=1"),
        ("/api/customers/owners?next=/actuator", "CustomersService /owners?next=/actuator"),
        ("/api/visits/pets/visits?petId=1,2", "VisitsService /pets/visits?petId=1,2"),
        ("/api/vets/actuators", "VetsService /actuators"),
        ("/api/vets/actuator-news", "VetsService /actuator-news"),
        ("/api/vets/a%20b%C3%A9", "VetsService /a%20b%C3%A9"),
        ("/api/vets/v1.2", "VetsService /v1.2"),
        ("/admin", "AdminServer /admin"),
        ("/admin/instances/1/actuator/loggers", "AdminServer /admin/instances/1/actuator/loggers"),
        ("/api/customersx/owners", "not found"),
        ("//api/customers/owners", "not found"),
        ("/api/genai", "not found"),
        ("/", "not found"),
    ],
)
@pytest.mark.parametrize("stage", [DEV, PROD], ids=["dev", "prod"])
def test_prefix_handling(stage: Stage, url: str, seen: str) -> None:
    assert answer(stage, url) == seen


@pytest.mark.parametrize(
    "path",
    [
        "/api/customers/actuator",
        "/api/customers/actuator/",
        "/api/customers/actuator/env",
        "/api/customer/actuator/heapdump",
        "/api/customers//actuator/env",
        "/api/customers/;/actuator/env",
        "/api/customers/;a=1/actuator/env",
        "/api/customers/actuator;a=1/env",
        "/api/customers/actuator.json",
        "/api/customers/actuator%20",
        "/api/customers/actuator%00/env",
        "/api/customers/%61ctuator/env",
        "/api/customers/actuato%72/env",
        "/api/customers/%2factuator/env",
        "/api/customers/%2Factuator/env",
        "/api/customers%2Factuator/env",
        "/api/customers/x/../actuator/env",
        "/api/customers/x/%2e%2e/actuator/env",
        "/api/customers/x/..;/actuator/env",
        "/api/customers/./actuator/env",
        "/api/customers/..\\actuator",
        "/api/customers/x%5C..%5Cactuator",
        "/api/customers/owners/1/actuator/env",
        "/admin/actuator",
        "/admin//actuator/env",
        "/admin/;x/actuator/env",
        "/admin/%61ctuator/env",
        "/admin/instances/../actuator/env",
        "/admin/instances/..;/actuator/env",
    ],
)
@pytest.mark.parametrize("stage", [DEV, PROD], ids=["dev", "prod"])
def test_actuator_paths_are_never_reachable_from_outside(stage: Stage, path: str) -> None:
    assert answer(stage, path) == REFUSED


@pytest.mark.parametrize("path", ["/api/vets/vets", "/api/vets/actuator", "/admin/login", "/admin/actuator"])
def test_a_vpc_link_may_send_the_gateways_stage_name_first(path: str) -> None:
    assert answer(PROD, f"/v1{path}") == answer(PROD, path)
    assert answer(PROD, f"/v1{path}") != "not found"


def test_without_a_vpc_link_no_stage_name_is_expected() -> None:
    assert answer(DEV, "/v1/api/vets/vets") == "not found"


@pytest.mark.parametrize("path", ["/api/customers/owners", "/admin/instances"])
def test_without_the_gateways_secret_nothing_is_forwarded(path: str) -> None:
    assert answer(DEV, path, secret=False) == "not found"


@pytest.mark.parametrize("stage", [DEV, PROD], ids=["dev", "prod"])
def test_what_the_gateway_let_pass_as_one_route_never_ends_at_another(stage: Stage) -> None:
    assert answer(stage, "/admin/instances", route="/api/vets") == "not found"
    assert answer(stage, "/admin/instances", route="/admin") == "AdminServer /admin/instances"
    assert answer(stage, "/api/vet/vets", route="/api/vets") == "VetsService /vets"


@pytest.mark.parametrize(
    ("url", "seen"),
    [
        ("/", "Web /"),
        ("/v1x/y", "Web /v1x/y"),
        ("/about?x=1", "Web /about?x=1"),
        ("/internal", REFUSED),
        ("/shop/internal/x", REFUSED),
        ("/health.txt", REFUSED),
        ("/healthxtxt", "Web /healthxtxt"),
        ("/internal/desk/y", "Desk /y"),
        ("/internal/desk/internal", REFUSED),
        ("/internal/desk/y/internal", "Desk /y/internal"),
        ("/api/orders/1", "Orders /api/orders/1"),
        ("/api/orders", "Orders /api/orders"),
        ("/api/orders/ops/jobs/2", REFUSED),
        ("/api/orders/ops;a/jobs", REFUSED),
        ("/api/orders/ops//jobs", REFUSED),
        ("/api/orders/debug", REFUSED),
        ("/api/orders/ops", "Orders /api/orders/ops"),
        ("/api/orders/lines/7", "OrderLines /7"),
        ("/lines/7", "OrderLines /7"),
        ("/pages/1", REFUSED),
        ("/a/b", REFUSED),
    ],
)
@pytest.mark.parametrize("lead", ["", "/v1"])
def test_each_kind_of_prefix_and_nested_routes(lead: str, url: str, seen: str) -> None:
    assert answer(LINKED, lead + url) == seen
    assert answer(PUBLIC, url) == seen


def test_an_alias_of_a_context_path_becomes_the_path() -> None:
    stage = specs.stage_of(
        KINDS.replace("private_paths: [/]}", "private_paths: []}").replace("LOAD_BALANCER", "")
    )

    assert answer(stage, "/page/1?x=2") == "Pages /pages/1?x=2"
    assert answer(stage, "/a/b") == "Pages /pages"
    assert answer(stage, "/pages/1") == "Pages /pages/1"


@given(st.text(alphabet="/;.%61actuor2Fx\\", max_size=40))
def test_no_spelling_of_a_private_path_passes(tail: str) -> None:
    """What a server may make of a path: decoded once, parameters dropped, slashes and dots folded."""
    seen = answer(DEV, f"/api/vets/{tail}actuator/env")

    assert seen == REFUSED or "actuator" not in _folded(seen.partition(" ")[2]).split("/")[1:2]


def _folded(path: str) -> str:
    decoded = re.sub("%([0-9a-fA-F]{2})", lambda found: chr(int(found[1], 16)), re.sub(";[^/]*", "", path))
    words: list[str] = []
    for word in decoded.replace("\\", "/").split("/"):
        if word == "..":
            words[-1:] = []
        elif word not in ("", "."):
            words.append(word)
    return "/" + "/".join(words)


def test_refusals_go_before_what_is_forwarded_to_the_same_service() -> None:
    rules = {rule.title: rule.priority for rule in (*routing.rules(DEV), *routing.rules(PUBLIC))}

    refused = {title.removeprefix("Deny"): at for title, at in rules.items() if title.startswith("Deny")}
    assert refused
    assert all(at < rules[f"Forward{which}"] for which, at in refused.items())


def test_the_guard_goes_before_everything() -> None:
    first = min(routing.rules(DEV), key=lambda rule: rule.priority)

    assert first.values == routing.GUARD


def test_priorities_are_distinct_and_within_the_limits() -> None:
    priorities = [rule.priority for rule in routing.rules(_many(300))]

    assert len(set(priorities)) == len(priorities)
    assert min(priorities) >= 1
    assert max(priorities) <= 50000


def test_a_new_service_leaves_the_priorities_of_the_others_alone() -> None:
    before = {rule.title: rule.priority for rule in routing.rules(_many(20))}
    after = {rule.title: rule.priority for rule in routing.rules(_many(21))}

    assert before.items() <= after.items()


def test_a_service_that_goes_leaves_the_priorities_of_the_others_alone() -> None:
    stage = _many(20)
    rest = {name: service for name, service in stage.services.items() if name != "s3"}
    before = {rule.title: rule.priority for rule in routing.rules(stage)}
    after = {rule.title: rule.priority for rule in routing.rules(dataclasses.replace(stage, services=rest))}

    assert after.items() < before.items()


def test_a_condition_has_three_values_and_a_rule_five_at_most() -> None:
    aliases = ", ".join(f"/alias-{number}" for number in range(7))
    stage = specs.stage_of(
        KINDS.replace(
            "{path: /api/orders, prefix: keep}", f"{{path: /api/orders, aliases: [{aliases}]}}"
        ).replace("LOAD_BALANCER", "")
    )
    rules = routing.rules(stage)

    assert max(len(rule.values) for rule in rules) == routing.VALUES == 3
    assert max(_evaluations(rule) for rule in resources(application.emit(stage), RULE).values()) == 5
    assert answer(stage, "/alias-6/1") == "Orders /1"
    assert answer(stage, "/alias-6/debug") == REFUSED


def test_expressions_stay_below_elbs_limit() -> None:
    assert max(len(value) for rule in routing.rules(PROD) for value in rule.values) <= 128


def test_no_guard_without_private_paths() -> None:
    text = re.sub(r", private_paths: \[[^]]*\]", "", KINDS).replace("LOAD_BALANCER", "")

    assert all(rule.forwards for rule in routing.rules(specs.stage_of(text)))


def _many(count: int) -> Stage:
    services = "\n".join(
        f"  s{number}: {{route: /s{number}, private_paths: [/x]}}" for number in range(count)
    )
    head = KINDS.partition("services:")[0]
    return specs.stage_of(f"{head}services:\n{services}\n{KINDS.partition('LOAD_BALANCER')[2]}")


def _evaluations(rule: Any) -> int:
    configs = (
        item.get("HttpHeaderConfig") or item["PathPatternConfig"] for item in rule["Properties"]["Conditions"]
    )
    return sum(len(config.get("Values", config.get("RegexValues"))) for config in configs)
