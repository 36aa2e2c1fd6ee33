"""Messages as GitHub Actions workflow commands, which become annotations on the changed lines.

Source: GitHub Docs, "Workflow commands for GitHub Actions"; the escapes are those of its toolkit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from petc.diagnostics import Diagnostic, Related, Severity
from petc.report.cells import visible
from petc.report.options import RenderOptions

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render_github(
    diagnostics: Sequence[Diagnostic], sources: Mapping[str, str], options: RenderOptions
) -> str:
    """Return one line per diagnostic; help and related places follow the message on lines of their own."""
    return "".join(_command(item) + "\n" for item in diagnostics)


def _command(item: Diagnostic) -> str:
    properties = ",".join(f"{name}={_property(value)}" for name, value in _properties(item))
    return f"::{_COMMANDS[item.severity]} {properties}::{_data(chr(10).join(_lines(item)))}"


def _properties(item: Diagnostic) -> Iterator[tuple[str, str]]:
    place = item.location
    if place:
        yield "file", place.file
        yield "line", str(place.line)
        if place.end_line > place.line:
            # An annotation over several lines may not name columns.
            yield "endLine", str(place.end_line)
        else:
            yield "col", str(place.column)
            yield "endColumn", str(max(place.end_column, place.column))
    yield "title", item.code


def _lines(item: Diagnostic) -> Iterator[str]:
    stage = f" (stage {visible(item.stage)})" if item.stage else ""
    yield visible(item.message) + stage
    if item.artifact:
        yield f"artifact: {visible(item.artifact)}"
    if item.help:
        yield f"help: {visible(item.help)}"
    for related in item.related:
        yield f"note: {visible(related.message)}{_where(related)}"


def _where(related: Related) -> str:
    place = str(related.location) if related.location else related.pointer
    return f" ({visible(place)})" if place else ""


def _data(value: str) -> str:
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")
