"""What a compile came to, for people: layers in deployment order, their size, and what was found."""

from __future__ import annotations

from petc.artifacts import Artifacts
from petc.output.manifest import NAME, Layer
from petc.pipeline import Outcome

_HEAD = ("wave", "layer", "resources", "exports", "imports", "parameters", "bytes")


def summary(outcome: Outcome, out: str, findings: str, seconds: float, *, wrote: bool) -> str:
    """Return a table for each stage, and a closing line: findings, files written, time."""
    tables = [_table(made) for made in outcome.artifacts]
    count = sum(len(made.files) + 1 for made in outcome.artifacts)
    there = {f"{made.manifest.stage}/{path}" for made in outcome.artifacts for path in (*made.files, NAME)}
    written = sum(path in there for path in outcome.changed)
    what = f"{written} of {count} files written" if wrote else f"{count} files are up to date"
    gone = len(outcome.changed) - written
    what += f", {gone} removed" if gone else ""
    return "\n".join((*tables, f"{findings}; {what} in {out}; {seconds:.1f} s"))


def _table(made: Artifacts) -> str:
    manifest = made.manifest
    rows = [_HEAD, *(_row(layer, len(made.files[layer.file])) for layer in manifest.layers)]
    totals = [sum(int(row[column].replace(",", "")) for row in rows[1:]) for column in range(2, len(_HEAD))]
    rows.append(("", f"{len(manifest.layers)} layers", *(f"{total:,}" for total in totals)))
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    lines = [f"{manifest.spec} {manifest.stage}  ({manifest.root[:12]})"]
    for row in rows:
        cells = (
            text.ljust(width) if column == 1 else text.rjust(width)
            for column, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        lines.append("  " + "  ".join(cells).rstrip())
    return "\n".join((*lines, ""))


def _row(layer: Layer, size: int) -> tuple[str, ...]:
    numbers = (layer.resources, len(layer.exports), len(layer.imports), len(layer.parameters), size)
    return (str(layer.wave), layer.file.removesuffix(".yaml"), *(f"{number:,}" for number in numbers))
