"""Rules about what databases hold: capacity units, and connections of everything that runs at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from petc.diagnostics import Code, Severity
from petc.model import catalogue, queries
from petc.model.components import Database, Function, Service
from petc.model.rules import sums
from petc.model.rules.rule import Case, Found, Rule
from petc.model.types import Stage

FRAMEWORK_POOLS = {"spring-boot": 10}
"""Connections of a pool that nobody sized; HikariCP's documentation, `maximumPoolSize`."""

FUNCTION_POOL = 1
"""Connections of one running function that says nothing else: it handles one request at a time."""


@dataclass(frozen=True, slots=True)
class Share:
    """The most connections that one part opens to the writer, and the sum in words."""

    connections: int
    words: str


def _users(stage: Stage, database: Database) -> Iterator[Service | Function]:
    for part in queries.callers(stage):
        if database.name in part.uses:
            yield part


def share(part: Service | Function, database: Database) -> Share:
    """Return what a part takes of a database's connections while a deployment rolls; 0 where unknown."""
    pool = part.uses[database.name].pool
    if isinstance(part, Function):
        pool = pool or FUNCTION_POOL
        return Share(part.concurrency * pool, f"{part.name} {part.concurrency} at once × {pool}")
    pool = pool or FRAMEWORK_POOLS.get(part.framework, 0)
    percent = part.deployment.maximum_percent
    # Rounded up, though ECS rounds down: a task that stops still holds its pool.
    tasks = -(-part.scale.max * percent // 100)
    return Share(tasks * pool, f"{part.name} {part.scale.max} tasks × {percent} % × {pool}")


def _unbounded(stage: Stage, database: Database) -> tuple[Function, ...]:
    return tuple(
        part for part in _users(stage, database) if isinstance(part, Function) and not part.concurrency
    )


def _limit(database: Database) -> int:
    return catalogue.max_connections(database)


def _budgets(case: Case) -> Iterator[Found]:
    for database in case.stage.databases.values():
        shares = [share(part, database) for part in _users(case.stage, database)]
        known = [item for item in shares if item.connections]
        total = sum(item.connections for item in known)
        limit = _limit(database)
        if total <= limit:
            continue
        unbounded = [function.name for function in _unbounded(case.stage, database)]
        beyond = f", and {', '.join(unbounded)} without bound on top" if unbounded else ""
        words = sums.in_words([(item.connections, item.words) for item in known])
        own = bool(database.max_connections)
        more = "raise `max_connections`" if own else "raise `capacity.max` or set `max_connections`"
        yield Found(
            f"{database.at}/{'max_connections' if own else 'capacity/max'}",
            f"{database.name} takes {limit} connections, but may be asked for {total}: {words}{beyond}",
            f"lower a `pool`, `scale.max` or `maximum_percent`, or {more}",
        )


def _without_bound(case: Case) -> Iterator[Found]:
    for database in case.stage.databases.values():
        for function in _unbounded(case.stage, database):
            yield Found(
                f"{function.at}/concurrency",
                f"{function.name} opens as many connections to {database.name} as requests come in at once",
                "write `concurrency`, the most that may run at once, so that the database's limit can be"
                " kept",
            )


def _pools(case: Case) -> Iterator[Found]:
    for database in case.stage.databases.values():
        for part in _users(case.stage, database):
            if isinstance(part, Service) and not part.uses[database.name].pool:
                default = FRAMEWORK_POOLS.get(part.framework)
                unknown = f"then it takes {default}" if default else "which leaves that to the image"
                yield Found(
                    part.uses[database.name].at,
                    f"{part.name} uses {database.name} without a size of its pool, {unknown}",
                    f"write `{database.name}: {{pool: 5}}`, for example; the size reaches the container",
                    on_key=True,
                )


def _capacities(case: Case) -> Iterator[Found]:
    for database in case.stage.databases.values():
        capacity = database.capacity
        if capacity.min > capacity.max:
            yield Found(
                f"{database.at}/capacity/min",
                f"{database.name} has at least {capacity.min:g} capacity units, but at most {capacity.max:g}",
                "write a minimum that is not above the maximum",
            )


def _pauses(case: Case) -> Iterator[Found]:
    for database in case.stage.databases.values():
        awake = [
            part.name
            for part in _users(case.stage, database)
            if isinstance(part, Service) and part.scale.min > 0
        ]
        if database.capacity.min == 0 and awake:
            yield Found(
                f"{database.at}/capacity/min",
                f"{database.name} never pauses, since {', '.join(awake)} always holds connections",
                "write `min: 0.5`, or let the services scale to 0; a minimum of 0 saves nothing here",
            )


RULES = (
    Rule(
        Code(
            "connection-budget",
            Severity.ERROR,
            "more connections than the database takes",
            "While a deployment rolls, old and new tasks hold their pools together. If the sum exceeds what "
            "the engine allows, new tasks fail to connect exactly when all are busy. The limit is "
            "`max_connections`, or AWS's default for the largest capacity; readers have connections of "
            "their own and do not count.",
            bad="services: {orders: {scale: {max: 10}}}\n",
            good="services: {orders: {scale: {max: 9}}}\n",
        ),
        _budgets,
    ),
    Rule(
        Code(
            "unbounded-connections",
            Severity.WARNING,
            "a function opens connections without bound",
            "Lambda runs a copy for each request at once, and each holds a connection. Without "
            "`concurrency` nothing keeps a burst of requests from using up what the services need too.",
            bad="functions: {report: {source: src, route: /all, uses: {orders-db: {}}}}\n",
            good="functions: {report: {source: src, route: /all, concurrency: 5, uses: {orders-db: {}}}}\n",
        ),
        _without_bound,
    ),
    Rule(
        Code(
            "pool-missing",
            Severity.WARNING,
            "a service uses a database without a size of its pool",
            "How many connections a task opens is then up to its framework, and the database's limit cannot "
            "be held against it. The size that you write reaches the container as a setting.",
            bad="services: {orders: {uses: {orders-db: {pool: 0}}}}\n",
            good="services: {orders: {uses: {orders-db: {pool: 4}}}}\n",
        ),
        _pools,
    ),
    Rule(
        Code(
            "capacity-inverted",
            Severity.ERROR,
            "a least capacity above the greatest",
            "RDS refuses a range of capacity whose minimum is above its maximum.",
            bad="databases: {orders-db: {capacity: {min: 4, max: 2}}}\n",
            good="databases: {orders-db: {capacity: {min: 2, max: 2}}}\n",
        ),
        _capacities,
    ),
    Rule(
        Code(
            "pause-never",
            Severity.WARNING,
            "a database that may pause but never will",
            "Aurora pauses at 0 capacity units only while no client is connected. The pools of running "
            "services keep it awake, so the promise of `min: 0` is never kept.",
            bad="databases: {orders-db: {capacity: {min: 0, max: 2}}}\n",
            good="databases: {orders-db: {capacity: {min: 0.5, max: 2}}}\n",
        ),
        _pauses,
    ),
)
