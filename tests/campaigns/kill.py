"""One deployment whose process is killed at random moments, run again until it ends."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.campaigns.shop import STAGE, Fault, Shop, changed
from tests.campaigns.walk import _balancer, _cart, _scale, _setting, _subnets
from tests.cli.operating import DAY
from tests.petc_local.running import LocalAws

_EDITS = (_setting, _scale, _cart, _subnets, _balancer)


def starts_deployed(draw: random.Random) -> bool:
    """Draw first of all whether updates of a deployed stage are killed, and not its first deployment."""
    return draw.random() < 0.6


def kill(seed: int, home: Path, aws: LocalAws) -> dict[str, object]:
    """Kill one to three runs of a first deployment or an update, and return what was left when a run had ended."""
    draw = random.Random(seed)
    shop = Shop(home, aws)
    kills, fault = 0, ""
    try:
        if starts_deployed(draw):
            fault = _update(shop, draw)
        if draw.random() < 0.5:
            aws.faults.stall(logical_id="*", seconds=0.05, times=0)
        for _ in range(draw.randrange(1, 4)):
            kills += _killed(shop, draw)
        aws.faults.clear()
        fault = fault or _ended(shop)
    except Fault as told:
        fault = str(told)
    return {"seed": seed, "kills": kills, "fault": fault, "log": shop.log[-12:] if fault else []}


def _update(shop: Shop, draw: random.Random) -> str:
    """Compile an edit that the plan takes; return what went wrong."""
    for _ in range(6):
        spec = changed(shop.spec)
        draw.choice(_EDITS)(spec, draw)
        if spec != shop.spec and shop.write(spec) and shop.run("plan", *STAGE, *DAY).exit_code == 0:
            shop.spec = spec
            return "" if shop.bootstrap().exit_code == 0 else "bootstrap fails"
    return "" if shop.write(shop.spec) else "the spec does not compile"


def _killed(shop: Shop, draw: random.Random) -> int:
    """Start a deployment and kill it after a random time; return how many were killed, none when it ended before."""
    command = [str(Path(sys.executable).with_name("petc")), "deploy", *STAGE, "--yes", *DAY]
    child = subprocess.Popen(
        command,
        cwd=shop.home,
        env={**shop.aws.environment(), "NO_COLOR": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    end = time.monotonic() + draw.uniform(0.3, 5.0)
    while child.poll() is None and time.monotonic() < end:
        time.sleep(0.02)
    if child.poll() is not None:
        return 0
    child.send_signal(signal.SIGKILL)
    child.wait()
    return 1


def _ended(shop: Shop) -> str:
    """Run the deployment to its end and return what is wrong with what it left."""
    result = shop.deploy()
    if result.exit_code:
        return f"the deployment does not converge: {(result.stderr or result.output)[-900:]}"
    locks = [
        item["Key"]
        for bucket in shop.aws.client("s3").list_buckets()["Buckets"]
        if bucket["Name"].startswith("petc-artifacts-")
        for item in shop.aws.client("s3").list_objects_v2(Bucket=bucket["Name"]).get("Contents", ())
        if "lock" in item["Key"]
    ]
    return shop.settled() or (f"a lock is left: {locks}" if locks else "")
