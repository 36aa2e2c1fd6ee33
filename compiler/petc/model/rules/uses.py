"""Rules about `uses` and other references: that they name something, which can be used that way."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator

from petc.diagnostics import Code, Severity
from petc.model import queries
from petc.model.components import Function, Use
from petc.model.kinds import table, words
from petc.model.rules.rule import Case, Found, Rule
from petc.model.schema import stage_schema
from petc.source.suggest import closest


def _unknown(case: Case) -> Iterator[Found]:
    stage = case.stage
    names = (*(part.name for _, part in queries.named(stage)), *queries.RESERVED)
    for part in queries.callers(stage):
        for use in part.uses.values():
            if use.name not in names:
                others = [name for name in names if name != part.name]
                yield _no_part(use.at, use.name, f"a part that {part.name} could use", others, on_key=True)
    for function in stage.functions.values():
        database = function.trigger.rotation_of
        if database and database not in stage.databases:
            yield _no_part(f"{function.at}/trigger/rotation_of", database, "a database", stage.databases)
    for item in stage.databases.values():
        if item.user != "master" and item.user not in stage.secrets:
            yield _no_part(f"{item.at}/user", item.user, "`master` or a secret", ("master", *stage.secrets))


def _no_part(at: str, name: str, wanted: str, names: Iterable[str], *, on_key: bool = False) -> Found:
    meant = closest(name, names)
    way_out = (
        f"did you mean `{meant}`?" if meant else "write the part under its section first, or mend the name"
    )
    return Found(at, f"`{name}` is not {wanted}", way_out, on_key=on_key)


def _self(case: Case) -> Iterator[Found]:
    for part in queries.callers(case.stage):
        if part.name in part.uses:
            yield Found(part.uses[part.name].at, f"{part.name} uses itself", "remove the use", on_key=True)


def _unusable(case: Case) -> Iterator[Found]:
    for function in case.stage.functions.values():
        for word in words.WORDS:
            if word.instead and word.name in function.uses:
                message = (
                    f"the function {function.name} cannot use `{word.name}`, which ECS gives to services"
                )
                yield Found(function.uses[word.name].at, message, word.instead, on_key=True)


def _options(case: Case) -> Iterator[Found]:
    for part in queries.callers(case.stage):
        for use in part.uses.values():
            used = table.find(case.stage, use.name)
            if not used and use.name not in queries.RESERVED:
                continue
            for option in _set(use):
                if not used or option not in used.kind.options:
                    yield Found(
                        f"{use.at}/{option}",
                        f"`{option}` says nothing about `{use.name}`, only about a {_meant_for(option)}",
                        f"remove `{option}`",
                        on_key=True,
                    )


def _meant_for(option: str) -> str:
    return " or a ".join(kind.word for kind in table.KINDS if option in kind.options)


def _set(use: Use) -> tuple[str, ...]:
    """Return the options that differ from their defaults, by the keys of the spec."""
    defaults = stage_schema()["$defs"]["Use"]["properties"]
    fields = {field.metadata.get("key", field.name): field.name for field in dataclasses.fields(use)}
    return tuple(key for key in defaults if getattr(use, fields[key]) != defaults[key]["default"])


def _outside_network(case: Case) -> Iterator[Found]:
    for function in case.stage.functions.values():
        for name in function.uses if function.vpc == "never" else ():
            if queries.stands_in_vpc(case.stage, name):
                yield _kept_out(function, name)


def _kept_out(function: Function, name: str) -> Found:
    return Found(
        f"{function.at}/vpc",
        f"`vpc: never` keeps {function.name} out of the network of `{name}`",
        "remove `vpc`; `auto` puts the function into the network when it uses something there",
    )


UNKNOWN_PART = Rule(
    Code(
        "unknown-part",
        Severity.ERROR,
        "a name that no part has",
        "`uses`, `rotation_of` and a database's `user` name parts of the same spec. The message names the "
        "nearest.",
        bad="services: {orders: {uses: {order-db: {}}}}\n",
        good="services: {orders: {uses: {orders-db: {}}}}\n",
    ),
    _unknown,
)

SELF_USE = Rule(
    Code(
        "self-use",
        Severity.ERROR,
        "a part uses itself",
        "A part reaches itself without a declaration, and a function that invokes itself runs for ever at "
        "your cost. It is most likely a slip.",
        bad="services: {orders: {uses: {orders: {}}}}\n",
        good="services: {orders: {uses: {orders-db: {}}}}\n",
    ),
    _self,
)

UNUSABLE_PART = Rule(
    Code(
        "unusable-part",
        Severity.ERROR,
        "a function uses what only services can",
        "ECS injects Parameter Store settings when a task starts and registers tasks in Cloud Map. Lambda "
        "does neither: a function has its `environment`, and the addresses of the services that it uses.",
        bad="""\
functions: {quotes: {source: ../lambda_src/quotes, trigger: {alarms: true}, uses: {configuration: {}}}}
""",
        good="""\
functions: {quotes: {source: ../lambda_src/quotes, trigger: {alarms: true}, environment: {LOG_FORMAT: json}}}
""",
    ),
    _unusable,
)

UNUSED_OPTION = Rule(
    Code(
        "unused-option",
        Severity.ERROR,
        "an option of `uses` that means nothing for what is used",
        "`pool` is about databases, `access` about buckets and queues, `backlog` about queues, `management` about "
        "services and `as` about secrets. Anywhere else an option would be a promise that nothing keeps.",
        bad="services: {orders: {uses: {configuration: {pool: 3}}}}\n",
        good="services: {orders: {uses: {orders-db: {pool: 3}}}}\n",
    ),
    _options,
)

OUTSIDE_NETWORK = Rule(
    Code(
        "outside-network",
        Severity.ERROR,
        "a function is kept out of the network that it needs",
        "Databases and services have private addresses only. A function outside the network cannot reach "
        "them.",
        bad="""\
functions:
  quotes: {source: ../lambda_src/quotes, trigger: {alarms: true}, vpc: never, uses: {orders: {}}}
""",
        good="""\
functions:
  quotes: {source: ../lambda_src/quotes, trigger: {alarms: true}, vpc: auto, uses: {orders: {}}}
""",
    ),
    _outside_network,
)

RULES = (UNKNOWN_PART, SELF_USE, UNUSABLE_PART, UNUSED_OPTION, OUTSIDE_NETWORK)
