"""Values that look like secrets, and are never shown."""

from __future__ import annotations

import re
from collections.abc import Mapping

from petc.deploy.plan.resolve import HIDDEN
from petc.deploy.plan.types import Missing
from petc.source.tree import Json

_SECRET = re.compile(
    r"passw(or)?d|passphrase|secret|token|credential|api_?key|private_?key|access_?key", re.IGNORECASE
)
_ABOUT = re.compile(
    r"(arn|id|ids|name|names|type|policy|length|days|validity|enabled|rotation|rules|path|url|endpoint|header|user)$",
    re.IGNORECASE,
)
_NAMES = ("Name", "Key", "ParameterName", "Field")


def looks_secret(name: str) -> bool:
    """Whether a value of this name is likely a secret, and not something about one (`SecretArn`)."""
    return _SECRET.search(name) is not None and _ABOUT.search(name) is None


def masked(value: Json | Missing, name: str) -> Json | Missing:
    """Return the value of a property without what looks like a secret inside it.

    `name` is that of the property, or of the entry whose value it is. References, to a resource or to where
    a secret lies (`{{resolve:…}}`), are no secrets.
    """
    if isinstance(value, str):
        hides = looks_secret(name) and value and not value.startswith(("{{resolve:", "arn:"))
        return HIDDEN if hides else value
    if isinstance(value, list):
        return [_json(masked(item, name)) for item in value]
    if isinstance(value, dict):
        own = entry_name(value)
        return {
            key: item
            if key in ("Ref", "Fn::GetAtt", "Fn::ImportValue")
            else _json(
                masked(item, own if own and key == "Value" else name if key.startswith("Fn::") else key)
            )
            for key, item in value.items()
        }
    return value


def entry_name(value: Mapping[str, Json]) -> str:
    """Return the name of an entry such as `{Name: DB_PASSWORD, Value: …}`, or nothing."""
    return next((str(value[key]) for key in _NAMES if isinstance(value.get(key), str)), "")


def _json(value: Json | Missing) -> Json:
    return None if isinstance(value, Missing) else value
