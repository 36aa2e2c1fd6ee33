"""What a linter found, as plain data that can be cached and compared."""

from __future__ import annotations

from dataclasses import dataclass

from petc.verify.rendered import Json, Path


@dataclass(frozen=True, slots=True)
class LintFinding:
    """One finding of a lint rule; `path` leads to it from the top of the template."""

    rule: str
    message: str
    path: Path

    def order(self) -> tuple[tuple[str, ...], str, str]:
        """Return the sort key: by place, then rule, then message."""
        place = tuple(f"{part:06d}" if isinstance(part, int) else part for part in self.path)
        return place, self.rule, self.message

    @property
    def logical_id(self) -> str:
        """Return the resource that the finding is about, empty when it is about something else."""
        if len(self.path) > 1 and self.path[0] == "Resources":
            return str(self.path[1])
        return ""


def encoded(findings: tuple[LintFinding, ...]) -> Json:
    """Return the findings as JSON values."""
    return [[item.rule, item.message, list(item.path)] for item in findings]


def decoded(value: Json) -> tuple[LintFinding, ...] | None:
    """Return the findings behind JSON values, or nothing when they are not what `encoded` makes."""
    if not isinstance(value, list):
        return None
    found: list[LintFinding] = []
    for entry in value:
        if not isinstance(entry, list) or len(entry) != 3:
            return None
        rule, message, path = entry
        if not isinstance(rule, str) or not isinstance(message, str) or not isinstance(path, list):
            return None
        parts = [part for part in path if isinstance(part, str | int)]
        if len(parts) != len(path):
            return None
        found.append(LintFinding(rule, message, tuple(parts)))
    return tuple(found)
