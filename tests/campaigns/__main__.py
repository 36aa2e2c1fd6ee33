"""`python -m tests.campaigns walks|kills --seeds 0-299 --jobs 2 --results FILE`: run what FILE does not have yet."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from tests import lint_results
from tests.campaigns.runner import CAMPAIGNS, prepared, run


def _seeds(text: str) -> range:
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def _read(results: Path) -> Iterator[dict[str, object]]:
    for line in results.read_text("utf-8").splitlines() if results.exists() else ():
        yield json.loads(line)


def main() -> int:
    """Run the seeds, print each result and the sum of all; status 1 when one of them found a fault."""
    parser = argparse.ArgumentParser(prog="python -m tests.campaigns")
    parser.add_argument("campaign", choices=CAMPAIGNS)
    parser.add_argument("--seeds", type=_seeds, required=True)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--results", type=Path, required=True)
    asked = parser.parse_args()
    done = {item["seed"] for item in _read(asked.results)}
    os.environ.setdefault(lint_results.VARIABLE, str(asked.results.absolute().with_suffix(".lint")))
    starts = prepared(asked.results.absolute().with_suffix(".starts"))
    jobs = [(asked.campaign, seed, starts) for seed in asked.seeds if seed not in done]
    # No pool of multiprocessing: its processes may have no children, and petc verifies in some.
    with ProcessPoolExecutor(asked.jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        for found in (ended.result() for ended in as_completed([pool.submit(run, job) for job in jobs])):
            with asked.results.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps(found) + "\n")
            print("FAULT" if found["fault"] else "ok   ", found["seed"], found["seconds"], "s", flush=True)
            for line in (found.get("ends"), found["fault"]):
                if line:
                    print("     ", line, flush=True)
    every = [item for item in _read(asked.results) if item["seed"] in asked.seeds]
    faults = [item["seed"] for item in every if item["fault"]]
    hours = sum(float(str(item["seconds"])) for item in every) / 3600
    print(f"{len(every)} seeds, {len(faults)} with a fault {faults}, {hours:.1f} hours")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
