"""Rules about names: one for each part, each layer and each tag."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from petc.diagnostics import Code, Related, Severity
from petc.model import queries
from petc.model.rules.rule import Case, Found, Rule
from petc.model.schema import stage_schema
from petc.source.tree import pointer

_OWN_TAGS = ("project", "stage", "layer")
"""Tags that petc gives every resource."""

_AWS_PREFIX = "aws:"
"""Reserved in any case of letters; AWS Tag Editor User Guide, "Tag naming limits and requirements"."""


def _taken(case: Case) -> Iterator[Found]:
    first: dict[str, tuple[str, str]] = {}
    for kind, part in queries.named(case.stage):
        if part.name in queries.RESERVED:
            yield Found(
                part.at,
                f"`{part.name}` is a word of `uses` and cannot name a {kind}",
                "choose another name",
                on_key=True,
            )
        elif part.name in first:
            other, at = first[part.name]
            yield Found(
                part.at,
                f"`{part.name}` names a {kind} and a {other}, so `uses` could mean either",
                "rename one of them; an entry under `moved` keeps what is deployed",
                (Related(f"the {other}", pointer=at),),
                on_key=True,
            )
        else:
            first[part.name] = (kind, part.at)


def _labels(case: Case) -> Iterator[Found]:
    written = case.stage.layers
    taken: dict[str, str] = {}
    for layer in _layers():
        if layer not in written:
            taken[layer.replace("_", "-")] = layer
    for layer, label in written.items():
        if label in taken:
            other = taken[label]
            related = (
                (Related(f"layer {other}", pointer=pointer("layers", other)),) if other in written else ()
            )
            yield Found(
                pointer("layers", layer),
                f"layers {layer} and {other} are both called `{label}`",
                "labels tell exports apart: give each layer its own",
                related,
            )
        else:
            taken[label] = layer


def _layers() -> tuple[str, ...]:
    names = stage_schema()["properties"]["layers"]["propertyNames"]["enum"]
    return tuple(cast("list[str]", names))


def _reserved_tags(case: Case) -> Iterator[Found]:
    for key in case.stage.tags:
        if key.lower().startswith(_AWS_PREFIX):
            message, help = (
                f"the tag `{key}` starts with `{_AWS_PREFIX}`, which AWS keeps",
                "choose another prefix",
            )
        elif key in _OWN_TAGS:
            message, help = f"the tag `{key}` is one that petc sets itself", "remove it, or rename it"
        else:
            continue
        yield Found(pointer("tags", key), message, help, on_key=True)


NAME_TAKEN = Rule(
    Code(
        "name-taken",
        Severity.ERROR,
        "one name for two parts, or a word of the language as a name",
        "`uses` names parts whatever their kind, so a name stands for one part. `configuration`, "
        "`discovery`, `internet` and `notifications` have a meaning of their own there.",
        bad="buckets: {orders-user: {}}\nservices: {orders: {uses: {orders-user: {}}}}\n",
        good="buckets: {invoices: {}}\nservices: {orders: {uses: {invoices: {}}}}\n",
    ),
    _taken,
)

LABEL_CONFLICT = Rule(
    Code(
        "label-conflict",
        Severity.ERROR,
        "two layers have the same label",
        "The label is what tells the exports of two layers apart. A layer without one is called by its own "
        "name, so that name is taken too.",
        bad="layers: {functions: database}\n",
        good="layers: {functions: database-functions}\n",
    ),
    _labels,
)

RESERVED_TAG = Rule(
    Code(
        "reserved-tag",
        Severity.ERROR,
        "a tag that is not yours to set",
        "AWS refuses keys that start with `aws:`. `project`, `stage` and `layer` are set by petc on every "
        "resource, from what the spec says already.",
        bad="tags: {stage: development}\n",
        good="tags: {phase: development}\n",
    ),
    _reserved_tags,
)

RULES = (NAME_TAKEN, LABEL_CONFLICT, RESERVED_TAG)
