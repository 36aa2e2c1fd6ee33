"""The rule about lengths: physical names are joined from system, stage and part, and AWS limits the whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from petc.diagnostics import Code, Severity
from petc.model import queries
from petc.model.kinds import table
from petc.model.rules.rule import Case, Found, Rule
from petc.model.settings import service_settings
from petc.model.types import Stage

_DNS_LABEL = 63
"""RFC 1035, section 2.3.4; Cloud Map holds each label of a name to it."""
_PARAMETER = 1011
"""AWS Systems Manager API reference, PutParameter, Name: less what the ARN takes."""


@dataclass(frozen=True, slots=True)
class _Name:
    """A physical name, what bears it, the most characters that AWS takes, and the place of the last part."""

    what: str
    text: str
    limit: int
    at: str


def _names(stage: Stage) -> Iterator[_Name]:
    for named in table.every(stage):
        for name in named.kind.names(stage, named.part):
            yield _Name(name.what, name.text, name.limit, named.part.at)
    for service in stage.services.values():
        for item in service_settings(stage, service):
            folder = "shared" if item.shared else service.key
            yield _Name("parameter name", f"{stage.root}/{folder}/{item.key}", _PARAMETER, item.at)
    for service in queries.discovered(stage):
        for label in (service.name, stage.stage, stage.name):
            yield _Name("DNS label", label, _DNS_LABEL, service.at)


def _too_long(case: Case) -> Iterator[Found]:
    for name in dict.fromkeys(_names(case.stage)):
        if len(name.text) > name.limit:
            yield Found(
                name.at,
                f"the {name.what} `{name.text}` has {len(name.text)} characters, and AWS takes {name.limit}",
                f"shorten the name by {len(name.text) - name.limit}",
                on_key=True,
            )


_LONG = "price-list-of-the-northern-warehouses"

NAME_TOO_LONG = Rule(
    Code(
        "name-too-long",
        Severity.ERROR,
        "a name that is too long once system and stage stand before it",
        "Functions, repositories, log groups and parameters are called after system, stage and part. AWS "
        "limits the whole, for functions to 64 characters.",
        bad=f"""\
name: north-eastern-stores
functions: {{{_LONG}-eu: {{source: ../lambda_src/prices, trigger: {{alarms: true}}}}}}
""",
        good=f"""\
name: north-eastern-stores
functions: {{{_LONG}: {{source: ../lambda_src/prices, trigger: {{alarms: true}}}}}}
""",
    ),
    _too_long,
)

RULES = (NAME_TOO_LONG,)
