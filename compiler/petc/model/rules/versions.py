"""Rules about versions: engines of databases and runtimes of functions, known, alive and still to be had."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import date, timedelta

from petc.diagnostics import Code, Severity
from petc.model import catalogue, engines
from petc.model.engines import DatabaseEngine
from petc.model.rules.rule import Case, Found, Rule
from petc.source.suggest import closest

SOON = timedelta(days=180)
"""How long before an end it is time to move on."""


def months_later(day: date, months: int) -> date:
    """Return the same day of a later month, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _support_ends(engine: DatabaseEngine, version: str) -> tuple[date, str] | None:
    """Return when support of a version ends, and why then; the earlier of its line's and its family's end."""
    tables = catalogue.catalogue(engine.catalogue)
    ends = []
    family = tables["families"].get(version.partition(".mysql")[0], {}).get("standard_support_ends")
    if family:
        ends.append((date.fromisoformat(family), "standard support of its major version"))
    for line, row in tables["lines"].items():
        if version == line or version.startswith(f"{line}."):
            months = tables["months_of_support"]["long_term" if row.get("long_term") else "other"]
            end = months_later(date.fromisoformat(row["released"]), months)
            ends.append((end, f"the {months} months that AWS promises its minor version"))
    return min(ends) if ends else None


def _old_engines(case: Case) -> Iterator[Found]:
    for database in case.stage.databases.values():
        tables = catalogue.catalogue(engines.of(database).catalogue)
        end = _ending(engines.of(database), database.version, case.today)
        if end is None:
            continue
        verb = "ended" if end[0] <= case.today else "ends soon,"
        yield Found(
            f"{database.at}/version",
            f"for `{database.version}` of {database.name} {end[1]} {verb} on {end[0]}",
            f"write `{tables['successor']}`, or a later version; try the upgrade on a copy first",
        )


def _notice(reason: str) -> timedelta:
    """Return how early to speak: a major version's end is announced, a minor version's often comes later."""
    return SOON if reason.startswith("standard") else timedelta(0)


def _ending(engine: DatabaseEngine, version: str, today: date) -> tuple[date, str] | None:
    """Return the end of a version's support, and why it ends, where it is near or past."""
    known = version in catalogue.catalogue(engine.catalogue)["versions"]
    end = _support_ends(engine, version) if known else None
    return end if end is not None and end[0] - today <= _notice(end[1]) else None


def _patched_engines(case: Case) -> Iterator[Found]:
    """Say which patch is newer; a line whose support ends has to be left, and one that is gone is refused."""
    for database in case.stage.databases.values():
        engine = engines.of(database)
        gone = database.version in catalogue.catalogue(engine.catalogue)["not_creatable"]
        newest = newest_patch(engine, database.version)
        if newest != database.version and not gone and _ending(engine, database.version, case.today) is None:
            yield Found(
                f"{database.at}/version",
                f"`{database.version}` of {database.name} lacks the patches of `{newest}`, the newest of its line",
                f"write `{newest}`; the upgrade restarts the instances in the next deployment",
            )


def newest_patch(engine: DatabaseEngine, version: str) -> str:
    """Return the newest known version that differs from a version in its last number only, or that itself."""
    line = version.rpartition(".")[0]
    versions: list[str] = catalogue.catalogue(engine.catalogue)["versions"]
    known = (item for item in versions if item.rpartition(".")[0] == line)
    return max((version, *known), key=lambda item: int(item.rpartition(".")[2]))


def _gone_engines(case: Case) -> Iterator[Found]:
    for database in case.stage.databases.values():
        tables = catalogue.catalogue(engines.of(database).catalogue)
        if database.version in tables["not_creatable"]:
            yield Found(
                f"{database.at}/version",
                f"no cluster can be created with `{database.version}`, as {database.name} wants",
                f"write `{tables['successor']}`, or a later version",
            )


def _unknown_engines(case: Case) -> Iterator[Found]:
    for database in case.stage.databases.values():
        tables = catalogue.catalogue(engines.of(database).catalogue)
        known = [*tables["versions"], *tables["not_creatable"]]
        if database.version not in known:
            near = closest(database.version, tables["versions"])
            hint = f"did you mean `{near}`? " if near else ""
            yield Found(
                f"{database.at}/version",
                f"the catalogue does not know `{database.version}` of {database.engine}",
                f"{hint}it is compiled as written; check it against the versions that RDS lists",
            )


def _old_runtimes(case: Case) -> Iterator[Found]:
    rows = catalogue.catalogue("runtimes")["runtimes"]
    for function in case.stage.functions.values():
        row = rows.get(function.runtime)
        if not row or _blocked(row, case.today):
            continue
        deprecated = date.fromisoformat(row["deprecated"])
        if deprecated - case.today > SOON:
            continue
        when = "has been deprecated since" if deprecated <= case.today else "is deprecated soon, on"
        yield Found(
            f"{function.at}/runtime",
            f"`{function.runtime}` of {function.name} {when} {deprecated}",
            _successor(row),
        )


def _gone_runtimes(case: Case) -> Iterator[Found]:
    rows = catalogue.catalogue("runtimes")["runtimes"]
    for function in case.stage.functions.values():
        row = rows.get(function.runtime)
        if row and _blocked(row, case.today):
            yield Found(
                f"{function.at}/runtime",
                f"since {row['creation_blocked']} no function can be created with `{function.runtime}`,"
                f" as {function.name} wants",
                _successor(row),
            )


def _blocked(row: dict[str, str], today: date) -> bool:
    blocked = row.get("creation_blocked")
    return bool(blocked) and date.fromisoformat(str(blocked)) <= today


def _successor(row: dict[str, str]) -> str:
    successor = row.get("successor")
    return f"write `runtime: {successor}`, its successor" if successor else "choose a later runtime"


def _unknown_runtimes(case: Case) -> Iterator[Found]:
    rows = catalogue.catalogue("runtimes")["runtimes"]
    for function in case.stage.functions.values():
        if function.runtime not in rows:
            living = [name for name, row in rows.items() if row["deprecated"] > case.today.isoformat()]
            near = closest(function.runtime, living)
            yield Found(
                f"{function.at}/runtime",
                f"Lambda has no runtime `{function.runtime}`, as {function.name} wants",
                f"did you mean `{near}`?" if near else "see schemas/runtimes.json for those that petc knows",
            )


RULES = (
    Rule(
        Code(
            "retired-engine",
            Severity.WARNING,
            "a version of an engine at or near the end of its support",
            "AWS upgrades unsupported minor versions automatically, in a maintenance window of its choice, and "
            "charges for unsupported major versions by the hour. Upgrade when it suits you.",
            bad="databases: {orders-db: {version: 8.0.mysql_aurora.3.08.0}}\n",
            good="databases: {orders-db: {version: 8.0.mysql_aurora.3.10.6}}\n",
        ),
        _old_engines,
    ),
    Rule(
        Code(
            "unpatched-engine",
            Severity.WARNING,
            "a version of an engine of which a newer patch is known",
            "The version is the spec's to say, so RDS does not upgrade minor versions automatically, and "
            "patches of the line arrive only when the spec names them.",
            bad="databases: {orders-db: {version: 8.0.mysql_aurora.3.10.1}}\n",
            good="databases: {orders-db: {version: 8.0.mysql_aurora.3.10.6}}\n",
        ),
        _patched_engines,
    ),
    Rule(
        Code(
            "withdrawn-engine",
            Severity.ERROR,
            "a version of an engine that cannot be created",
            "RDS has taken the version off its list: clusters that have it live on, but none can be made.",
            bad="databases: {orders-db: {version: 8.0.mysql_aurora.3.05.2}}\n",
            good="databases: {orders-db: {version: 8.0.mysql_aurora.3.10.6}}\n",
        ),
        _gone_engines,
    ),
    Rule(
        Code(
            "unknown-engine",
            Severity.WARNING,
            "a version of an engine that the catalogue does not know",
            "It may be newer than this catalogue, or misspelt; RDS would refuse it in the middle of a"
            " deployment.",
            bad="databases: {orders-db: {version: 8.0.mysql_aurora.3.10.60}}\n",
            good="databases: {orders-db: {version: 8.0.mysql_aurora.3.10.6}}\n",
        ),
        _unknown_engines,
    ),
    Rule(
        Code(
            "retired-runtime",
            Severity.WARNING,
            "a Lambda runtime at or near its end",
            "A deprecated runtime gets no security fixes, and soon after no function can be created or "
            "updated with it. The catalogue schemas/runtimes.json holds the dates.",
            bad="functions: {report: {source: src, trigger: {alarms: true}, runtime: python3.10}}\n",
            good="functions: {report: {source: src, trigger: {alarms: true}, runtime: python3.14}}\n",
        ),
        _old_runtimes,
    ),
    Rule(
        Code(
            "blocked-runtime",
            Severity.ERROR,
            "a Lambda runtime with which nothing can be created",
            "Some time after its deprecation Lambda refuses new functions with a runtime, so a new stage"
            " fails.",
            bad="functions: {report: {source: src, trigger: {alarms: true}, runtime: python3.6}}\n",
            good="functions: {report: {source: src, trigger: {alarms: true}, runtime: python3.14}}\n",
        ),
        _gone_runtimes,
    ),
    Rule(
        Code(
            "unknown-runtime",
            Severity.ERROR,
            "a Lambda runtime that does not exist",
            "Lambda refuses a function whose runtime it does not have. The message names the nearest that it"
            " has.",
            bad="functions: {report: {source: src, trigger: {alarms: true}, runtime: pyton3.13}}\n",
            good="functions: {report: {source: src, trigger: {alarms: true}, runtime: python3.13}}\n",
        ),
        _unknown_runtimes,
    ),
)
