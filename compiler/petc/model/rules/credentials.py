"""Rules about credentials: whose they are, who is told when they change, and where they must not stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from petc.diagnostics import Code, Related, Severity
from petc.model import parts
from petc.model.components import Setting
from petc.model.rules.rule import Case, Found, Rule

SHAPES = {
    "the id of an AWS access key": re.compile(r"\b(AKIA|ASIA)[0-9A-Z]{16}\b"),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY"),
    "a URL with a password": re.compile(r"\b[a-z][a-z0-9+.:-]*://[^/\s:@]+:(?!\$\{)[^/\s@]+@"),
    "a webhook that anyone may post to": re.compile(r"https://hooks\.slack\.com/(services|workflows)/\w+"),
    "a Slack token": re.compile(r"\bxox[abeoprs]-[0-9A-Za-z-]{10,}"),
    "a GitHub token": re.compile(r"\b(gh[pousr]_[0-9A-Za-z]{30,}|github_pat_\w{30,})"),
    "a signed web token": re.compile(r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]+"),
}
"""What credentials look like, each by the form that its issuer documents."""

SECRET_WORDS = frozenset(
    (
        *("password", "passwd", "pwd", "passphrase"),
        *("secret", "token", "credential", "credentials", "apikey"),
    )
)
"""Last words of keys whose value is a secret."""
SECRET_KEYS = frozenset(("api", "access", "private", "signing", "encryption"))
"""Words that make a secret of a key that ends in `key`."""

_NO_LITERAL = re.compile(r"(\$\{[^}]*\}|\{\{.*\}\}|arn:.*|)", re.DOTALL)
"""Nothing, a placeholder, or the name of where the value lies."""


def looks_secret(key: str, value: Setting) -> str:
    """Return what a setting seems to be, or nothing."""
    if isinstance(value, bool):
        return ""
    for title, shape in SHAPES.items():
        if shape.search(str(value)):
            return title
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", key)
    words = re.split(r"[^a-z0-9]+", spaced.lower())
    named = words[-1] in SECRET_WORDS or (words[-1] == "key" and len(words) > 1 and words[-2] in SECRET_KEYS)
    return "a secret, by its name" if named and not _NO_LITERAL.fullmatch(str(value)) else ""


def _settings(case: Case) -> Iterator[tuple[str, Mapping[str, Setting]]]:
    yield "/configuration", case.stage.configuration
    for service in case.stage.services.values():
        yield f"{service.at}/configuration", service.configuration
    for function in case.stage.functions.values():
        yield f"{function.at}/environment", function.environment


def _in_the_open(case: Case) -> Iterator[Found]:
    for at, settings in _settings(case):
        for key, value in settings.items():
            title = looks_secret(key, value)
            if title:
                yield Found(
                    f"{at}/{key}",
                    f"`{key}` looks like {title}, and would stand in templates and in the spec's history",
                    "name it under `secrets`, put the value by hand, and let the part use the secret",
                )


def _rotations(case: Case) -> Iterator[Found]:
    refreshed = {function.trigger.rotation_of for function in case.stage.functions.values()}
    for database in case.stage.databases.values():
        holders = [service.name for service in parts.holders(case.stage, database.name)]
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
        users = [part for part in parts.workloads(stage) if database.name in part.uses]
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
            "secret-in-configuration",
            Severity.ERROR,
            "a secret among the settings",
            "Settings stand in the spec, in templates and in Parameter Store as plain text, where everyone "
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
            "Whoever takes over one service could then drop every table. Make a user with fewer rights when "
            "the database is set up, put its name and password into a secret, and name the secret by `user`.",
            bad=_accepting("rotation-unhandled"),
            good="databases: {orders-db: {user: orders-user}}\n",
        ),
        _masters,
    ),
)
