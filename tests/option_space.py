"""Specs over the switches of the language: a small set that meets every pair of switch settings once.

`rows` is deterministic: a seed names a row for ever, so a finding of a long sweep can be asked for again.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator, Mapping, Set
from functools import partial
from itertools import combinations
from typing import Any

Row = Mapping[str, Any]
"""One setting of every switch."""

SWITCHES: Mapping[str, tuple[Any, ...]] = {
    "nat": ("per-zone", "single", "none"),
    "zones": (2, 3, 4),
    "existing": (False, False, True),
    "endpoints": ("few", "none", "all"),
    "flow_logs": (True, False),
    "key": ("customer", "aws", "existing"),
    "boundary": ("", "team-boundary", "/paths/team-boundary"),
    "trail": ("create", "existing"),
    "regions": (("us-west-2",), ("us-west-2", "us-east-1")),
    "by_units": (False, True),
    "on_delete": ("keep", "discard"),
    "protected": (False, True),
    "templates": ("bucket", "bucket", "inline"),
    "databases": (1, 0, 2),
    "readers": (0, 1, 2),
    "monitored": (60, 0, 15),
    "insights": (True, False),
    "user": ("master", "secret"),
    "tls": (True, False),
    "log_exports": (("audit", "error", "slowquery"), (), ("audit", "error", "general", "slowquery")),
    "max_connections": (0, 500),
    "database_port": (3306, 3307),
    "buckets": (0, 1, 2),
    "bucket_access": ("read", "write", "read-write"),
    "versioning": (True, False),
    "expire_days": (0, 90),
    "secrets": (0, 1),
    "model": (None, "us.anthropic.claude-haiku-5-5"),
    "configuration": ("some", "none", "odd"),
    "services": (2, 0, 1, 4),
    "framework": ("plain", "spring-boot"),
    "prefix": ("strip", "context-path", "keep"),
    "admit": (0, 1, 2),
    "aliases": (0, 1, 4),
    "private_paths": (1, 0, 4),
    "service_tracing": (False, True),
    "image": ("tag", "ecr", "public"),
    "architecture": ("x86_64", "arm64"),
    "scale": ((1, 4), (0, 2), (2, 2)),
    "after": (False, True),
    "calls": ("none", "service", "function", "management", "both"),
    "discovery": (False, True),
    "internet": (False, True),
    "notifies": (False, True),
    "functions": ("routed", "none", "scheduled", "all"),
    "function_vpc": ("auto", "always", "never"),
    "function_tracing": (False, True),
    "function_admit": (0, 1),
    "concurrency": (0, 5),
    "function_uses": ("database", "none", "service", "everything"),
    "notifier": (False, True),
    "rotation": (False, True),
    "waf": (False, True),
    "gateway_logs": (True, False),
    "gateway_tracing": (False, True),
    "scheme": ("internal", "internet-facing"),
    "domain": ("", "lb.shop.example.com"),
    "zone": (True, False),
    "balancer_logs": (False, True),
    "frontend": ("none", "same-origin", "direct"),
    "site_domain": ("", "www.shop.example.com"),
    "site_logs": (True, False),
    "dashboard": (True, False),
    "container_insights": ("enabled", "enhanced", "disabled"),
    "alarms": ("default", "zero", "half"),
    "email": ((), ("a@example.com",), ("a@example.com", "b+c@example.com")),
    "labels": (False, True),
    "queue": ("none", "function", "service", "backlog"),
    "moved": (False, True),
    "override": (False, True),
}
"""Every switch with its settings; a setting written twice is drawn twice as often."""


def rows(seed: int) -> Iterator[dict[str, Any]]:
    """Yield rows without end, drawn at random from the seed."""
    draw = random.Random(seed)
    while True:
        yield {name: draw.choice(settings) for name, settings in SWITCHES.items()}


def covering(seed: int = 1) -> tuple[dict[str, Any], ...]:
    """Return rows that together hold every pair of settings of two switches."""
    draw = random.Random(seed)
    missing = {
        frozenset(((first, repr(a)), (second, repr(b))))
        for first, second in combinations(SWITCHES, 2)
        for a in SWITCHES[first]
        for b in SWITCHES[second]
    }
    found: list[dict[str, Any]] = []
    while missing:
        # A row starts from a pair that is still missing, so each row brings some nearer.
        row = _settings_of(min(missing, key=sorted))
        for name in draw.sample(sorted(SWITCHES), len(SWITCHES)):
            if name not in row:
                settings = draw.sample(SWITCHES[name], len(SWITCHES[name]))
                row[name] = max(settings, key=partial(_gain, missing, row, name))
        missing -= _pairs(row)
        found.append(row)
    return tuple(found)


def _settings_of(pair: Iterable[tuple[str, str]]) -> dict[str, Any]:
    return {name: next(item for item in SWITCHES[name] if repr(item) == text) for name, text in pair}


def _gain(missing: Set[frozenset[tuple[str, str]]], row: Row, name: str, setting: Any) -> int:
    """Return how many missing pairs a setting makes with those that a row has."""
    return sum(
        frozenset(((name, repr(setting)), (other, repr(value)))) in missing for other, value in row.items()
    )


def _pairs(row: Row) -> Set[frozenset[tuple[str, str]]]:
    return {frozenset(pair) for pair in combinations([(name, repr(row[name])) for name in row], 2)}


def spec(row: Row) -> str:
    """Return the spec that a row describes, in JSON, which is YAML too."""
    return json.dumps(tree(row), ensure_ascii=False, indent=1)


def tree(row: Row) -> dict[str, Any]:
    """Return the spec that a row describes as values."""
    row = _consistent(row)
    databases = _databases(row)
    buckets = {
        f"files-{number}": {"versioning": row["versioning"], "expire_days": row["expire_days"]}
        for number in range(row["buckets"])
    }
    secrets: dict[str, Any] = {f"key-{number}": {} for number in range(row["secrets"])}
    if any(item.get("user") == "app-user" for item in databases.values()):
        secrets["app-user"] = {"description": "username and password as JSON"}
    models = {"assistant": {"id": row["model"]}} if row["model"] else {}
    functions = _functions(row, databases, buckets, secrets, models)
    services = _services(row, databases, buckets, secrets, functions)
    queues = _queues(row, services, functions)
    made: dict[str, Any] = {
        "petc": 1,
        "name": "shop",
        "tags": {"owner": "team", "cost-centre": "4711"},
        "on_delete": row["on_delete"],
        "protected": row["protected"],
        "network": _network(row),
        "encryption": {"key": row["key"]},
        "security": {"permissions_boundary": row["boundary"], "trail": row["trail"]},
        "databases": databases,
        "buckets": buckets,
        "queues": queues,
        "secrets": secrets,
        "models": models,
        "configuration": _CONFIGURATION[row["configuration"]],
        "services": services,
        "functions": functions,
        "gateway": {
            "tracing": row["gateway_tracing"],
            "access_logs": row["gateway_logs"],
            "waf": {"enabled": row["waf"]},
        },
        "load_balancer": {
            "scheme": row["scheme"],
            "domain": row["domain"],
            "access_logs": row["balancer_logs"],
        },
        "monitoring": {
            "dashboard": row["dashboard"],
            "container_insights": row["container_insights"],
            "alarms": _ALARMS[row["alarms"]],
        },
        "notifications": {"email": list(row["email"])},
        "layers": {"functions": "lambda-quotes", "network": "net"} if row["labels"] else {},
        "stages": {"dev": {"targets": _targets(row)}},
    }
    if row["frontend"] != "none":
        made["frontend"] = {
            "content": "../site",
            "api": row["frontend"],
            "domain": row["site_domain"],
            "logs": row["site_logs"],
        }
    if row["moved"]:
        made["moved"] = {name: f"old-{name}" for name in (*list(services)[:1], *list(databases)[:1])}
    if row["override"] and services:
        first = "OldShop0" if row["moved"] else "Shop0"
        made["overrides"] = {
            "application": {
                f"Service{first}": {
                    "reason": "tries that an override is applied",
                    "set": {"EnableExecuteCommand": False},
                }
            }
        }
    return made


def _consistent(row: Row) -> Row:
    """Return the row without what rules refuse anyhow, which would hide all else that it tries."""
    changed = dict(row)
    if row["nat"] == "none" and not row["existing"]:
        changed |= {"endpoints": "all", "service_tracing": False, "internet": False}
        changed["image"] = "tag" if row["image"] == "public" else row["image"]
        if row["function_uses"] == "everything":
            changed["function_uses"] = "database"
    if row["admit"] and row["services"] * (row["aliases"] + 1) > 5:
        # Each closed path takes a kilobyte of the API's resource policy.
        changed["aliases"] = 0
    if row["site_domain"] and len(row["regions"]) > 1:
        changed["site_domain"] = ""
    if row["function_vpc"] == "never" and row["function_uses"] != "none":
        changed["function_vpc"] = "auto"
    return changed


_CONFIGURATION: Mapping[str, dict[str, Any]] = {
    "none": {},
    "some": {"LOG_FORMAT": "json", "page.size": 10, "cache.enabled": True, "rate": 0.25},
    "odd": {"list[0].name": "first", "a.b-c": "${X} and ${!Y}", "home": "https://example.com/$1"},
}

_ZERO = dict.fromkeys(
    (
        *("cpu_percent", "memory_percent", "errors_per_5_minutes", "latency_ms", "unhealthy_hosts"),
        *("connections_percent", "throttles_per_5_minutes", "dead_letters"),
    ),
    0,
)
_ALARMS: Mapping[str, dict[str, int]] = {
    "default": {},
    "zero": _ZERO,
    "half": {name: 0 for number, name in enumerate(_ZERO) if number % 2},
}

_ENDPOINTS: Mapping[str, list[str]] = {
    "none": [],
    "few": ["s3"],
    "all": [
        *("ecr", "logs", "ssm", "secretsmanager", "kms", "xray", "s3", "bedrock-runtime", "sns", "sqs"),
        *("ecs", "lambda", "monitoring"),
    ],
}


def _network(row: Row) -> dict[str, Any]:
    zones = row["zones"]
    network: dict[str, Any] = {
        "subnets": {
            tier: [f"10.0.{number * 16 + zone}.0/24" for zone in range(zones)]
            for number, tier in enumerate(("public", "app", "database"))
        },
        "nat": row["nat"],
        "endpoints": _ENDPOINTS[row["endpoints"]],
        "flow_logs": row["flow_logs"],
    }
    if row["existing"]:
        network["existing"] = True
        del network["nat"], network["flow_logs"]
    return network


def _targets(row: Row) -> dict[str, Any]:
    regions = {}
    for region in row["regions"]:
        prefix = f"arn:aws:acm:{region}:123456789012:certificate/0a1b2c3d-0000-1111-2222-333344445555"
        values: dict[str, Any] = {}
        if row["domain"]:
            values["certificate"] = prefix
            if row["zone"]:
                values["hosted_zone"] = "Z0123456789ABCDEFGHIJ"
        if row["frontend"] != "none" and row["site_domain"]:
            values["site_certificate"] = prefix.replace(region, "us-east-1")
        if row["key"] == "existing":
            values["kms_key"] = f"arn:aws:kms:{region}:123456789012:key/0a1b2c3d-0000-1111-2222-333344445555"
        if row["existing"]:
            values["vpc"] = "vpc-0123456789abcdef0"
            values["subnets"] = {
                tier: [f"subnet-0123456789abcd{number}{zone}0" for zone in range(row["zones"])]
                for number, tier in enumerate(("public", "app", "database"))
            }
        if row["by_units"]:
            names = ("certificate", "hosted_zone", "site_certificate")
            own = {name: values.pop(name) for name in names if name in values}
            values["accounts"] = {"123456789012": own} if own else {}
        regions[region] = values
    who: dict[str, Any] = (
        {"organizational_units": ["ou-abcd-11112222"]} if row["by_units"] else {"accounts": ["123456789012"]}
    )
    return {**who, "regions": regions, "templates": row["templates"]}


def _databases(row: Row) -> dict[str, Any]:
    found = {}
    for number in range(row["databases"]):
        found[f"db-{number}"] = {
            "schema": f"shop{number}",
            "capacity": {"min": 0.5, "max": 16},
            "port": row["database_port"],
            "readers": row["readers"],
            "monitoring_seconds": row["monitored"],
            "insights": row["insights"],
            "user": "app-user" if row["user"] == "secret" and number == 0 else "master",
            "tls": row["tls"],
            "log_exports": list(row["log_exports"]),
            "max_connections": row["max_connections"],
        }
    return found


def _services(
    row: Row,
    databases: Mapping[str, Any],
    buckets: Mapping[str, Any],
    secrets: Mapping[str, Any],
    functions: Mapping[str, Any],
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for number in range(row["services"]):
        name = f"shop-{number}"
        framework = row["framework"] if number % 2 == 0 else "plain"
        uses: dict[str, Any] = {}
        for item in list(databases)[: 1 if framework == "spring-boot" else 2]:
            uses[item] = {"pool": 2}
        if number == 0:
            uses |= {item: {"access": row["bucket_access"]} for item in buckets}
            uses |= {item: {} for item in secrets if item != "app-user"}
        if number != 2:
            uses["configuration"] = {}
        if row["discovery"]:
            uses["discovery"] = {}
        if row["internet"]:
            uses["internet"] = {}
        if row["notifies"] and number == 0:
            uses["notifications"] = {}
        before = f"shop-{number - 1}"
        if number and row["calls"] in ("service", "both"):
            uses[before] = {}
        if number and row["calls"] == "management":
            uses[before] = {"management": True}
        if row["calls"] in ("function", "both") and "quotes" in functions:
            uses["quotes"] = {}
        private = [f"/actuator{'/x' * level}" for level in range(row["private_paths"])]
        if framework == "spring-boot" and not private:
            private = ["/actuator"]
        found[name] = service = {
            "framework": framework,
            "image": _image(row, number),
            "architecture": row["architecture"],
            "cpu": 512,
            "memory": 2048,
            "port": 8080 + number % 2,
            "scale": {"min": row["scale"][0], "max": row["scale"][1]},
            "health": {"path": "/actuator/health"},
            "tracing": row["service_tracing"] and number != 1,
            "uses": uses,
            "configuration": {"app.own": f"{name} ${{not.a.reference}}", "app.size": number},
        }
        if number != 3:
            # The last of four is called by others alone.
            admits = row["admit"] or (1 if row["calls"] == "management" else 0)
            service["private_paths"] = private
            service["route"] = {
                "path": f"/api/{name}",
                "aliases": [f"/api/alias-{number}-{item}" for item in range(row["aliases"])],
                "prefix": row["prefix"],
                "admit": [f"203.0.{113 + item}.0/24" for item in range(admits)],
            }
        if number and row["after"]:
            service["after"] = [before]
    return found


def _queues(row: Row, services: Mapping[str, Any], functions: dict[str, Any]) -> dict[str, Any]:
    """Return a queue that the first service sends to, and let a function or the last service receive from it."""
    names = tuple(services)
    if row["queue"] == "none" or not names:
        return {}
    if row["queue"] == "function" or len(names) == 1:
        functions["pack"] = {
            "source": "../lambda_src/quotes",
            "concurrency": row["concurrency"],
            "trigger": {"queue": "packing"},
        }
    else:
        scales = row["queue"] == "backlog" and 1 <= row["scale"][0] < row["scale"][1]
        counted = scales and row["container_insights"] != "disabled"
        receives = {"access": "receive", "backlog": 50 if counted else 0}
        services[names[-1]]["uses"]["packing"] = receives
    services[names[0]]["uses"]["packing"] = {"access": "send"}
    return {"packing": {"max_receives": 2}}


def _image(row: Row, number: int) -> dict[str, str]:
    if row["image"] == "ecr" and number == 0:
        return {"uri": f"123456789012.dkr.ecr.{row['regions'][0]}.amazonaws.com/acme/shop:1.0.0"}
    if row["image"] == "public" and number == 0:
        return {"uri": "public.ecr.aws/docker/library/nginx:1.27.0"}
    return {"tag": "1.0.0"}


def _functions(
    row: Row,
    databases: Mapping[str, Any],
    buckets: Mapping[str, Any],
    secrets: Mapping[str, Any],
    models: Mapping[str, Any],
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    common = {
        "source": "../lambda_src/quotes",
        "architecture": row["architecture"],
        "concurrency": row["concurrency"],
        "tracing": row["function_tracing"],
    }
    uses: dict[str, Any] = {}
    if row["function_uses"] in ("database", "everything"):
        uses |= {item: {"pool": 1} for item in databases}
    if row["function_uses"] in ("service", "everything") and row["services"]:
        uses["shop-0"] = {}
    if row["function_uses"] == "everything":
        uses |= {item: {"access": row["bucket_access"]} for item in buckets}
        uses |= {item: {} for item in (*models, *secrets) if item != "app-user"}
        uses |= {"notifications": {}, "internet": {}}
    if row["functions"] in ("routed", "all"):
        found["quotes"] = {
            **common,
            "vpc": row["function_vpc"],
            "environment": {"TEXT": "${X} $1", "COUNT": 3},
            "uses": uses,
            "route": {
                "path": "/api/quotes",
                "methods": ["GET", "POST", "DELETE"],
                "admit": ["198.51.100.0/24"][: row["function_admit"]],
            },
        }
    if row["functions"] in ("scheduled", "all"):
        other: dict[str, Any] = {"quotes": {}} if "quotes" in found else {}
        found["sweep"] = {**common, "uses": other, "trigger": {"schedule": "cron(0 3 * * ? *)"}}
    if row["notifier"]:
        found["notifier"] = {
            **common,
            "uses": {item: {} for item in secrets if item != "app-user"} | {"internet": {}},
            "trigger": {"alarms": True},
        }
    # Of two databases the second has the managed user always.
    rotating = [name for name, item in databases.items() if item["user"] == "master"]
    if row["rotation"] and rotating:
        found["roller"] = {**common, "trigger": {"rotation_of": rotating[0]}}
    return found
