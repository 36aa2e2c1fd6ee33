"""Messages as SARIF 2.1.0, the format of code scanning services and of the review pack.

Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0".
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from urllib.parse import quote

from petc.diagnostics import Code, Diagnostic, Location, Related
from petc.report.excerpt import line_at
from petc.report.options import RenderOptions

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
"""Where OASIS publishes the schema; a file names it, nothing reads it from there."""

_FINGERPRINT = "petc/v1"


def render_sarif(
    diagnostics: Sequence[Diagnostic], sources: Mapping[str, str], options: RenderOptions
) -> str:
    """Return one SARIF log with one run, in ASCII.

    Every code of `options.codes` is listed as a rule, found or not, so that the log says what was
    looked for; a diagnostic whose code is not among them is listed by its name alone.
    """
    names = sorted({*options.codes, *(item.code for item in diagnostics)})
    index = {name: position for position, name in enumerate(names)}
    driver: dict[str, object] = {"name": "petc"}
    if options.version:
        driver["version"] = options.version
    driver["rules"] = [_rule(name, options.codes.get(name)) for name in names]
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(item, index[item.code], sources) for item in diagnostics],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(name: str, code: Code | None) -> dict[str, object]:
    if code is None:
        return {"id": name}
    examples = [(title, text) for title, text in (("bad", code.bad), ("good", code.good)) if text]
    plain = "".join(f"\n\n{title}:\n{text.rstrip()}" for title, text in examples)
    fenced = "".join(f"\n\n{title}:\n\n```yaml\n{text.rstrip()}\n```" for title, text in examples)
    return {
        "id": name,
        "shortDescription": {"text": code.title},
        "fullDescription": {"text": code.why},
        "help": {"text": code.why + plain, "markdown": code.why + fenced},
        "defaultConfiguration": {"level": code.severity.value},
    }


def _result(item: Diagnostic, rule: int, sources: Mapping[str, str]) -> dict[str, object]:
    found: dict[str, object] = {
        "ruleId": item.code,
        "ruleIndex": rule,
        "level": item.severity.value,
        "message": {"text": f"{item.message}\nhelp: {item.help}" if item.help else item.message},
    }
    place: dict[str, object] = {}
    if item.location:
        place["physicalLocation"] = _physical(item.location, sources)
    if item.artifact:
        place["logicalLocations"] = [{"fullyQualifiedName": item.artifact, "kind": "resource"}]
    if place:
        found["locations"] = [place]
    if item.related:
        found["relatedLocations"] = [
            _related(number, related, sources) for number, related in enumerate(item.related)
        ]
    found["partialFingerprints"] = {_FINGERPRINT: _fingerprint(item, sources)}
    properties = {
        name: value
        for name, value in (("pointer", item.pointer), ("stage", item.stage), ("artifact", item.artifact))
        if value
    }
    if properties:
        found["properties"] = properties
    return found


def _related(number: int, related: Related, sources: Mapping[str, str]) -> dict[str, object]:
    found: dict[str, object] = {"id": number, "message": {"text": related.message}}
    if related.location:
        found["physicalLocation"] = _physical(related.location, sources)
    elif related.pointer:
        found["logicalLocations"] = [{"fullyQualifiedName": related.pointer}]
    return found


def _physical(location: Location, sources: Mapping[str, str]) -> dict[str, object]:
    found: dict[str, object] = {
        "artifactLocation": {"uri": _uri(location.file)},
        "region": {
            "startLine": location.line,
            "startColumn": location.column,
            "endLine": location.end_line,
            "endColumn": location.end_column,
        },
    }
    line = line_at(sources[location.file], location.line) if location.file in sources else None
    if line is not None:
        found["contextRegion"] = {"startLine": location.line, "snippet": {"text": line}}
    return found


def _uri(file: str) -> str:
    path = quote(file.replace("\\", "/"), safe="/", errors="surrogateescape")
    return f"file://{path}" if path.startswith("/") else path


def _fingerprint(item: Diagnostic, sources: Mapping[str, str]) -> str:
    """Return a digest that stays when lines are added above, so that a service knows the finding again."""
    place, line = item.location, None
    if place and place.file in sources:
        line = line_at(sources[place.file], place.line)
    where = item.pointer if item.pointer is not None else (line or "").strip()
    parts = (item.code, place.file if place else "", where, item.stage, item.artifact, item.message)
    return hashlib.sha256(json.dumps(parts).encode("ascii")).hexdigest()[:32]
