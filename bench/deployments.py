"""Deployments on the local AWS: calls of a run with nothing to do, parallel layers, and plans for many targets."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.process import Command, FailedError, interleaved, measured
from bench.rows import Row
from petc_local.fault_client import Faults

PETC = Path(sys.executable).with_name("petc")
DAY = ("--as-of", "2026-11-23")
STAGE = "dev"
ACCOUNT = "123456789012"
REGION = "us-west-2"
REGIONS = ("us-west-2", "us-east-2", "us-east-1", "us-west-1")
AT = ("--stage", STAGE, "--local")


def calls(home: Path) -> list[Row]:
    """Count the calls of a deployment that finds nothing to do; `home` holds the reference project."""
    with _deployed(home) as faults:
        faults.forget_calls()
        _petc(home, "deploy", *AT, "--yes", *DAY)
        made = sum(faults.calls().values())
    layers = len(_manifest(home))
    what = f"AWS calls of `petc deploy`, nothing to do, {layers} layers, 1 target"
    return [Row(what, "layers and targets", made / layers, 3, "calls")]


def preflight(home: Path, runs: int) -> list[Row]:
    """Measure what the look-ups add to the plan of a first deployment: `petc plan` with them and without."""
    _petc(home, "compile", "--no-lint", "--stage", STAGE, *DAY)
    with _bootstrapped(home):
        asking, silent = interleaved(
            (
                Command((PETC, "plan", *AT, *DAY), home),
                Command((PETC, "plan", *AT, "--no-preflight", *DAY), home),
            ),
            runs,
        )
    added = asking.wall - silent.wall
    note = f"processor time {asking.cpu - silent.cpu:.2f} s, without the server's"
    return [Row("look-ups before a first deployment, 1 target", "-", added, 1, "s", note=note)]


def side_by_side(home: Path, seconds: float) -> list[Row]:
    """Deploy when each layer takes a simulated time, against the longest path through the graph of layers."""
    _petc(home, "compile", "--no-lint", "--stage", STAGE, *DAY)
    with _bootstrapped(home) as faults:
        faults.pace("*", seconds)
        told = _petc(home, "deploy", *AT, "--yes", "--format", "json", *DAY)
    taken = next(
        item["seconds"] for item in map(json.loads, told.splitlines()) if item.get("event") == "ended"
    )
    depth = _longest(_manifest(home))
    figure = taken / (depth * seconds)
    note = f"{depth} layers deep, {seconds:g} s each"
    return [Row("`petc deploy`, all layers", "the longest path through the layers", figure, 1.15, note=note)]


def many_targets(home: Path, accounts: int) -> list[Row]:
    """Plan for many accounts in four regions: their stacks are simulated, and tasks of theirs run."""
    with _deployed(home) as faults:
        numbers = [ACCOUNT, *(f"{300000000000 + number}" for number in range(1, accounts))]
        for layer in _manifest(home):
            _simulate(faults, layer, numbers)
        spec = home / "spec" / "petclinic.yaml"
        text = spec.read_text("utf-8")
        wide = (
            f'administrator: "{ACCOUNT}", accounts: [{", ".join(json.dumps(number) for number in numbers)}], '
            f"regions: {{{', '.join(f'{region}: {{}}' for region in REGIONS)}}}"
        )
        before = f'accounts: ["{ACCOUNT}"], regions: {{{REGION}: {{}}}}'
        assert before in text, "the reference spec names its targets otherwise"
        spec.write_text(text.replace(before, wide), "utf-8")
        _petc(home, "compile", "--stage", STAGE, *DAY)
        used = measured(Command((PETC, "plan", *AT, *DAY), home, succeeds=_any))
    what = f"`petc plan`, {len(_manifest(home))} layers × {accounts} accounts × {len(REGIONS)} regions, simulated"
    note = f"processor time {used.cpu:.1f} s"
    return [Row(what, "-", used.wall, 10, "s", note=note), Row(f"{what}: peak", "-", used.peak, 200, "MiB")]


def _simulate(faults: Faults, layer: dict[str, Any], accounts: list[str]) -> None:
    """Give a layer's stack set an instance in every account and region where none stands."""
    values = {item["name"]: item["full_value"] for item in layer["parameters"] if item["full_value"]}
    for some, regions in ((accounts[:1], REGIONS[1:]), (accounts[1:], REGIONS)):
        faults.simulate(
            f"petclinic-{STAGE}-{layer['file'].removesuffix('.yaml')}",
            account=ACCOUNT,
            region=REGION,
            accounts=some,
            regions=regions,
            parameters=dict.fromkeys(regions, values) if values else None,
        )


@contextmanager
def _bootstrapped(home: Path) -> Iterator[Faults]:
    try:
        _petc(home, "bootstrap", *AT, "--yes")
        yield Faults(json.loads(_petc(home, "local", "status", "--format", "json"))["endpoint"])
    finally:
        _petc(home, "local", "stop")


@contextmanager
def _deployed(home: Path) -> Iterator[Faults]:
    _petc(home, "compile", "--no-lint", "--stage", STAGE, *DAY)
    with _bootstrapped(home) as faults:
        _petc(home, "deploy", *AT, "--yes", *DAY)
        yield faults


def _manifest(home: Path) -> list[dict[str, Any]]:
    found = json.loads((home / "generated" / STAGE / "manifest.json").read_text("utf-8"))["layers"]
    assert isinstance(found, list)
    return found


def _longest(layers: list[dict[str, Any]]) -> int:
    """Return how many layers the longest chain of dependencies has; layers come in deployment order."""
    depth: dict[object, int] = {}
    for layer in layers:
        depth[layer["name"]] = 1 + max((depth[name] for name in layer["depends_on"]), default=0)
    return max(depth.values())


def _petc(home: Path, *arguments: str) -> str:
    done = subprocess.run(
        [PETC, *arguments], cwd=home, env=os.environ, capture_output=True, text=True, check=False
    )
    if done.returncode:
        last = "\n".join((done.stdout + done.stderr).strip().splitlines()[-12:])
        raise FailedError(f"petc {' '.join(arguments)}: status {done.returncode}\n{last}")
    return done.stdout


def _any(status: int) -> bool:
    return status >= 0
