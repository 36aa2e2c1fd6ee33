"""Rules about keeping data: windows and days of backups, and what a deletion takes along."""

from __future__ import annotations

from collections.abc import Iterator

from petc.diagnostics import Code, Related, Severity
from petc.model.rules.rule import Case, Found, Rule

DAY = 24 * 60
"""Minutes of a day."""
WEEK = 7 * DAY
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

SHORTEST_WINDOW = 30
"""Minutes; Amazon RDS API reference, CreateDBCluster."""

SAFE_DAYS = 7
"""Days of backups that a protected stage should keep: a fault that a weekend hides can be undone after it."""


def minutes(moment: str) -> int | None:
    """Return `02:30` or `tue:02:30` as minutes since midnight, or since Monday; None for no time of day."""
    day, _, clock = moment.rpartition(":")[0].rpartition(":")
    hour, minute = int(clock), int(moment[-2:])
    return (DAYS.index(day) if day else 0) * DAY + hour * 60 + minute if hour < 24 else None


def window(text: str, turn: int) -> tuple[int, int] | None:
    """Return start and length in minutes of a window that may pass the end of its turn, a day or a week."""
    start, end = (minutes(moment) for moment in text.split("-"))
    return None if start is None or end is None else (start, (end - start) % turn)


def overlap(backup: str, maintenance: str) -> bool:
    """Return whether a daily and a weekly window share a minute; a malformed one shares none."""
    daily, weekly = window(backup, DAY), window(maintenance, WEEK)
    if daily is None or weekly is None:
        return False
    gaps = (daily[0] + day * DAY - weekly[0] for day in range(len(DAYS)))
    return any(gap % WEEK < weekly[1] or -gap % WEEK < daily[1] for gap in gaps)


def _malformed(case: Case) -> Iterator[Found]:
    for database in case.stage.databases.values():
        for key, text, turn in (
            ("backup_window", database.backup_window, DAY),
            ("maintenance_window", database.maintenance_window, WEEK),
        ):
            found = window(text, turn)
            if found is None:
                message = f"`{text}` names an hour that no day has"
            elif found[1] < SHORTEST_WINDOW:
                message = f"`{text}` lasts {found[1]} minutes, but RDS wants {SHORTEST_WINDOW} or more"
            else:
                continue
            yield Found(f"{database.at}/{key}", message, "hours go from 00 to 23, in UTC: 02:00-02:30")


def _overlaps(case: Case) -> Iterator[Found]:
    for database in case.stage.databases.values():
        if overlap(database.backup_window, database.maintenance_window):
            yield Found(
                f"{database.at}/maintenance_window",
                f"the maintenance window `{database.maintenance_window}` of {database.name} meets the daily"
                " backup"
                f" window `{database.backup_window}`",
                "move one of them; both are in UTC",
                (Related("the backup window stands here", pointer=f"{database.at}/backup_window"),),
            )


def _short(case: Case) -> Iterator[Found]:
    for database in case.stage.databases.values():
        if case.stage.protected and database.backup_days < SAFE_DAYS:
            yield Found(
                f"{database.at}/backup_days",
                f"{database.name} keeps backups for {database.backup_days} days in a protected stage",
                f"write `backup_days: {SAFE_DAYS}` or more",
            )


def _unprotected(case: Case) -> Iterator[Found]:
    stage = case.stage
    if not stage.protected:
        return
    if not stage.keep:
        yield Found(
            "/on_delete",
            "`on_delete: discard` deletes the data of a protected stage together with its stacks",
            "write `on_delete: keep`",
        )
    for database in stage.databases.values():
        if not database.deletion_protection:
            yield Found(
                f"{database.at}/deletion_protection",
                f"{database.name} can be deleted by a single call in a protected stage",
                "write `deletion_protection: true`",
            )


_PROTECTED = "protected: true\nservices: {orders: {scale: {min: 2}}}\nstages: {dev: {on_delete: keep}}\n"

RULES = (
    Rule(
        Code(
            "window-malformed",
            Severity.ERROR,
            "a window of no or too little time",
            "RDS refuses a window of less than 30 minutes, or with an hour past 23. Times are in UTC.",
            bad='databases: {orders-db: {backup_window: "02:00-02:15"}}\n',
            good='databases: {orders-db: {backup_window: "02:00-02:30"}}\n',
        ),
        _malformed,
    ),
    Rule(
        Code(
            "window-overlap",
            Severity.ERROR,
            "maintenance and backup at the same time",
            "RDS refuses a cluster whose daily backup window meets its weekly maintenance window, on any "
            "day and over midnight too.",
            bad='databases: {orders-db: {backup_window: "08:15-08:45"}}\n',
            good='databases: {orders-db: {backup_window: "08:30-09:00"}}\n',
        ),
        _overlaps,
    ),
    Rule(
        Code(
            "short-backup",
            Severity.WARNING,
            "few days of backups in a protected stage",
            "A fault that nobody notices for a week can only be undone from a backup that is older.",
            bad=_PROTECTED + "databases: {orders-db: {deletion_protection: true, backup_days: 3}}\n",
            good=_PROTECTED + "databases: {orders-db: {deletion_protection: true, backup_days: 7}}\n",
        ),
        _short,
    ),
    Rule(
        Code(
            "unprotected-data",
            Severity.WARNING,
            "data of a protected stage is easy to lose",
            "`protected` asks for a second look before changes. Data should then outlive its stack, and a "
            "cluster should refuse to be deleted.",
            bad=_PROTECTED,
            good=_PROTECTED + "databases: {orders-db: {deletion_protection: true}}\n",
        ),
        _unprotected,
    ),
)
