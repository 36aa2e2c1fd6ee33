"""Rules about credentials: whose they are, who is told when they change, and where they must not stand."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping

from petc.diagnostics import Code, Related, Severity
from petc.model import queries
from petc.model.rules.rule import Case, Found, Rule
from petc.model.secrets_in_text import looks_secret, secret_in
from petc.source.tree import pointer

SECRET = "secret-in-configuration"
"""The code of a secret in the spec; messages point at its value and hide it."""


def _written(value: object, at: str, key: str) -> Iterator[tuple[str, str, object]]:
    """Yield place, name and value of every scalar below a value; pairs such as `Name` and `Value` count as named."""
    if dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            if field.name not in _NOT_WRITTEN:
                name = field.metadata.get("key", field.name)
                yield from _written(getattr(value, field.name), at + pointer(name), name)
    elif isinstance(value, Mapping):
        named = next((str(value[pair[0]]) for pair in _PAIRS if pair[0] in value and pair[1] in value), "")
        for name, item in value.items():
            called = named if named and name in _PAIR_VALUES else name
            yield from _written(item, at + pointer(name), called)
    elif isinstance(value, tuple | list):
        for index, item in enumerate(value):
            yield from _written(item, at + pointer(index), key)
    else:
        yield at, key, value


_NOT_WRITTEN = frozenset(("name", "key", "at", "assets", "stage", "set"))
"""Fields that the spec does not hold, and `set` of overrides, whose keys are paths of properties."""

_PAIRS = (
    ("Name", "Value"),
    ("Key", "Value"),
    ("name", "value"),
    ("key", "value"),
    ("ParameterKey", "ParameterValue"),
)
_PAIR_VALUES = frozenset(pair[1] for pair in _PAIRS)


def _named(case: Case) -> Iterator[tuple[str, str, object]]:
    """Yield every value whose key its writer chose: settings, tags, and what overrides set."""
    stage = case.stage
    yield from _written(stage.configuration, "/configuration", "")
    yield from _written(stage.tags, "/tags", "")
    for service in stage.services.values():
        yield from _written(service.configuration, f"{service.at}/configuration", "")
    for function in stage.functions.values():
        yield from _written(function.environment, f"{function.at}/environment", "")
    for layer in stage.overrides.values():
        for override in layer.values():
            for path, value in override.set.items():
                yield from _written(value, f"{override.at}/set{pointer(path)}", _called(override.set, path))


def _called(values: Mapping[str, object], path: str) -> str:
    """Return the name of what a path sets: its last property, or what the `Name` beside a `Value` says."""
    above, _, last = path.rpartition(".")
    beside = values.get(f"{above}.Name", values.get(f"{above}.Key")) if last == "Value" else None
    steps = [step for step in path.split(".") if not step.isdigit()]
    return str(beside) if beside else steps[-1] if steps else ""


def _in_the_open(case: Case) -> Iterator[Found]:
    seen = set()
    for at, key, value in _named(case):
        seen.add(at)
        if title := looks_secret(key, value):
            yield _found(at, key, title)
    for at, key, value in _written(case.stage, "", ""):
        if at not in seen and isinstance(value, str) and (title := secret_in(value)):
            yield _found(at, key, title)


def _found(at: str, key: str, title: str) -> Found:
    return Found(
        at,
        f"`{key}` looks like {title}, and would be readable in templates and in the spec's history",
        "name it under `secrets`, put the value by hand, and let the part use the secret",
    )


def _rotations(case: Case) -> Iterator[Found]:
    refreshed = {function.trigger.rotation_of for function in case.stage.functions.values()}
    for database in case.stage.databases.values():
        holders = [service.name for service in queries.holders(case.stage, database.name)]
        if holders and database.name not in refreshed:
            verb = "keep" if len(holders) > 1 else "keeps"
            yield Found(
                f"{database.at}/user",
                f"the password of {database.name} changes every {database.rotation_days} days, but"
                f" {', '.join(holders)} {verb} the old one",
                f"add a function with `trigger: {{rotation_of: {database.name}}}` that rolls the services",
            )


def _masters(case: Case) -> Iterator[Found]:
    stage = case.stage
    for database in stage.databases.values():
        users = [part for part in queries.callers(stage) if database.name in part.uses]
        names = [part.name for part in users]
        if database.user == "master" and users:
            yield Found(
                f"{database.at}/user",
                f"{', '.join(names)} may do anything in {database.name}, as its master user",
                "make a user with the rights that they need, and name its secret by `user`",
                tuple(Related("it is used here", pointer=part.uses[database.name].at) for part in users),
            )


def _accepting(code: str) -> str:
    return f"""\
databases: {{orders-db: {{user: master}}}}
secrets: {{orders-user: null}}
exceptions:
  for-now:
    accepts: {code}
    at: /databases/orders-db
    owner: shop-team
    reason: decided when the shop was opened
    until: 2099-12-31
"""


RULES = (
    Rule(
        Code(
            SECRET,
            Severity.ERROR,
            "a secret among the settings",
            "Settings are plain text in the spec, in templates and in Parameter Store, where everyone "
            "who may read them can use them, and history keeps them. Secrets Manager keeps secrets; "
            "`secrets` names them.",
            bad="configuration: {PAYMENT_API_KEY: made-up-value}\n",
            good="""\
secrets: {payment-key: {description: key of the payment provider}}
services: {orders: {uses: {payment-key: {as: PAYMENT_API_KEY}}}}
""",
        ),
        _in_the_open,
    ),
    Rule(
        Code(
            "rotation-unhandled",
            Severity.WARNING,
            "a secret rotates and its holders are not told",
            "ECS reads a secret when a task starts. After the rotation running tasks keep the old password, "
            "and their pools cannot open new connections. A function that the rotation triggers can roll "
            "the services.",
            bad=_accepting("master-credentials"),
            good=_accepting("master-credentials")
            + "functions: {refresh: {source: src, trigger: {rotation_of: orders-db}}}\n",
        ),
        _rotations,
    ),
    Rule(
        Code(
            "master-credentials",
            Severity.WARNING,
            "applications log in as the master user",
            "An attacker who takes over one service could then drop every table. Make a user with fewer rights when "
            "the database is set up, put its name and password into a secret, and name the secret by `user`.",
            bad=_accepting("rotation-unhandled"),
            good="databases: {orders-db: {user: orders-user}}\n",
        ),
        _masters,
    ),
)
