"""The comparable app in CDK: installed with npm into a folder of its own, and synthesised."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from bench.process import Command

PACKAGES = ("aws-cdk-lib@2", "aws-cdk@2", "constructs@10")

APP = Path(__file__).with_name("cdk") / "app.js"


def missing() -> str:
    """Return which of node and npm is not on the path, empty when both are."""
    return ", ".join(name for name in ("node", "npm") if not shutil.which(name))


def installed(cache: Path) -> Path:
    """Return the folder of the packages below `cache`, installed there at the first call."""
    folder = cache / "cdk"
    if not (folder / "node_modules" / ".bin" / "cdk").exists():
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            ["npm", "install", "--prefix", folder, "--no-audit", "--no-fund", "--loglevel=error", *PACKAGES],
            check=True,
            stdout=subprocess.DEVNULL,
        )
    return folder / "node_modules"


def synthesis(packages: Path, out: Path) -> Command:
    """Return `cdk synth` of the app into a fresh folder, without the questions that it asks the network."""

    def fresh(number: int) -> None:
        shutil.rmtree(out, ignore_errors=True)

    return Command(
        (
            *(packages / ".bin" / "cdk", "synth", "--quiet", "--no-notices", "--no-version-reporting"),
            *("--app", "node app.js", "--output", out),
        ),
        APP.parent,
        fresh,
        environment={"NODE_PATH": str(packages), "CDK_DISABLE_CLI_TELEMETRY": "true", "CI": "1"},
    )
