"""What AWS would refuse in some targets, said once for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from petc.deploy.plan.target_resources import Key, ResourceEntry
from petc.deploy.targets import Target, folded
from petc.diagnostics import Diagnostic, Severity


@dataclass(frozen=True, slots=True)
class Refused:
    """One thing that AWS would refuse; `pointer` leads to the spec, `help` is the way out."""

    code: str
    message: str
    pointer: str = ""
    help: str = ""


def described(key: Key, entry: ResourceEntry) -> str:
    """Return how a message names a resource."""
    return f"{key.logical_id} ({entry.type}) of layer {entry.layer}"


def diagnostics(
    found: Iterable[tuple[Refused, tuple[Target, ...]]], everywhere: Iterable[Target]
) -> Iterator[Diagnostic]:
    """Yield one problem for each refusal; where it is not so in every target, the message says in which."""
    targets: dict[Refused, list[Target]] = {}
    for item, group in found:
        targets.setdefault(item, []).extend(group)
    whole = set(everywhere)
    for item, places in targets.items():
        where = "" if set(places) == whole else f" (in {folded(sorted(set(places)))})"
        yield Diagnostic(
            item.code,
            Severity.ERROR,
            f"{item.message}{where}",
            pointer=item.pointer or None,
            on_key=True,
            help=item.help,
        )
