"""Building the located tree from parse events, and refusing what the spec language does not have.

Knows nothing of YAML's library: `parse` hands over texts and places.
Everything stands on one explicit stack, so nesting is bounded by `MAX_DEPTH` and not by the interpreter.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NoReturn

from petc.diagnostics import Code, Diagnostic, Location, Rejected, Related
from petc.source import codes, scalars, suggest
from petc.source.text import INVISIBLE, describe
from petc.source.tree import Entry, Node, Scalar

MAX_DEPTH = 64
"""Levels of mappings and lists, aliases followed; every later phase may recurse without a check."""

MAX_NODES = 100_000
"""Values, each alias counted with all that it brings; a spec of 500 services has about a fifth."""

MAX_PROBLEMS = 100
"""Problems after which reading stops: nobody reads more, and a hostile file has one per line."""


@dataclass(slots=True)
class _Open:
    """A mapping or list whose end is still to come; the bottom one holds the document itself."""

    start: Location
    entries: dict[str, Entry] | None
    items: list[Node] = field(default_factory=list)
    anchor: str | None = None
    flow: bool = False
    at_key: bool = False
    name: str | None = None
    key: Location | None = None
    end: tuple[int, int] = (0, 0)
    size: int = 1
    height: int = 1


@dataclass(frozen=True, slots=True)
class _Anchored:
    """What an alias brings: the value, how many values it is in all, and how many levels."""

    node: Node
    size: int
    height: int


@dataclass(slots=True)
class Builder:
    """Builds the tree from events; one use."""

    file: str
    problems: list[Diagnostic] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=list)
    anchors: dict[str, _Anchored] = field(default_factory=dict)
    opened: dict[str, int] = field(default_factory=dict)
    root: Node | None = None
    documents: int = 0
    aliases: int = 0

    def document(self, place: Location) -> None:
        """Begin a document; there may be one."""
        self.documents += 1
        if self.documents > 1:
            message = "a second document starts here, a spec is one"
            self.stop(_error(codes.SEVERAL_DOCUMENTS, message, place, "move it to a file of its own"))

    def finished(self) -> Node:
        """Return the tree, or raise `Rejected` with all that was found."""
        root = self.root
        start = Location(self.file, 1, 1, 1, 1)
        if root is None or root.value is None:
            place = root.location if root else start
            self._report(codes.EMPTY_SPEC, "the spec is empty", place, "start one with petc init")
        elif not isinstance(root.value, MappingProxyType):
            kind = "a list" if isinstance(root.value, tuple) else "a single value"
            message = f"the spec is {kind}, not a mapping"
            self._report(
                codes.NOT_A_MAPPING, message, root.location, "start it with keys, as in 'name: shop'"
            )
        if self.problems or root is None:
            raise Rejected(tuple(self.problems))
        return root

    def stop(self, problem: Diagnostic) -> NoReturn:
        """Raise `Rejected` with what was found so far and this problem."""
        raise Rejected((*self.problems, problem))

    def _report(self, code: Code, message: str, place: Location, way_out: str, *related: Related) -> None:
        self.problems.append(_error(code, message, place, way_out, related))
        if len(self.problems) >= MAX_PROBLEMS:
            raise Rejected(tuple(self.problems))

    def scalar(self, text: str, place: Location, anchor: str | None, *, plain: bool, tag: str) -> None:
        """Take a scalar; `plain` when it is written without quotes, `tag` as written or empty."""
        value: Scalar = text
        if tag:
            self._tag(tag, place)
        elif plain:
            value = self._meaning(text, place)
        else:
            self._check_escapes(text, place)
        top = self.stack[-1] if self.stack else None
        if top is not None and top.at_key:
            self._key(top, text, value, place, plain=plain)
            return
        if plain and not text and top is not None and top.key is not None:
            # The two parsers place an absent value differently, and neither where a reader looks.
            place = top.key
        node = Node(value, place)
        if anchor is not None:
            self.anchors[anchor] = _Anchored(node, 1, 0)
        self._attach(node, 1, 0, (place.end_line, place.end_column))

    def _meaning(self, text: str, place: Location) -> Scalar:
        try:
            return scalars.resolve(text)
        except scalars.OutOfRangeError:
            message = f"'{_short(text)}' is a number that cannot be kept exactly, at most 64 bits and finite"
            self._report(codes.NUMBER_OUT_OF_RANGE, message, place, "put it in quotes if it is text")
            return None

    def _check_escapes(self, text: str, place: Location) -> None:
        found = INVISIBLE.search(text)
        if found is None:
            return
        message = f"the escape in this text makes the invisible character {describe(found.group())}"
        self._report(codes.CONTROL_CHARACTER, message, place, "remove it")

    def _tag(self, tag: str, place: Location) -> None:
        message = f"the tag '{_short(tag)}' stands before this value, a spec has no tags"
        way_out = "put the value in quotes to make it text" if tag == "!!str" else "remove the tag"
        self._report(codes.CUSTOM_TAG, message, place, way_out)

    def _key(self, top: _Open, text: str, value: Scalar, place: Location, *, plain: bool) -> None:
        top.at_key, top.name, top.key = False, None, place
        if plain and text == "<<":
            way_out = "write the keys out, or give a whole value an anchor and use its alias"
            self._report(codes.MERGE_KEY, "'<<' merges keys, which YAML 1.2 does not know", place, way_out)
        elif not isinstance(value, str):
            shown = f"'{_short(text)}'" if text else "an absent key"
            message = f"{shown} is {_kind(value)}, keys are text"
            way_out = f'write "{_short(text)}" in quotes' if text else "write a name as the key"
            self._report(codes.KEY_NOT_A_STRING, message, place, way_out)
        elif top.entries is not None and text in top.entries:
            message = f"the key '{_short(text)}' stands twice in this mapping"
            first = Related("it stands here first", top.entries[text].key)
            self._report(codes.DUPLICATE_KEY, message, place, "keep one of them", first)
        else:
            top.name = text

    def start(self, place: Location, anchor: str | None, *, mapping: bool, flow: bool, tag: str) -> None:
        """Open a mapping or a list; `flow` when it is written in brackets."""
        if len(self.stack) >= MAX_DEPTH:
            self.stop(_too_deep(place))
        if tag:
            self._tag(tag, place)
        if anchor is not None:
            # From here on the name means this value, and an alias inside of it would never end.
            self.anchors.pop(anchor, None)
            self.opened[anchor] = self.opened.get(anchor, 0) + 1
        end = (place.end_line, place.end_column)
        self.stack.append(
            _Open(place, {} if mapping else None, anchor=anchor, flow=flow, at_key=mapping, end=end)
        )

    def end(self, place: Location) -> None:
        """Close the innermost mapping or list."""
        done = self.stack.pop()
        # A block ends where its last value does; its end event stands at the next token, lines below.
        line, column = (place.end_line, place.end_column) if done.flow else done.end
        span = Location(self.file, done.start.line, done.start.column, line, column)
        node = Node(tuple(done.items) if done.entries is None else MappingProxyType(done.entries), span)
        if done.anchor is not None:
            self.opened[done.anchor] -= 1
            self.anchors[done.anchor] = _Anchored(node, done.size, done.height)
        top = self.stack[-1] if self.stack else None
        if top is not None and top.at_key:
            kind = "a list" if done.entries is None else "a mapping"
            self._unusable_key(top, f"{kind} stands as a key, keys are text", span, "write a name as the key")
            return
        self._attach(node, done.size, done.height, (line, column))

    def alias(self, name: str, place: Location) -> None:
        """Take an alias: the value that its anchor names stands here once more."""
        top = self.stack[-1] if self.stack else None
        if top is not None and top.at_key:
            message = f"the alias '*{_short(name)}' stands as a key, keys are text"
            self._unusable_key(top, message, place, "write the key out")
            return
        self.aliases += 1
        target = self._target(name, place)
        if len(self.stack) + target.height > MAX_DEPTH:
            self.stop(_too_deep(place))
        self._attach(target.node, target.size, target.height, (place.end_line, place.end_column))

    def _target(self, name: str, place: Location) -> _Anchored:
        target = self.anchors.get(name)
        if target is not None:
            return target
        if self.opened.get(name):
            message = f"'*{_short(name)}' stands inside of the value that it names, which would never end"
            self._report(codes.ALIAS_CYCLE, message, place, "write the value out")
        else:
            meant = suggest.closest(name, self.anchors)
            way_out = f"did you mean '*{meant}'" if meant else "put the text in quotes if it is no alias"
            message = f"there is no anchor '&{_short(name)}' above this alias"
            self._report(codes.UNKNOWN_ALIAS, message, place, way_out)
        return _Anchored(Node(None, place), 1, 0)

    def _unusable_key(self, top: _Open, message: str, place: Location, way_out: str) -> None:
        top.at_key, top.name, top.key = False, None, place
        self._report(codes.KEY_NOT_A_STRING, message, place, way_out)

    def _attach(self, node: Node, size: int, height: int, end: tuple[int, int]) -> None:
        if not self.stack:
            self.root = node
            return
        top = self.stack[-1]
        top.size += size
        top.height = max(top.height, height + 1)
        top.end = max(top.end, end)
        if top.size > MAX_NODES:
            self.stop(self._too_many(node.location))
        if top.entries is None:
            top.items.append(node)
        else:
            if top.name is not None and top.key is not None:
                top.entries[top.name] = Entry(top.key, node)
            top.at_key, top.name, top.key = True, None, None

    def _too_many(self, place: Location) -> Diagnostic:
        if self.aliases:
            message = f"the aliases up to here make more than {MAX_NODES} values"
            return _error(codes.ALIAS_BOMB, message, place, "write out what is meant, with fewer aliases")
        message = f"the spec has more than {MAX_NODES} values"
        return _error(codes.TOO_LARGE, message, place, "split it into several specs")


def _too_deep(place: Location) -> Diagnostic:
    message = f"the value is nested deeper than {MAX_DEPTH} levels"
    return _error(codes.TOO_DEEP, message, place, "flatten it; no part of a spec needs as many")


def _kind(value: Scalar) -> str:
    if value is None:
        return "null"
    return "true or false" if isinstance(value, bool) else "a number"


def _short(text: str) -> str:
    # Messages are one line: a long or broken value is cut.
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:57] + "..."


def _error(
    code: Code, message: str, place: Location, way_out: str, related: tuple[Related, ...] = ()
) -> Diagnostic:
    return code.diagnostic(message, location=place, help=way_out, related=related)
