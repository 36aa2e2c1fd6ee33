"""A plan as text for people: what changes, what it does to what is running, and what is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from petc.deploy.plan.types import (
    AccessChange,
    Action,
    Effect,
    LayerChange,
    Phase,
    Plan,
    PropertyChange,
    Refusal,
    ResourceChange,
    TargetChange,
)
from petc.deploy.plan.value_text import fitted, items_apart, shown, started, width_of
from petc.deploy.targets import folded
from petc.report.cells import visible

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


def summary(plan: Plan) -> str:
    """Return `2 layers change, 10 unchanged; 1 resource replaced; 3 steps`, or `nothing to do; …`."""
    changing = sum(change.action is not Action.UNCHANGED for change in plan.layers)
    still = len(plan.layers) - changing
    if plan.is_empty and not changing:
        return f"nothing to do; {_counted(still, 'layer')} unchanged"
    parts = [f"{_counted(changing, 'layer')} change{'s' if changing == 1 else ''}, {still} unchanged"]
    for action, word in ((Action.REPLACE, "replaced"), (Action.DELETE, "deleted")):
        found = {
            (change.name, item.logical_id)
            for change in plan.layers
            for group in change.groups
            for item in group.resources
            if item.action is action
        }
        if found:
            parts.append(f"{_counted(len(found), 'resource')} {word}")
    if plan.refused:
        parts.append(f"{len(plan.refused)} refused")
    parts.append(_counted(len(plan.steps), "step"))
    return "; ".join(parts)


SYMBOLS = {
    Action.CREATE: "+",
    Action.UPDATE: "~",
    Action.REPLACE: "-/+",
    Action.DELETE: "-",
    Action.FORGET: "-",
    Action.UNCHANGED: " ",
}
"""What stands before a layer or resource."""


_EFFECTS = {
    Effect.IN_PLACE: "",
    Effect.INTERRUPTS: "interrupts",
    Effect.MAY_REPLACE: "may replace it",
    Effect.REPLACES: "replaces it",
}


_PHASES = {
    Phase.ONLY: "",
    Phase.ADD: "what is new comes, what others still use of the old stays",
    Phase.PIN: "values that are about to change are written out in place of imports",
    Phase.REMOVE: "what nobody uses any more goes",
    Phase.DELETE: "it goes",
}


def render(plan: Plan, look: Look | None = None) -> str:
    """Return the plan in lines, each with its line end."""
    return "".join(f"{line}\n" for line in lines(plan, look or Look()))


def lines(plan: Plan, look: Look) -> Iterator[str]:
    """Yield the plan line by line."""
    for change in plan.layers:
        if change.action is not Action.UNCHANGED or len(change.groups) > 1:
            yield from _layer(change, look)
            yield ""
    if any(step.phase in (Phase.ADD, Phase.PIN, Phase.REMOVE) for step in plan.steps):
        yield from _steps(plan, look)
        yield ""
    for refusal in plan.refused:
        yield from _refusal(refusal, look)
    if plan.refused:
        words = " ".join(dict.fromkeys(option for item in plan.refused for option in item.options))
        yield from wrapped(f"refused until allowed by: {words}", "", look, "warning")
        yield ""
    yield from wrapped(summary(plan), "", look, "title")


def _layer(change: LayerChange, look: Look) -> Iterator[str]:
    for group in change.groups:
        if group.action is Action.UNCHANGED:
            continue
        symbol = SYMBOLS[group.action]
        identical = " identical" if len(group.targets) > 1 else ""
        title = f"{symbol} {change.stem}  {group.action.value} in {folded(group.targets)}{identical}"
        yield look.style(_role(group.action), fitted(visible(title), room(look)))
        if group.action in (Action.DELETE, Action.FORGET):
            yield from _left_by(change, group, look)
        if group.why:
            yield from wrapped(visible(group.why), "    ", look, "quiet")
        for parameter in group.parameters:
            old = shown(parameter.old) if parameter.old else "(none)"
            new = shown(parameter.new) if parameter.new else "(none)"
            yield from wrapped(f"parameter {parameter.name}: {old} -> {new}", "    ", look)
        yield from _resources(group, look)
        yield from _access(group, look)


def _left_by(change: LayerChange, group: TargetChange, look: Look) -> Iterator[str]:
    """Yield the accounts and regions that a layer leaves, by name, when it stays in others."""
    stays = [target for other in change.groups if other is not group for target in other.targets]
    for name in ("account", "region"):
        gone = sorted({getattr(target, name) for target in group.targets})
        if len(gone) > 1 and {getattr(target, name) for target in stays} - set(gone):
            yield from wrapped(f"{name}s {', '.join(gone)}", "    ", look, "delete")


def _resources(group: TargetChange, look: Look) -> Iterator[str]:
    silent = [item for item in group.resources if item.action is Action.UPDATE and not item.properties]
    plain = group.action in (Action.CREATE, Action.DELETE)
    for item in group.resources:
        if item in silent or (plain and not item.stateful):
            continue
        yield from _resource(item, look)
    if plain and group.resources:
        rest = sum(not item.stateful for item in group.resources)
        if rest:
            yield from wrapped(f"{SYMBOLS[group.action]} {_counted(rest, 'other resource')}", "    ", look)
    if silent:
        yield from wrapped(f"~ {_counted(len(silent), 'resource')}: only metadata", "    ", look, "quiet")


def _resource(item: ResourceChange, look: Look) -> Iterator[str]:
    symbol = SYMBOLS[item.action]
    notes = []
    if item.stateful and item.action in (Action.REPLACE, Action.DELETE):
        notes.append("holds data")
    if item.kept:
        notes.append("the old one is kept" if item.kept == "Retain" else "a snapshot is kept")
    place = look.place(item.pointer) if item.pointer else ""
    text = f"{symbol} {visible(item.logical_id)}  {item.type}"
    text += f"  ({', '.join(notes)})" if notes else ""
    yield from placed(text, place, "    ", look, _role(item.action))
    for change in item.properties:
        yield from _property(change, look)


def _property(change: PropertyChange, look: Look) -> Iterator[str]:
    path = visible(change.path.removeprefix("Properties."))
    effect = _EFFECTS[change.effect]
    end = f"  ({effect})" if effect else ""
    old, new = shown(change.old), shown(change.new)
    if change.unknown:
        new = f"(known after deploy: {visible(', '.join(change.unknown))})"
        if change.old == change.new:
            # The reference is the same, what it refers to is not.
            yield from placed(f"{path}: {new}{end}", "", " " * 8, look, "")
            return
    apart = items_apart(change.old, change.new)
    if apart is not None and not change.unknown:
        yield from wrapped(f"{path}:{end}", " " * 8, look)
        for mark, found in zip("-+", apart, strict=True):
            for text in found:
                yield fitted(f"{' ' * 10}{mark} {text}", room(look))
        return
    line = f"{' ' * 8}{path}: {old} -> {new}{end}"
    if width_of(line) <= room(look):
        yield line
        return
    yield from wrapped(f"{path}:{end}", " " * 8, look)
    yield fitted(f"{' ' * 10}  {old}", room(look))
    yield fitted(f"{' ' * 10}-> {new}", room(look))


def _access(group: TargetChange, look: Look) -> Iterator[str]:
    if not group.access:
        return
    if group.action in (Action.CREATE, Action.DELETE):
        count = _counted(len(group.access), "rule or statement", "rules and statements")
        word = "gained" if group.action is Action.CREATE else "lost"
        yield from wrapped(f"access {word}: {count}", "    ", look, "quiet")
        return
    for gained in (True, False):
        found = [item for item in group.access if item.gained is gained]
        if found:
            yield f"    access {'gained' if gained else 'lost'}:"
            for item in found:
                yield from _accessed(item, look)


def _accessed(item: AccessChange, look: Look) -> Iterator[str]:
    role = "create" if item.gained else "delete"
    place = look.place(item.pointer) if item.pointer else ""
    yield from placed(
        f"{'+' if item.gained else '-'} {item.kind}: {visible(item.text)}", place, " " * 6, look, role
    )


def _steps(plan: Plan, look: Look) -> Iterator[str]:
    numbers = {step.id: number for number, step in enumerate(plan.steps, 1)}
    title = "steps, because exported values that are in use can neither change nor go:"
    yield from wrapped(title, "", look, "title")
    for step in plan.steps:
        after = ", ".join(str(numbers[name]) for name in step.after if name in numbers)
        note = _PHASES[step.phase]
        number = str(numbers[step.id])
        text = f"{number} {step.stem}" + (f": {note}" if note else "")
        indent = " " * (5 - len(number))
        yield from wrapped(text + (f" (after {after})" if after else ""), indent, look)


def _refusal(item: Refusal, look: Look) -> Iterator[str]:
    verb = {
        Action.DELETE: "would be deleted",
        Action.REPLACE: "would be replaced",
        Action.UPDATE: "may be replaced",
    }
    kept = {"Retain": ", the old one is kept but used by nothing", "Snapshot": ", a snapshot is kept"}
    text = (
        f"refused: {visible(item.logical_id)} ({item.type}) of layer {visible(item.layer)}{item.where} "
        f"{verb[item.action]}, and its data with it{kept.get(item.kept, '')}"
    )
    place = look.place(item.pointer) if item.pointer else ""
    yield from wrapped(f"{text}{f'  {place}' if place else ''}", "", look, "warning")


def _role(action: Action) -> str:
    return "quiet" if action is Action.UNCHANGED else action.value


def _counted(number: int, noun: str, plural: str = "") -> str:
    return f"{number} {noun if number == 1 else plural or noun + 's'}"
