"""A template as the plan reads it: its value, what it exports and imports, and its parameters."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from petc.diagnostics import Rejected
from petc.output.reader import read
from petc.source.parse import parse
from petc.source.tree import Json, plain
from petc.verify.rendered import function, mapping, walk


@dataclass(frozen=True, slots=True)
class Template:
    """One template.

    `body` is empty when the text cannot be read (`readable` is false): it was written by hand in a YAML that
    petc does not write. `exports` holds the output behind each exported name, `imports` the names that
    resources and outputs import; names that only the deployment can compute are in neither.
    `defaults` holds every declared parameter, with nothing where it has no default.
    """

    text: str
    digest: str
    body: Mapping[str, Json]
    readable: bool
    exports: Mapping[str, str]
    imports: frozenset[str]
    defaults: Mapping[str, str | None]

    def section(self, name: str) -> dict[str, Json]:
        """Return a section such as `Resources`, empty when there is none."""
        return mapping(self.body.get(name))


@lru_cache(maxsize=128)  # each layer's old and new template is asked for by many targets
def template(text: str) -> Template:
    """Return the template that a text is."""
    body = _body(text)
    readable = body is not None
    held: dict[str, Json] = body or {}
    return Template(
        text=text,
        digest=hashlib.sha256(text.encode()).hexdigest(),
        body=MappingProxyType(held),
        readable=readable,
        exports=MappingProxyType(dict(_exports(held))),
        imports=frozenset(imports(held)),
        defaults=MappingProxyType(dict(_defaults(held))),
    )


def imports(value: Json) -> Iterator[str]:
    """Yield the name of every import inside a value."""
    for _, item in walk(value):
        call = function(item)
        if call is not None and call[0] == "Fn::ImportValue" and isinstance(call[1], str):
            yield call[1]


def values(text: Template, passed: Mapping[str, str]) -> dict[str, str]:
    """Return the value of each parameter that the template declares: the passed one, or its default."""
    found = {name: passed.get(name, default) for name, default in text.defaults.items()}
    return {name: value for name, value in found.items() if value is not None}


def same(deployed: str, wanted: str) -> bool:
    """Whether a deployed text is the wanted one.

    CloudFormation gives characters beyond ASCII back as question marks (aws-cdk,
    `mangleLikeCloudFormation`), and an API may drop the last line end.
    """
    if deployed == wanted:
        return True
    return deployed.rstrip("\n") in (wanted.rstrip("\n"), mangled(wanted).rstrip("\n"))


def mangled(text: str) -> str:
    """Return the text as CloudFormation gives it back."""
    return text if text.isascii() else "".join(letter if letter.isascii() else "?" for letter in text)


def _body(text: str) -> dict[str, Json] | None:
    for reader in (_as_written, json.loads, _as_edited):
        try:
            found: Json = reader(text)
        except (Rejected, ValueError, RecursionError):
            continue
        if isinstance(found, dict):
            return found
    return None


def _as_written(text: str) -> Json:
    return read(text if text.endswith("\n") else f"{text}\n")


def _as_edited(text: str) -> Json:
    """Return the value of YAML that someone edited; short forms of functions are refused, as in a spec."""
    return plain(parse(text.encode(), "deployed.yaml"))


def _exports(body: dict[str, Json]) -> Iterator[tuple[str, str]]:
    for output, held in mapping(body.get("Outputs")).items():
        name = mapping(mapping(held).get("Export")).get("Name")
        if isinstance(name, str):
            yield name, output


def _defaults(body: dict[str, Json]) -> Iterator[tuple[str, str | None]]:
    for name, held in mapping(body.get("Parameters")).items():
        default = mapping(held).get("Default")
        if isinstance(default, bool):
            yield name, str(default).lower()
        else:
            yield name, None if default is None else str(default)
