"""The rule about settings in Parameter Store, which refuses some names and some values."""

from __future__ import annotations

import re
from collections.abc import Iterator

from petc.diagnostics import Code, Severity
from petc.model import settings
from petc.model.rules.rule import Case, Found, Rule
from petc.model.settings import Injected

_BYTES = 8192
"""Size of a value in the larger tier; AWS Systems Manager User Guide, "Managing parameter tiers"."""

_NAME = re.compile(r"[A-Za-z0-9_.-]+(\[[A-Za-z0-9_.-]+\][A-Za-z0-9_.-]*)*")
"""Keys whose indexes stand in pairs of brackets; Systems Manager API reference, PutParameter, Name."""

_NESTED = re.compile(r"\{\{.*\}\}", re.DOTALL)
_RESERVED = ("aws", "ssm")
"""Beginnings of names, and what a value may not wrap; Systems Manager API reference, PutParameter."""

_SHARED = "shared"
"""The folder of the settings that stand once for all services."""


def _refused(case: Case) -> Iterator[Found]:
    stage = case.stage
    holders = [service for service in stage.services.values() if "configuration" in service.uses]
    if holders and stage.name.startswith(_RESERVED):
        yield Found(
            "/name",
            f"Parameter Store keeps names that begin with `{stage.name[:3]}`, so `{stage.root}` is refused",
            "choose another name, or give settings without `configuration` under `uses`",
        )
    seen = set()
    for service in holders:
        if service.key == _SHARED:
            yield Found(
                service.at,
                f"`{stage.root}/{_SHARED}` holds what all services share, so `{_SHARED}` cannot have its own there",
                "choose another name",
                on_key=True,
            )
        for item in settings.service_settings(stage, service):
            fault = _fault(item)
            if fault and item.at not in seen:
                seen.add(item.at)
                yield Found(item.at, f"Parameter Store refuses `{item.key}`: {fault[0]}", fault[1])


def _fault(item: Injected) -> tuple[str, str] | None:
    """Return what is wrong with a setting and the way out, or nothing."""
    value = settings.text(item.value)
    size = len(value.encode())
    if not _NAME.fullmatch(item.key):
        return "its brackets do not stand in pairs around an index", "write an index as `list[0]`"
    if not value:
        return "the value is empty", "leave the setting out, or give it a value that means nothing"
    if _NESTED.search(value):
        return (
            "the value holds `{{…}}`, which it takes for a parameter in a parameter",
            "write it in another way",
        )
    if size > _BYTES:
        return (
            f"the value has {size} bytes, and it takes {_BYTES}",
            "put long texts into the image or a bucket",
        )
    return None


RULES = (
    Rule(
        Code(
            "setting-refused",
            Severity.ERROR,
            "a setting that Parameter Store does not take",
            "A service with `configuration` reads its settings from Parameter Store, which takes no empty value, "
            "none above 8 KB, no `{{…}}`, and no name that begins with `aws` or `ssm`.",
            bad="configuration: {GREETING: ''}\n",
            good="configuration: {GREETING: none}\n",
        ),
        _refused,
    ),
)
