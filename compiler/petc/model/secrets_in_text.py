"""What looks like a secret: by its name, and inside longer texts, in URLs, connection strings, options and JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from petc.diagnostics import Location
from petc.model.secret_forms import form_of
from petc.model.secret_names import is_literal, made_up, names_secret
from petc.source.tree import Node

_URL = re.compile(
    r"\b[A-Za-z][A-Za-z0-9+.:-]*://[^/\s:@?#]*:([^/\s@?#]+)@|\bjdbc:oracle:\w+:[^/\s@]+/([^/\s@]+)@"
)
"""A password before the host; RFC 3986, section 3.2.1, and Oracle JDBC Developer's Guide, "Data Sources and URLs"."""

_ASSIGNED = re.compile(r"""(?<![\w.])(?:-D|--?)?([A-Za-z_][\w.-]{0,99}?)["']?=["']?([^\s"'&;,]+)""")
"""`?password=x`, `;Password=x`, `-Dapp.password=x`, `--password=x`, `PGPASSWORD=x`."""

_OPTION = re.compile(r"""(?<!\S)--?([A-Za-z][\w.-]{2,99})[ \t]+["']?([^\s"'-][^\s"']*)""")
"""`--password x`."""

_JSON = re.compile(r"""["']([A-Za-z_][\w.-]{0,99})["'][ \t\n]*:[ \t\n]*["']([^"']+)["']""")
"""`{"password": "x"}`."""

_PROSE = re.compile(r"\b([A-Za-z][\w-]{2,40})(?::[ \t]+|[ \t]+=[ \t]*)([^\s,;]{6,})")
"""`password: x` and `password = x`, in descriptions; only for values that no word of a language is."""


def looks_secret(key: str, value: object) -> str:
    """Return what a value under a key seems to be, in words without the value, or nothing."""
    if isinstance(value, bool) or value is None:
        return ""
    text = str(value)
    if title := secret_in(text):
        return title
    return "a secret, by its name" if names_secret(key) and is_literal(key, text) else ""


def secret_in(text: str) -> str:
    """Return what secret a text holds, in words without its value, or nothing."""
    if title := form_of(text):
        return title
    if any(is_literal("password", match[1] or match[2]) for match in _URL.finditer(text)):
        return "a URL with a password"
    if "=" in text or "-" in text or ":" in text:
        for pattern in (_ASSIGNED, _OPTION, _JSON):
            for name, value in pattern.findall(text):
                if names_secret(name) and is_literal(name, value):
                    return f"a text that gives `{_short(name)}` its value"
        for name, value in _PROSE.findall(text):
            if names_secret(name) and is_literal(name, value) and made_up(value):
                return f"a text that gives `{_short(name)}` its value"
    return ""


def _short(name: str) -> str:
    return name if len(name) <= 40 else name[:37] + "..."


def places(node: Node, key: str = "") -> Iterator[Location]:
    """Yield where a spec holds what looks like a secret, whether it stands in its place or not."""
    value = node.value
    if isinstance(value, Mapping):
        for name, entry in value.items():
            yield from places(entry.node, name)
    elif isinstance(value, tuple):
        for item in value:
            yield from places(item, key)
    elif looks_secret(key, value):
        yield node.location
