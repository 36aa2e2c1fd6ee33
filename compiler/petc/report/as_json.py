"""Messages for programs: an array of objects, each with every field."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from petc.diagnostics import Diagnostic, Location, Related
from petc.report.options import RenderOptions


def render_json(diagnostics: Sequence[Diagnostic], sources: Mapping[str, str], options: RenderOptions) -> str:
    """Return a JSON array in ASCII; a field without a value is null or empty, never left out.

    Columns count code points from 1 and the end is exclusive, as in `petc.diagnostics.Location`.
    """
    return json.dumps([_diagnostic(item) for item in diagnostics], indent=2) + "\n"


def _diagnostic(item: Diagnostic) -> dict[str, object]:
    return {
        "code": item.code,
        "severity": item.severity.value,
        "message": item.message,
        "help": item.help,
        "location": _location(item.location),
        "pointer": item.pointer,
        "on_key": item.on_key,
        "stage": item.stage,
        "artifact": item.artifact,
        "related": [_related(related) for related in item.related],
    }


def _related(related: Related) -> dict[str, object]:
    return {
        "message": related.message,
        "location": _location(related.location),
        "pointer": related.pointer,
    }


def _location(location: Location | None) -> dict[str, object] | None:
    if location is None:
        return None
    return {
        "file": location.file,
        "line": location.line,
        "column": location.column,
        "end_line": location.end_line,
        "end_column": location.end_column,
    }
