"""One random walk: edits of a deployed stage, each ending as its plan says or refused before the first step."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

from tests.campaigns.shop import ACCOUNTS, REGIONS, Fault, Shop, Spec, allowances, changed
from tests.petc_local.running import LocalAws

Edit = Callable[[Spec, random.Random], None]


def _targets(spec: Spec) -> Spec:
    found: Spec = spec["stages"]["dev"]["targets"]
    return found


def _label(spec: Spec, draw: random.Random) -> None:
    layer = draw.choice(("network", "security", "application", "monitoring"))
    labels = spec.setdefault("layers", {})
    if layer in labels:
        del labels[layer]
    else:
        labels[layer] = f"{layer}-x"
    if not labels:
        del spec["layers"]


def _engine(spec: Spec, draw: random.Random) -> None:
    targets = _targets(spec)
    targets["engine"] = "stacks" if targets.get("engine", "stack-sets") == "stack-sets" else "stack-sets"


def _encryption(spec: Spec, draw: random.Random) -> None:
    now = spec.get("encryption", {}).get("key", "customer")
    spec["encryption"] = {"key": "aws" if now == "customer" else "customer"}


def _network(spec: Spec, draw: random.Random) -> None:
    second = draw.choice((20, 30, 40))
    network = spec["network"]
    network["cidr"] = f"10.{second}.0.0/16"
    for at, tier in enumerate(("public", "app", "database")):
        network["subnets"][tier] = [f"10.{second}.{2 * at + zone}.0/24" for zone in (0, 1)]


def _subnets(spec: Spec, draw: random.Random) -> None:
    subnets = spec["network"]["subnets"]
    tier = draw.choice(("public", "app", "database"))
    match draw.choice(("swap", "shrink", "shift")):
        case "swap":
            subnets[tier].reverse()
        case "shrink":
            subnets[tier] = [text.replace("/24", "/25") for text in subnets[tier]]
        case _:
            base = subnets[tier][0].rsplit(".", 2)[0]
            subnets[tier] = [f"{base}.{draw.randrange(6, 60) * 2 + zone}.0/24" for zone in (0, 1)]


def _region(spec: Spec, draw: random.Random) -> None:
    targets = _targets(spec)
    chosen = draw.sample(REGIONS, draw.choice((1, 2)))
    targets["regions"] = {region: {} for region in chosen}
    if draw.random() < 0.3:
        targets["home"] = draw.choice(REGIONS)
    elif draw.random() < 0.3:
        targets.pop("home", None)


def _accounts(spec: Spec, draw: random.Random) -> None:
    _targets(spec)["accounts"] = sorted(draw.sample(ACCOUNTS, draw.choice((1, 1, 2, 3))))


def _setting(spec: Spec, draw: random.Random) -> None:
    spec["configuration"]["LOG_FORMAT"] = draw.choice(("json", "text", "logfmt"))


def _scale(spec: Spec, draw: random.Random) -> None:
    for service in spec["services"].values():
        service["scale"] = {"min": 1, "max": draw.choice((2, 3, 4))}


def _cart(spec: Spec, draw: random.Random) -> None:
    if "cart" in spec["services"]:
        del spec["services"]["cart"]
    else:
        spec["services"]["cart"] = {
            "image": {"tag": "1.0.0"},
            "route": "/api/cart",
            "health": "/health",
            "uses": {"configuration": {}, "orders": {}},
        }


def _database(spec: Spec, draw: random.Random) -> None:
    database = spec["databases"]["orders-db"]
    match draw.choice(("capacity", "schema", "backup", "protection")):
        case "capacity":
            database["capacity"]["max"] = draw.choice((2, 3, 4))
        case "schema":
            database["schema"] = draw.choice(("orders", "orders2"))
        case "backup":
            database["backup_days"] = draw.choice((7, 14))
        case _:
            database["deletion_protection"] = draw.random() < 0.5


def _kept(spec: Spec, draw: random.Random) -> None:
    spec["stages"]["dev"]["on_delete"] = draw.choice(("keep", "discard"))


def _balancer(spec: Spec, draw: random.Random) -> None:
    spec["load_balancer"] = {"scheme": draw.choice(("internal", "internet-facing"))}


EDITS: tuple[Edit, ...] = (
    _label,
    _engine,
    _encryption,
    _network,
    _subnets,
    _region,
    _accounts,
    _setting,
    _scale,
    _cart,
    _database,
    _kept,
    _balancer,
)


def walk(seed: int, home: Path, aws: LocalAws, steps: int = 5) -> dict[str, object]:
    """Walk from the deployed starter spec and return what each step came to; `fault` says what went wrong, if any."""
    draw = random.Random(seed)
    shop = Shop(home, aws)
    ends: list[str] = []
    fault = ""
    try:
        while not fault and len(ends) < steps:
            edit = draw.choice(EDITS)
            end, fault = _step(shop, edit, draw)
            ends.append(f"{edit.__name__[1:]}: {end}")
    except Fault as told:
        fault = str(told)
    return {"seed": seed, "ends": ends, "fault": fault, "log": shop.log[-12:] if fault else []}


def _step(shop: Shop, edit: Edit, draw: random.Random) -> tuple[str, str]:
    """Return how the step ended, and what is wrong with that."""
    before, spec = shop.spec, changed(shop.spec)
    edit(spec, draw)
    standing = shop.deployed()
    accepts = draw.random() < 0.6
    if not shop.write(spec):
        assert shop.write(before)
        return "refused by the compiler", ""
    shop.spec = spec
    result = shop.deploy()
    made = result
    if result.exit_code and "petc bootstrap" in result.stderr and shop.deployed() == standing:
        made = shop.bootstrap()
        result = shop.deploy()
    for _ in range(3):
        asked = allowances(result)
        if result.exit_code == 0 or not asked or not accepts:
            break
        if shop.deployed() != standing:
            break
        result = shop.deploy(*asked)
    if result.exit_code == 0:
        return "deployed", shop.settled()
    if shop.deployed() != standing:
        return "torn", f"a deployment stopped half way: {(result.stderr or result.output)[-900:]}"
    shop.spec = before
    assert shop.write(before)
    back = shop.deploy()
    if back.exit_code or shop.deployed() != standing:
        return "refused", f"the way back fails: {(back.stderr or back.output)[-900:]}"
    reason = next((line for line in result.stderr.splitlines() if line.startswith("error")), "")
    return f"refused{'' if made.exit_code == 0 else ', bootstrap too'}: {reason[:90]}", shop.settled()
