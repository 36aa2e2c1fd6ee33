"""Messages for people: the sentence, the place, the line with carets, and the way out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from petc.diagnostics import Diagnostic, Location, Related, Severity
from petc.report.cells import visible
from petc.report.excerpt import excerpt, line_at
from petc.report.options import RenderOptions

_COLORS = {Severity.ERROR: "1;31", Severity.WARNING: "1;33", Severity.NOTE: "1;36"}
_FRAME = "34"
_STRONG = "1"
_WAY_OUT = "32"


def render_text(diagnostics: Sequence[Diagnostic], sources: Mapping[str, str], options: RenderOptions) -> str:
    """Return the diagnostics as blocks with an empty line between them, or an empty string for none.

    `sources` maps a file to its text; a place in another file is named without its line.
    """
    return "\n".join("\n".join(_block(item, sources, options)) + "\n" for item in diagnostics)


def _block(item: Diagnostic, sources: Mapping[str, str], options: RenderOptions) -> Iterator[str]:
    margin = _margin(item)
    color = _COLORS[item.severity]
    head = _paint(f"{item.severity.value}[{visible(item.code)}]", color, options)
    yield head + _paint(f": {visible(item.message)}", _STRONG, options)
    if item.location:
        yield from _place(item.location, color, margin, sources, options)
    for name, value in _facts(item):
        paint = _WAY_OUT if name == "help" else _FRAME
        yield f"{margin} {_paint('=', _FRAME, options)} {_paint(f'{name}:', paint, options)} {visible(value)}"
    for related in item.related:
        yield from _related(related, margin, sources, options)


def _facts(item: Diagnostic) -> Iterator[tuple[str, str]]:
    if item.pointer and not item.location:
        yield "at", item.pointer
    if item.stage:
        yield "stage", item.stage
    if item.artifact:
        yield "artifact", item.artifact
    if item.help:
        yield "help", item.help


def _related(
    related: Related, margin: str, sources: Mapping[str, str], options: RenderOptions
) -> Iterator[str]:
    note = _paint("note", _COLORS[Severity.NOTE], options)
    if related.location:
        yield f"{note}: {visible(related.message)}"
        yield from _place(related.location, _COLORS[Severity.NOTE], margin, sources, options)
    else:
        where = f" (at {visible(related.pointer)})" if related.pointer else ""
        yield f"{margin} {_paint('=', _FRAME, options)} {note}: {visible(related.message)}{where}"


def _place(
    location: Location, color: str, margin: str, sources: Mapping[str, str], options: RenderOptions
) -> Iterator[str]:
    yield f"{margin}{_paint('-->', _FRAME, options)} {visible(str(location))}"
    line = line_at(sources.get(location.file, ""), location.line) if location.file in sources else None
    if line is None:
        return
    bar = _paint("|", _FRAME, options)
    shown, carets = excerpt(line, location, max(options.width - len(margin) - 3, 20))
    number = _paint(str(location.line).rjust(len(margin)), _FRAME, options)
    yield f"{margin} {bar}"
    yield f"{number} {bar} {shown}".rstrip()
    indent = len(carets) - len(carets.lstrip())
    yield f"{margin} {bar} {carets[:indent]}{_paint(carets[indent:], color, options)}"


def _margin(item: Diagnostic) -> str:
    """Return as many spaces as the longest line number of this problem has digits."""
    places = [item.location, *(related.location for related in item.related)]
    return " " * max((len(str(place.line)) for place in places if place), default=1)


def _paint(text: str, code: str, options: RenderOptions) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if options.color else text
