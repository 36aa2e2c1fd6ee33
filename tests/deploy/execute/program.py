"""Deploys a small stage as petc would, to be killed by tests: `program.py FOLDER STAGE`, both JSON or path.

Prints `ready` when everything is imported, and the code and message of a problem; then the status is 1.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from petc.deploy.execute import journal, signals
from petc.deploy.execute.events import silent
from petc.deploy.execute.resume import at_rest, resume
from petc.deploy.execute.run import deploy
from petc.diagnostics import Rejected
from tests.deploy.execute.small import connection, engine, observed, planned, wanted


def run(folder: Path, given: dict[str, object]) -> str:
    """Bring the stage to what is wanted, whatever an earlier run left; return a warning or nothing."""
    stage = wanted(**given)  # type: ignore[arg-type]
    by = engine(stage)
    account = connection(stage).account
    found = journal.load(folder, stage.spec, stage.stage, account)
    if found.unfinished:
        resume(found.unfinished, folder, by, silent)
    plan = planned(stage, at_rest(lambda: observed(stage, by), silent))
    if not plan.is_empty:
        deploy(plan, account, folder, by, silent)
    return found.warning.code if found.warning else ""


def main() -> int:
    print("ready", flush=True)
    try:
        with signals.as_interrupts():
            print(run(Path(sys.argv[1]), json.loads(sys.argv[2])))
    except Rejected as fault:
        for item in fault.diagnostics:
            print(item.code, item.message, item.help, sep="\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
