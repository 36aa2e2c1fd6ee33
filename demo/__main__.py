"""Validate, compile, lint and deploy the reference spec, change a line of it, and ask what stands.

Every command is shown as one would type it. They run in a copy of the project, so that the change stays there.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[1]
HOME = ROOT / ".petc" / "demo"
PARTS = ("spec", "schemas", "lambda_src", "frontend", "generated")
STAGE = "dev"
BEFORE, AFTER = "backup_days: 7", "backup_days: 14"
"""The line that is changed, and what it becomes."""

OWNER = "/api/gateway/owners/1"
"""A path that a function answers. The services behind it are containers, which do not run here, so it says 503."""


def main(arguments: list[str] | None = None) -> int:
    """Run the demonstration and return its exit status; `--keep` leaves the local AWS running."""
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    parser.add_argument("--home", type=Path, default=HOME, help="folder of the copy")
    parser.add_argument("--keep", action="store_true", help="leave the local AWS running, to look around")
    asked = parser.parse_args(arguments)
    started = time.monotonic()
    home = _copied(asked.home)
    try:
        _show(home)
    except subprocess.CalledProcessError as failed:
        print(
            f"\nthe demonstration ends here: the command came to status {failed.returncode}", file=sys.stderr
        )
        return 1
    finally:
        if not asked.keep:
            _petc(home, "local", "stop", quiet=True)
    print(f"\nall of it took {time.monotonic() - started:.0f} s")
    if asked.keep:
        print(f"the local AWS still runs; in {os.path.relpath(home)}, `petc local stop` ends it")
    return 0


def _show(home: Path) -> None:
    _say("The spec is judged, compiled to one template per layer, and the templates are verified.")
    for command in ("validate", "compile", "lint"):
        _petc(home, command)
    _say("An AWS on this machine stands in for an account: roles and buckets first, then the layers.")
    _petc(home, "bootstrap", "--stage", STAGE, "--local", "--yes")
    _petc(home, "deploy", "--stage", STAGE, "--local", "--yes")
    _say("A second run finds nothing to do.")
    _petc(home, "deploy", "--stage", STAGE, "--local", "--yes")
    _say(f"One line of the spec changes: {BEFORE} becomes {AFTER}.")
    spec = home / "spec" / "petclinic.yaml"
    spec.write_text(spec.read_text("utf-8").replace(BEFORE, AFTER), "utf-8")
    _petc(home, "compile", "--stage", STAGE, "--no-lint")
    _petc(home, "plan", "--stage", STAGE, "--local")
    _petc(home, "deploy", "--stage", STAGE, "--local", "--yes")
    _say("What stands now, and where.")
    _petc(home, "status", "--stage", STAGE, "--local")
    _say("These answer on this machine; everything else is recorded only.")
    for address in _answering(home):
        print(f"  {_asked(address):>4}  {address}")


def _answering(home: Path) -> list[str]:
    """Return addresses of the site and of the API as they answer on this machine."""
    status = json.loads(_petc(home, "status", "--stage", STAGE, "--local", "--format", "json", quiet=True))
    here = {item["name"]: next(iter(item["here"].values()), "") for item in status["outputs"]}
    return [here["SiteUrl"], here["ApiUrl"] + OWNER]


def _asked(address: str) -> int:
    """Return the HTTP status of an address below `localhost`, which not every resolver knows."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=30)
    connection.request("GET", parts.path, headers={"Host": parts.netloc})
    return connection.getresponse().status


def _copied(home: Path) -> Path:
    if home.exists():
        _petc(home, "local", "stop", quiet=True)
    shutil.rmtree(home, ignore_errors=True)
    for part in PARTS:
        shutil.copytree(ROOT / part, home / part, ignore=shutil.ignore_patterns("__pycache__"))
    lint = ROOT / ".petc" / "lint"
    if lint.is_dir():  # results go by content, so those of the project hold for its copy
        shutil.copytree(lint, home / ".petc" / "lint")
    return home


def _petc(home: Path, *arguments: str, quiet: bool = False) -> str:
    command = [str(Path(sys.executable).with_name("petc")), *arguments]
    if quiet:
        done = subprocess.run(command, cwd=home, capture_output=True, text=True, check=False)
        return done.stdout
    print(f"\n$ petc {' '.join(arguments)}", flush=True)
    subprocess.run(command, cwd=home, check=True)
    return ""


def _say(sentence: str) -> None:
    print(f"\n# {sentence}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
