"""Rules about free text: it reaches AWS as it is written, so it must mean nothing there and be taken there."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping

from petc.diagnostics import Code, Severity
from petc.model import queries
from petc.model.components import Setting
from petc.model.rules.rule import Case, Found, Rule
from petc.model.types import Stage
from petc.source.tree import WrittenFloat, WrittenInt, pointer

_DYNAMIC = "{{resolve:"
"""How a dynamic reference begins, which CloudFormation resolves in any property.

AWS CloudFormation User Guide, "Get values stored in other services using dynamic references".
"""

_TAG_SIGNS = "_.:/=+-@"
"""What a tag's value may hold beside letters, digits and spaces; AWS Tag Editor User Guide, "Tag naming limits"."""

_TAGS = 45
"""AWS takes 50 tags of a resource; petc itself sets up to five."""


def _texts(stage: Stage) -> Iterator[tuple[str, str]]:
    """Yield every text of the spec that stands in a template as it is, with its place."""
    yield "/description", stage.description
    for key, value in stage.tags.items():
        yield pointer("tags", key), value
    for _, part in queries.named(stage):
        if hasattr(part, "description"):
            yield f"{part.at}/description", part.description
    yield from _settings("/configuration", stage.configuration)
    for service in stage.services.values():
        yield from _settings(f"{service.at}/configuration", service.configuration)
    for function in stage.functions.values():
        yield from _settings(f"{function.at}/environment", function.environment)
    if stage.frontend:
        yield f"{stage.frontend.at}/content_security_policy", stage.frontend.content_security_policy
    for index, address in enumerate(stage.notifications.email):
        yield pointer("notifications", "email", index), address


def _settings(at: str, settings: Mapping[str, Setting]) -> Iterator[tuple[str, str]]:
    for key, value in settings.items():
        if isinstance(value, str):
            yield at + pointer(key), value


def _dynamic(case: Case) -> Iterator[Found]:
    for at, text in _texts(case.stage):
        if _DYNAMIC in text:
            yield Found(
                at,
                f"`{_DYNAMIC}` begins a dynamic reference, which CloudFormation would put a value in place of",
                "declare what is secret under `secrets`, and name it in `uses`; an override may hold a reference",
            )


def _unfit(text: str) -> str:
    """Return the first character that no tag may hold, or nothing."""
    return next(
        (sign for sign in text if sign not in _TAG_SIGNS and unicodedata.category(sign)[0] not in "LNZ"), ""
    )


def _tags(case: Case) -> Iterator[Found]:
    tags = case.stage.tags
    if len(tags) > _TAGS:
        yield Found(
            "/tags", f"{len(tags)} tags are more than the {_TAGS} that AWS leaves room for", "remove some"
        )
    for key, value in tags.items():
        if sign := _unfit(value):
            yield Found(
                pointer("tags", key),
                f"the tag `{key}` holds {sign!r}, which AWS refuses in tags",
                f"write letters, digits, spaces and `{_TAG_SIGNS}`",
            )


def _header(case: Case) -> Iterator[Found]:
    frontend = case.stage.frontend
    if frontend and (
        sign := next((item for item in frontend.content_security_policy if not _in_header(item)), "")
    ):
        yield Found(
            f"{frontend.at}/content_security_policy",
            f"the policy holds {sign!r}, and a header takes printable ASCII alone",
            "write the policy on one line; international names of hosts in their `xn--` form",
        )


def _rewritten(case: Case) -> Iterator[Found]:
    for layer in case.stage.overrides.values():
        for override in layer.values():
            for at, number in _numbers(f"{override.at}/set", override.set):
                plain = int(number) if isinstance(number, int) else float(number)
                yield Found(
                    at,
                    f"the number {number} of an override would stand in the template as {plain!r}",
                    f'write {plain!r} if it is a number, or "{number}" in quotes if it is text',
                )


def _numbers(at: str, value: object) -> Iterator[tuple[str, WrittenInt | WrittenFloat]]:
    """Yield each number of a value that was not written as a template writes it, with its place."""
    if isinstance(value, WrittenInt | WrittenFloat):
        yield at, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _numbers(at + pointer(key), item)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _numbers(at + pointer(index), item)


def _in_header(sign: str) -> bool:
    return " " <= sign <= "~"


RULES = (
    Rule(
        Code(
            "dynamic-reference",
            Severity.ERROR,
            "a text that CloudFormation would replace",
            "CloudFormation looks for dynamic references in every property, and puts the value of a secret or "
            "parameter there, for everybody to read. A text of the spec never means that.",
            bad="description: 'Shop of {{resolve:ssm:/company}}'\n",
            good="description: 'Shop of resolve:ssm:/company'\n",
        ),
        _dynamic,
    ),
    Rule(
        Code(
            "tag-refused",
            Severity.ERROR,
            "tags that AWS refuses",
            "Every resource bears the tags, and AWS takes letters, digits, spaces and few signs in them, and a "
            "limited number. The first stack would fail.",
            bad="tags: {note: 'shop & bar'}\n",
            good="tags: {note: shop + bar}\n",
        ),
        _tags,
    ),
    Rule(
        Code(
            "number-rewritten",
            Severity.ERROR,
            "a number of an override that would be written otherwise",
            "An override goes into the template as YAML, where 2.10 is 2.1, 7210e3 is 7210000.0 and 0x1F is 31. "
            "CloudFormation would read another text than the one in the spec. Settings of services and functions "
            "keep what is written.",
            bad="overrides: {application: {ServiceOrders: {reason: the load test needs it, "
            "set: {HealthCheckGracePeriodSeconds: 6e2}}}}\n",
            good="overrides: {application: {ServiceOrders: {reason: the load test needs it, "
            "set: {HealthCheckGracePeriodSeconds: 600}}}}\n",
        ),
        _rewritten,
    ),
    Rule(
        Code(
            "header-refused",
            Severity.ERROR,
            "a content security policy that no header takes",
            "The policy travels as a header of HTTP, which is one line of printable ASCII.",
            bad="frontend: {content: ../site, content_security_policy: \"default-src 'self' https://bücher.example\"}\n",
            good="frontend: {content: ../site, content_security_policy: \"default-src 'self' https://xn--bcher-kva.example\"}\n",
        ),
        _header,
    ),
)
