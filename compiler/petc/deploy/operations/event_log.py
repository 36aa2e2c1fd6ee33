"""What happened to a stage, joined over its layers: failures first, each with its reason. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from petc.deploy.targets import Target
from petc.report.columns import columns
from petc.source.tree import Json

_ECHOES = ("Resource creation cancelled", "Resource update cancelled", "Resource deletion cancelled")
"""What CloudFormation writes at resources that stop because of another one (wording seen, assumed stable)."""

_BAD = re.compile(r"FAILED|INOPERABLE|STOPPED|CANCELLED|ROLLBACK")
_AGE = re.compile(r"(\d+)([mhd])")
_SECONDS = {"m": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened; `time` is AWS's clock, in seconds since the epoch.

    `what` is a logical id, `stack`, `instance`, or `operation <id>`. `target` is empty for an operation.
    """

    time: float
    stem: str
    target: Target | None
    what: str
    type: str
    status: str
    reason: str = ""

    @property
    def is_failure(self) -> bool:
        """Whether it is a failure of its own, not the echo of another resource's."""
        return bool(_BAD.search(self.status)) and not self.reason.startswith(_ECHOES)


def joined(
    found: Iterable[Happening], *, layers: Collection[str] = (), since: float = 0.0, failures: bool = False
) -> tuple[Happening, ...]:
    """Return failures, the newest first, and then all else, the newest first; `layers` are stems or names."""
    kept = [
        item
        for item in dict.fromkeys(found)
        if item.time >= since
        and (not layers or item.stem in layers or item.stem.partition("-")[2] in layers)
        and (item.is_failure or not failures)
    ]
    return tuple(sorted(kept, key=lambda item: (not item.is_failure, -item.time, item.stem, item.what)))


def beginning(text: str, now: float) -> float:
    """Return the moment that `30m`, `2h`, `7d` or an ISO 8601 time means; raises `ValueError` for other text."""
    match = _AGE.fullmatch(text)
    if match:
        return now - int(match.group(1)) * _SECONDS[match.group(2)]
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def text(found: Iterable[Happening], width: int, most: int) -> str:
    """Return at most so many happenings as lines; a reason goes on below itself."""
    every = tuple(found)
    rows = [
        (
            datetime.fromtimestamp(item.time, UTC).strftime("%m-%d %H:%M:%S"),
            item.stem,
            str(item.target or ""),
            item.status,
            f"{item.what}  {item.reason}".rstrip(),
        )
        for item in every[:most]
    ]
    lines = list(columns(rows, width))
    if len(every) > most:
        lines.append(f"and {len(every) - most:,} more; --all shows them")
    return "\n".join(lines)


def as_json(found: Iterable[Happening]) -> Json:
    """Return the happenings for machines, in the same order."""
    return [
        {
            "time": datetime.fromtimestamp(item.time, UTC).isoformat(),
            "layer": item.stem,
            "target": str(item.target) if item.target else None,
            "what": item.what,
            "type": item.type,
            "status": item.status,
            "reason": item.reason,
            "failure": item.is_failure,
        }
        for item in found
    ]
