"""From a typed stage to its files: every layer emitted, overridden and rendered, and the manifest.

Imports troposphere by way of the layers, so whoever may do without it imports this module late.
"""

from __future__ import annotations

from typing import cast

from petc import __version__
from petc.artifacts import Artifacts
from petc.layers.base import LayerTemplate
from petc.layers.order import waves
from petc.layers.overrides import overridden
from petc.layers.snapshots import followed
from petc.layers.table import LAYERS
from petc.model.types import Stage
from petc.output import manifest
from petc.output.render import render
from petc.source.tree import Json

CAPABILITY_IAM = "CAPABILITY_IAM"
"""A template with IAM resources needs the deployer's word; AWS API reference, CreateStackSet."""


def emitted(stage: Stage, spec_file: str) -> Artifacts:
    """Emit every layer of a stage, apply the overrides, complete the ids of snapshots, and render.

    Empty layers are left out.

    Raises `Rejected` for overrides that cannot be applied and values that cannot be rendered.
    """
    drafts = (layer.emit(stage) for layer in LAYERS)
    layers = followed(overridden(stage, tuple(draft for draft in drafts if draft.template.get("Resources"))))
    by_wave = waves(layers)
    texts = {layer.stem: render(layer.template, spec_file) for layer in layers}
    files = {f"{stem}.yaml": text.encode() for stem, text in sorted(texts.items())}
    present = frozenset(layer.layer for layer in layers)
    rows = tuple(
        _row(layer, number, files[f"{layer.stem}.yaml"], present)
        for number, wave in enumerate(by_wave, 1)
        for layer in wave
    )
    return Artifacts(manifest.build(__version__, stage.name, stage.stage, rows, files), files)


def _row(layer: LayerTemplate, wave: int, content: bytes, present: frozenset[str]) -> manifest.ManifestLayer:
    resources = cast("dict[str, dict[str, Json]]", layer.template["Resources"])
    types = cast("dict[str, dict[str, str]]", layer.template.get("Parameters", {}))
    has_iam = any(str(resource["Type"]).startswith("AWS::IAM::") for resource in resources.values())
    return manifest.ManifestLayer(
        name=layer.layer,
        number=layer.number,
        file=f"{layer.stem}.yaml",
        wave=wave,
        depends_on=tuple(producer for producer in layer.producers if producer in present),
        resources=len(resources),
        capabilities=(CAPABILITY_IAM,) if has_iam else (),
        exports=layer.exports,
        imports=tuple(name for name, _ in layer.imports),
        parameters=tuple(
            manifest.Parameter(
                item.name,
                types[item.name]["Type"],
                tuple(sorted((_target(place), value) for place, value in item.values.items() if value)),
                item.unlocked_by,
                item.full_value,
            )
            for item in layer.parameters
        ),
        assets=tuple(
            manifest.ManifestAsset(asset.function, asset.digest, asset.key) for asset in layer.assets
        ),
        sha256=manifest.digest(content),
    )


def _target(place: str) -> str:
    """Return how the manifest calls the place of a value: a region, or an account in a region."""
    return place if "/" in place else f"*/{place}"
