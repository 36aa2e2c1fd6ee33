"""What the last start chose, which the next one takes again."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from petc.local import folder_layout, private_files, server_record

ACCOUNT = "123456789012"
"""The account of a first start that names none: the one that AWS writes in examples."""

REGION = "us-east-1"
"""The region of a first start that names none: the one that AWS takes for global services."""


@dataclass(frozen=True, slots=True)
class Last:
    """Port, or 0 for any; account and region that requests without signature reach.

    `seed` is a random text that stays as long as the state (`petc.local.server_mark`); empty before the first start.
    """

    port: int = 0
    account: str = ACCOUNT
    region: str = REGION
    seed: str = ""


def read(folder: Path) -> Last:
    """Return what the last start in a folder chose, or the values of a first one."""
    try:
        values = private_files.read(folder_layout.last(folder))
    except (OSError, ValueError, OverflowError, RecursionError):
        return Last()
    match values:
        case {"port": int(port), "account": str(account), "region": str(region)} if (
            0 <= port < 1 << 16
            and server_record.ACCOUNT.fullmatch(account)
            and server_record.REGION.fullmatch(region)
        ):
            seed = values.get("seed", "")
            return Last(port, account, region, seed if isinstance(seed, str) else "")
    return Last()


def write(folder: Path, chosen: Last) -> None:
    """Keep a start's choice, for its owner only; raises `OSError`."""
    private_files.write(folder_layout.last(folder), json.dumps(asdict(chosen)) + "\n")
