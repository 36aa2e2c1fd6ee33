"""Measure, and print the table of ratios."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from pathlib import Path

from bench.jobs import JOBS, ROOT, Settings
from bench.process import FailedError
from bench.rows import Row, table


def main(arguments: list[str] | None = None) -> int:
    """Return 0, or 1 with `--strict` when a figure is over its budget; 3 when a command failed."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="counted runs of each command (default: 5)")
    parser.add_argument(
        "--only", choices=JOBS, action="append", help="a job; repeat for several (default: all)"
    )
    parser.add_argument(
        "--strict", action="store_true", help="exit with status 1 when a figure is over its budget"
    )
    parser.add_argument("--small", action="store_true", help="the fewest services; the figures mean nothing")
    asked = parser.parse_args(arguments)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="petc-bench-") as home:
        for name in asked.only or JOBS:
            print(f"measuring {name}", file=sys.stderr, flush=True)
            try:
                rows += JOBS[name](
                    Settings(Path(home) / name, ROOT / ".petc" / "bench", max(1, asked.runs), asked.small)
                )
            except FailedError as failed:
                print(failed, file=sys.stderr)
                return 3
    print(f"Python {platform.python_version()}, {os.cpu_count()} processors, medians of interleaved runs\n")
    print(table(rows))
    return int(asked.strict and any(row.is_over for row in rows))


if __name__ == "__main__":
    sys.exit(main())
