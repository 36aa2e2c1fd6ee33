"""Text to located tree: YAML's events, kept to what the spec language allows.

Events and not PyYAML's own tree: they need no recursion, so depth and size are refused while reading,
and tags, merge keys, duplicate keys and scalars get this language's meaning instead of YAML 1.1's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NoReturn

import yaml
from yaml import events

from petc.diagnostics import Location, Rejected
from petc.source import syntax
from petc.source.build import Builder
from petc.source.text import decode
from petc.source.tree import Node

_FAST = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_BREAK = re.compile(r"\r\n|\r|\n")

_TAG = re.compile(r"!\S*")

# Possessive (`*+`): backtracking over a million blank lines would take 300 MiB.
_DIRECTIVE = re.compile(r"\A(?:[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n))*+%")

_TAB_OR_COMMENT = re.compile(r"\t|(?<!\S)#[^\r\n]*")

_BLOCK_COMMENT = re.compile(r"[|>][-+0-9]*#")

_SURROGATE = re.compile("[\ud800-\udfff]")


def parse(text: bytes, file: str, *, pure: bool = False) -> Node:
    """Return the spec as a located tree; its top is a mapping.

    `file` is the name that positions carry. `pure` uses the parser written in Python even where
    libyaml is at hand. Where both accept a file, the results are the same; on two malformed corners they
    disagree: libyaml reads `{a?}`, the pure parser a block scalar whose first line starts with a tab.

    Raises `Rejected` with every problem up to the first syntax error or the first exceeded limit.
    """
    content = decode(text, file)
    before = _DIRECTIVE.match(content)
    if before:
        raise Rejected((syntax.directive(file, len(_BREAK.findall(before.group()))),))
    builder = Builder(file)
    for event in _events(content, builder, yaml.SafeLoader if pure else _FAST):
        _take(event, content, builder)
    return builder.finished()


# Events and marks of the two parsers share attributes but no class that says so: Any ends in `_take`.
def _events(text: str, builder: Builder, loader: Any) -> Iterator[Any]:
    read = 0
    tabs = "\t" in text
    parsed: Iterator[Any] = yaml.parse(text, Loader=loader)
    try:
        for event in parsed:
            if type(event) is events.ScalarEvent and event.style == '"' and _SURROGATE.search(event.value):
                # The pure parser lets half a character through that libyaml refuses.
                _stop(text, builder, "escape", "", None, _position(event.start_mark))
            glued = _glued_comment(event, text)
            if glued is not None:
                _stop(text, builder, "block scalar", "", glued, None)
            if tabs:
                _check_tabs(event, text, read, builder)
            read = max(read, event.end_mark.index)
            yield event
    except yaml.MarkedYAMLError as fault:
        at, opened = _position(fault.problem_mark), _position(fault.context_mark)
        _stop(text, builder, str(fault.problem or ""), str(fault.context or ""), at, opened)
    except (yaml.YAMLError, ValueError, OverflowError):
        # The pure parser hands an escape such as "\UFFFFFFFF" to chr() unchecked.
        lines = _BREAK.split(text[: max(read, text.find('"', read))])
        _stop(text, builder, "escape", "", None, (len(lines) - 1, len(lines[-1])))


def _glued_comment(event: Any, text: str) -> syntax.Position | None:
    """Return the place of a block scalar whose header runs into a comment (`|#`): libyaml lets it pass."""
    if getattr(event, "style", None) not in ("|", ">"):
        return None
    mark = event.start_mark
    header = _BLOCK_COMMENT.search(_BREAK.split(text[mark.index : event.end_mark.index], maxsplit=1)[0])
    return (mark.line, mark.column + header.end() - 1) if header else None


def _check_tabs(event: Any, text: str, read: int, builder: Builder) -> None:
    """Refuse a tab between this event and what was read before, or in it outside of quotes and blocks.

    libyaml takes such tabs for spaces, the pure parser refuses them: one file, one meaning.
    """
    start, end = event.start_mark.index, event.end_mark.index
    style = event.style if type(event) is events.ScalarEvent else None
    if style in ("'", '"'):
        end = text.find(style, start)
    elif style in ("|", ">"):
        header = _BREAK.search(text, start)
        end = header.start() if header else end
    for found in _TAB_OR_COMMENT.finditer(text, min(read, start), end):
        if found.group() == "\t":
            lines = _BREAK.split(text[: found.start()])
            _stop(text, builder, "tab", "", (len(lines) - 1, len(lines[-1])), None)


def _stop(
    text: str,
    builder: Builder,
    problem: str,
    context: str,
    at: syntax.Position | None,
    opened: syntax.Position | None,
) -> NoReturn:
    builder.stop(syntax.explain(builder.file, text, problem, context, at, opened))


def _position(mark: Any) -> syntax.Position | None:
    return (mark.line, mark.column) if mark else None


def _take(event: Any, text: str, builder: Builder) -> None:
    kind = type(event)
    first, last = event.start_mark, event.end_mark
    place = Location(builder.file, first.line + 1, first.column + 1, last.line + 1, last.column + 1)
    if kind is events.ScalarEvent:
        if event.style in ("|", ">"):
            place = _block(event, text, place)
        tag = _tag(event, text)
        builder.scalar(event.value, place, event.anchor, plain=not event.style, tag=tag)
    elif kind is events.MappingStartEvent or kind is events.SequenceStartEvent:
        mapping, tag = kind is events.MappingStartEvent, _tag(event, text)
        builder.start(place, event.anchor, mapping=mapping, flow=event.flow_style, tag=tag)
    elif kind is events.MappingEndEvent or kind is events.SequenceEndEvent:
        builder.end(place)
    elif kind is events.AliasEvent:
        builder.alias(event.anchor, place)
    elif kind is events.DocumentStartEvent:
        builder.document(place)


def _tag(event: Any, text: str) -> str:
    """Return the tag as it is written, which the event holds only in its long form."""
    if event.tag is None:
        return ""
    written = _TAG.search(text, event.start_mark.index)
    return written.group() if written else str(event.tag)


def _block(event: Any, text: str, place: Location) -> Location:
    """Return the span of a block scalar without the blank lines that follow it."""
    written = text[event.start_mark.index : event.end_mark.index].rstrip()
    lines = _BREAK.split(written)
    column = len(lines[-1]) + (place.column if len(lines) == 1 else 1)
    return Location(place.file, place.line, place.column, place.line + len(lines) - 1, column)
