"""The joined view: all layers of a stage as one template in which imports are followed.

Many lint rules fall silent on a value that they cannot resolve, and an import is one.
The joined template is linted, never deployed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from petc import naming
from petc.verify import values
from petc.verify.rendered import Json, Rendered, View, function, mapping, sequence
from petc.verify.values import Index

_CONTEXT = "com.aws.cloudformation.Context"
_SECTIONS = ("Parameters", "Mappings", "Conditions", "Resources", "Outputs")
_REFERENCE = re.compile(r"\$\{([^!}.][^}.]*)(\.[^}]*)?\}")


Origins: TypeAlias = Mapping[tuple[str, str], tuple[int, str]]
"""For section and name in the joined template: position of the layer, and its own name for it."""


@dataclass(frozen=True, slots=True)
class Joined:
    """One template for a whole view, and where each of its parts comes from."""

    template: dict[str, Json]
    origins: Origins


def joined(view: View) -> Joined:
    """Return the joined view.

    Equal parameters are merged; other names that two layers share get the layer's name as prefix.
    Imports that lead nowhere stay as they are. Exports are dropped, since nothing imports them any more.
    """
    known = values.index(view)
    shared = _shared(view)
    template: dict[str, Json] = {"AWSTemplateFormatVersion": "2010-09-09"}
    arch = _architecture(view)
    if arch:
        template["Metadata"] = {_CONTEXT: {"arch": arch}}
    for section in _SECTIONS:
        merged: dict[str, Json] = {}
        for position, rendered in enumerate(view):
            for name, body in rendered.section(section).items():
                new = _renamed(rendered, name, shared)
                merged[new] = _rewritten(known, view, position, body, shared)
                if section == "Outputs":
                    merged[new] = {k: v for k, v in mapping(merged[new]).items() if k != "Export"}
        if merged:
            template[section] = merged
    return Joined(template, origins(view))


def origins(view: View) -> Origins:
    """Return where each part of the joined template comes from; the first layer, for a merged parameter."""
    shared = _shared(view)
    found: dict[tuple[str, str], tuple[int, str]] = {}
    for position, rendered in enumerate(view):
        for section in _SECTIONS:
            for name in rendered.section(section):
                found.setdefault((section, _renamed(rendered, name, shared)), (position, name))
    return found


def _architecture(view: View) -> str:
    """Return the layers' own summaries as one, since the linter asks each template for it."""
    texts = [
        mapping(mapping(rendered.template.get("Metadata")).get(_CONTEXT)).get("arch") for rendered in view
    ]
    return "; ".join(text for text in texts if isinstance(text, str))


def _shared(view: View) -> frozenset[str]:
    """Return the names that mean different things in different layers.

    Parameters and resources share one name space in a template, outputs have their own; a name that is
    taken in one section is renamed in all, which keeps the rule short.
    """
    counts: Counter[str] = Counter()
    for section in _SECTIONS:
        bodies: dict[str, list[Json]] = {}
        for rendered in view:
            for name, body in rendered.section(section).items():
                bodies.setdefault(name, []).append(body)
        for name, found in bodies.items():
            same = section == "Parameters" and all(body == found[0] for body in found)
            if section != "Outputs" or len(found) > 1:
                counts[name] += 1 if same else len(found)
    return frozenset(name for name, count in counts.items() if count > 1)


def _renamed(rendered: Rendered, name: str, shared: frozenset[str]) -> str:
    return naming.pascal(rendered.layer) + name if name in shared else name


def _rewritten(known: Index, view: View, position: int, value: Json, shared: frozenset[str]) -> Json:
    """Return the value with imports followed and names as they are in the joined template."""
    place, followed = values.follow(known, position, value)
    if followed is not value:
        return _rewritten(known, view, place, followed, shared)
    if isinstance(value, list):
        return [_rewritten(known, view, position, item, shared) for item in value]
    if not isinstance(value, dict):
        return value
    rendered = view[position]
    call = function(value)
    if call is not None and shared:
        name, argument = call
        if name == "Ref" and isinstance(argument, str):
            return {name: _renamed(rendered, argument, shared)}
        if name == "Fn::GetAtt":
            logical_id, attribute = values.attribute_of(argument)
            return {name: [_renamed(rendered, logical_id, shared), attribute]}
        if name == "Fn::Sub":
            return {name: _substituted(known, view, position, argument, shared)}
    result = {key: _rewritten(known, view, position, item, shared) for key, item in value.items()}
    depends = result.get("DependsOn")
    if depends is not None and "Type" in result:
        result["DependsOn"] = (
            _renamed(rendered, depends, shared)
            if isinstance(depends, str)
            else [_renamed(rendered, str(item), shared) for item in sequence(depends)]
        )
    return result


def _substituted(known: Index, view: View, position: int, argument: Json, shared: frozenset[str]) -> Json:
    parts = sequence(argument)
    variables = mapping(parts[1]) if len(parts) > 1 else {}

    def replacement(match: re.Match[str]) -> str:
        name, attribute = match.groups()
        new = name if name in variables else _renamed(view[position], name, shared)
        return f"${{{new}{attribute or ''}}}"

    if isinstance(argument, str):
        return _REFERENCE.sub(replacement, argument)
    if parts and isinstance(parts[0], str):
        text = _REFERENCE.sub(replacement, parts[0])
        return [text, *(_rewritten(known, view, position, item, shared) for item in parts[1:])]
    return argument
