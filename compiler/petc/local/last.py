"""What the last start chose, which the next one takes again."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from petc.local import layout

ACCOUNT = "123456789012"
"""The account of a first start that names none: the one that AWS writes in examples."""

REGION = "us-east-1"
"""The region of a first start that names none: the one that AWS takes for global services."""


@dataclass(frozen=True, slots=True)
class Last:
    """Port, or 0 for any; account and region that requests without signature reach."""

    port: int = 0
    account: str = ACCOUNT
    region: str = REGION


def read(folder: Path) -> Last:
    """Return what the last start in a folder chose, or the values of a first one."""
    try:
        values = json.loads(layout.last(folder).read_text("utf-8"))
        return Last(int(values["port"]), str(values["account"]), str(values["region"]))
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return Last()


def write(folder: Path, chosen: Last) -> None:
    """Keep a start's choice; raises `OSError`. A torn file reads like none."""
    layout.last(folder).write_text(json.dumps(asdict(chosen)) + "\n", "utf-8")
