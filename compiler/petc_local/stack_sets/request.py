"""Typed reading of a parsed request, so that no action handles untyped values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ParsedRequest:
    """The members of one request or of a structure inside it; an absent member reads as None or empty."""

    members: Mapping[str, object]

    def has(self, name: str) -> bool:
        """Whether the member was sent, be it empty."""
        return name in self.members

    def text(self, name: str) -> str | None:
        """Return a text member."""
        value = self.members.get(name)
        return value if isinstance(value, str) else None

    def need(self, name: str) -> str:
        """Return a text member that the model requires."""
        value = self.text(name)
        if value is None:
            raise KeyError(name)
        return value

    def flag(self, name: str) -> bool | None:
        """Return a boolean member."""
        value = self.members.get(name)
        return value if isinstance(value, bool) else None

    def number(self, name: str) -> int | None:
        """Return an integer member."""
        value = self.members.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts."""
        value = self.members.get(name)
        return tuple(item for item in value if isinstance(item, str)) if isinstance(value, tuple) else ()

    def inner(self, name: str) -> ParsedRequest | None:
        """Return a structure."""
        value = self.members.get(name)
        return ParsedRequest(value) if isinstance(value, dict) else None

    def inners(self, name: str) -> tuple[ParsedRequest, ...]:
        """Return a list of structures."""
        value = self.members.get(name)
        return (
            tuple(ParsedRequest(item) for item in value if isinstance(item, dict))
            if isinstance(value, tuple)
            else ()
        )
