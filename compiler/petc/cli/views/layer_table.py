"""A stage's layers in deployment order, for people: what each of them holds."""

from __future__ import annotations

from collections.abc import Mapping

from petc.output.manifest import Manifest, ManifestLayer

_HEAD = ("wave", "layer", "resources", "exports", "imports", "parameters", "bytes")
_LAYER = _HEAD.index("layer")


def table(manifest: Manifest, files: Mapping[str, bytes]) -> str:
    """Return a stage's layers as a table; layers of one wave are deployed at the same time."""
    rows = [_HEAD, *(_row(layer, len(files[layer.file])) for layer in manifest.layers)]
    totals = [sum(int(row[column].replace(",", "")) for row in rows[1:]) for column in range(2, len(_HEAD))]
    rows.append(("", f"{len(manifest.layers)} layers", *(f"{total:,}" for total in totals)))
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    lines = [f"{manifest.spec} {manifest.stage}  ({manifest.root[:12]})"]
    for row in rows:
        cells = (
            text.ljust(width) if column == _LAYER else text.rjust(width)
            for column, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        lines.append("  " + "  ".join(cells).rstrip())
    return "\n".join((*lines, ""))


def _row(layer: ManifestLayer, size: int) -> tuple[str, ...]:
    numbers = (layer.resources, len(layer.exports), len(layer.imports), len(layer.parameters), size)
    return (str(layer.wave), layer.file.removesuffix(".yaml"), *(f"{number:,}" for number in numbers))
