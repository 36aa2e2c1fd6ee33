"""What was changed by hand, told from what AWS itself changes. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from petc.deploy.desired import DesiredState
from petc.deploy.observed import Difference, DriftedResource
from petc.deploy.operations import codes
from petc.deploy.targets import Target, folded
from petc.diagnostics import Diagnostic
from petc.output.reader import read
from petc.source.tree import Json
from petc.verify.rendered import mapping


@dataclass(frozen=True, slots=True)
class Noise:
    """A property that AWS changes by itself, and why that is no drift. `path` is a regular expression."""

    type: str
    path: str
    why: str
    kind: str = ""


NOISE = (
    # "Drift-aware change sets" treat it so too; the rest is assumed from what detection reports.
    Noise("AWS::ECS::Service", r"/DesiredCount", "autoscaling changes the number of tasks"),
    Noise(
        "AWS::ApplicationAutoScaling::ScalableTarget",
        r"/SuspendedState(/.*)?",
        "AWS fills it in where the template is silent",
        "ADD",
    ),
    Noise("AWS::RDS::DBCluster", r"/EngineVersion", "a patch within the maintenance window"),
    Noise(
        "AWS::RDS::DBInstance",
        r"/(EngineVersion|CACertificateIdentifier)",
        "a patch within the maintenance window",
    ),
    Noise("AWS::Lambda::Function", r"/Layers(/.*)?", "extensions that the account adds to functions", "ADD"),
    Noise("*", r"/Tags/\d+(/.*)?", "tags that an organization or a tool of the account adds", "ADD"),
)
"""What detection reports although nobody changed anything, each with the reason."""


_RULES = ("AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress")


@dataclass(frozen=True, slots=True)
class Sorted:
    """Drift and noise apart; noise as pairs of a place and the reason."""

    drifted: tuple[DriftedResource, ...]
    noise: tuple[tuple[str, str], ...]


def rule_texts(wanted: DesiredState) -> frozenset[str]:
    """Return the descriptions of all group rules of the stage, by which they are known at their groups."""
    found = set()
    for layer in wanted.layers:
        for body in mapping(mapping(read(layer.template, layer.stem)).get("Resources")).values():
            text = mapping(mapping(body).get("Properties")).get("Description")
            if mapping(body).get("Type") in _RULES and isinstance(text, str):
                found.add(text)
    return frozenset(found)


def sorted_out(found: Iterable[DriftedResource], rules: frozenset[str] = frozenset()) -> Sorted:
    """Return what somebody changed, and what was left out with the reason for it.

    `rules` are the descriptions of the stage's group rules (`rule_texts`): what a group has beyond them was
    added by hand.
    """
    drifted: list[DriftedResource] = []
    noise: dict[tuple[str, str], None] = {}
    for item in found:
        real = []
        for difference in item.differences:
            why = reason(item.type, difference, rules)
            if why:
                noise[f"{item.logical_id}{difference.path}", why] = None
            else:
                real.append(difference)
        if item.status == "DELETED" or real or not item.differences:
            drifted.append(
                DriftedResource(item.name, item.target, item.logical_id, item.type, item.status, tuple(real))
            )
    return Sorted(tuple(drifted), tuple(noise))


def reason(type_name: str, difference: Difference, rules: frozenset[str] = frozenset()) -> str:
    """Return why a difference is no drift; empty when it is."""
    if type_name == "AWS::EC2::SecurityGroup" and difference.kind == "ADD":
        return "a rule that is a resource of its own" if _description(difference.actual) in rules else ""
    if _same(difference.expected, difference.actual):
        return "the same value, written in another order"
    for row in NOISE:
        applies = row.type in (type_name, "*") and row.kind in ("", difference.kind)
        if applies and re.fullmatch(row.path, difference.path):
            return row.why
    return ""


def diagnostics(found: Iterable[DriftedResource], wanted: DesiredState) -> tuple[Diagnostic, ...]:
    """Return one problem for each thing that was changed, in all targets where it was changed alike.

    The pointer leads to the line of the spec that the resource comes from.
    """
    pointers = {layer.name: _pointers(layer.template, layer.stem) for layer in wanted.layers}
    groups: dict[tuple[str, str, str, str], list[Target]] = {}
    for item in found:
        stem = item.name.removeprefix(wanted.prefix)
        for message in _messages(item):
            groups.setdefault((stem, item.name, item.logical_id, message), []).append(item.target)
    return tuple(
        codes.DRIFTED.diagnostic(
            f"{logical_id} of {stem} in {folded(targets)} {message}",
            pointer=pointers.get(name, {}).get(logical_id),
            help="put it back by hand, or say it in the spec and deploy",
            artifact=f"{stem}.yaml:{logical_id}",
        )
        for (stem, name, logical_id, message), targets in groups.items()
    )


def _messages(item: DriftedResource) -> Iterable[str]:
    if item.status == "DELETED":
        return ("was deleted by hand",)
    if not item.differences:
        return ("is not as its template says",)
    return tuple(_message(difference) for difference in item.differences)


def _message(difference: Difference) -> str:
    path = difference.path.strip("/").replace("/", ".")
    if difference.kind == "ADD":
        return f"has {path}: {_short(difference.actual)}, of which the template says nothing"
    if difference.kind == "REMOVE":
        return f"lacks {path}: {_short(difference.expected)}"
    return f"has {path}: {_short(difference.actual)}, and the template says {_short(difference.expected)}"


def _short(value: str) -> str:
    line = " ".join(value.split())
    return line if len(line) <= 80 else f"{line[:77]}..."


def _pointers(template: str, file: str) -> Mapping[str, str]:
    resources = mapping(mapping(read(template, file)).get("Resources"))
    found = {}
    for logical_id, body in resources.items():
        spec = mapping(mapping(mapping(body).get("Metadata")).get("petc")).get("spec")
        if isinstance(spec, str):
            found[logical_id] = spec
    return found


def _description(rule: str) -> str:
    """Return the description of a group rule as detection writes it, a JSON object."""
    try:
        found = mapping(json.loads(rule)).get("Description")
    except ValueError:
        return ""
    return found if isinstance(found, str) else ""


def _same(first: str, second: str) -> bool:
    """Whether two JSON texts hold the same, lists in any order: policies come back in AWS's own order."""
    try:
        one, other = json.loads(first), json.loads(second)
    except ValueError:
        return False
    return isinstance(one, (list, dict)) and _unordered(one) == _unordered(other)


def _unordered(value: Json) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f"{key}:{_unordered(item)}" for key, item in sorted(value.items())) + "}"
    if isinstance(value, list):
        return "[" + ",".join(sorted(map(_unordered, value))) + "]"
    return json.dumps(value)
