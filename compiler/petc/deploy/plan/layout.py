"""Lines of a plan within the width that there is, with colours by role and places of the spec."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from petc.deploy.plan.shown_values import fitted, started, width_of

_NARROWEST = 40


@dataclass(frozen=True, slots=True)
class Look:
    """How text is laid out: its width in cells, colours by role, and the place of a pointer into the spec.

    Roles of `style` are `title`, `create`, `update`, `replace`, `delete`, `warning`, `quiet`; it returns the
    text with whatever a terminal needs around it. `place` returns `file:line:column`, or nothing.
    """

    width: int = 100
    style: Callable[[str, str], str] = lambda _, text: text
    place: Callable[[str], str] = lambda _: ""


def placed(text: str, place: str, indent: str, look: Look, role: str) -> Iterator[str]:
    """Yield a line with its place in the spec at the end, or below where there is no room."""
    whole = f"{indent}{text}  {place}" if place else f"{indent}{text}"
    if width_of(whole) <= room(look):
        end = f"  {look.style('quiet', place)}" if place else ""
        yield styled(look, role, f"{indent}{text}") + end
        return
    yield from wrapped(text, indent, look, role)
    if place:
        yield look.style("quiet", fitted(f"{indent}  {place}", room(look)))


def wrapped(text: str, indent: str, look: Look, role: str = "") -> Iterator[str]:
    """Yield a text whole, in as many lines as it needs: broken at spaces, and within words that are too long."""
    line, deeper = indent, f"{indent}  "
    for word in text.split(" "):
        joined = f"{line} {word}" if line.strip() else f"{line}{word}"
        if width_of(joined) > room(look) and line.strip():
            yield styled(look, role, line.rstrip())
            joined = f"{deeper}{word}"
        while width_of(joined) > room(look):
            part = started(joined, room(look))
            yield styled(look, role, part)
            joined = f"{deeper}{joined[len(part) :]}"
        line = joined
    yield styled(look, role, line)


def styled(look: Look, role: str, line: str) -> str:
    """Return the line as the role wants it, as it is without a role."""
    return look.style(role, line) if role else line


def room(look: Look) -> int:
    """Return how many cells a line may take."""
    return max(look.width, _NARROWEST)
