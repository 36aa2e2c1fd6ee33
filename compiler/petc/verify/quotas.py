"""Whether each template fits the quotas of CloudFormation."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from petc.diagnostics import Diagnostic
from petc.verify import codes
from petc.verify.rendered import Rendered, View

_SECTIONS = {
    "resources": "Resources",
    "outputs": "Outputs",
    "parameters": "Parameters",
    "mappings": "Mappings",
}


_WHOLE_SPEC = "/name"
"""A quota is about all parts together, so its finding stands at the system's name."""

_UPLOAD = "write `targets: {templates: bucket}`, so that templates travel by the artifact bucket"


@dataclass(frozen=True, slots=True)
class Quotas:
    """The limits by name, as in `schemas/quotas.json`, and the share in percent at which to warn."""

    limits: Mapping[str, int]
    warn_at: int


@cache
def published() -> Quotas:
    """Return the quotas of `schemas/quotas.json`, which names source and date of each."""
    text = files("petc.bundled.schemas").joinpath("quotas.json").read_text(encoding="utf-8")
    data = json.loads(text)
    return Quotas(
        {name: int(entry["limit"]) for name, entry in data["quotas"].items()}, int(data["warn_at_percent"])
    )


def check(view: View, quotas: Quotas, inline: bool = False) -> Iterator[Diagnostic]:
    """Yield a `quota-exceeded` or `quota-near` finding for each quota of each template.

    `inline` says that templates travel inside the request, which takes less than an upload to a bucket.
    """
    size = "template_body" if inline else "template_url"
    for rendered in view:
        for name, count in {**_counts(rendered), size: rendered.size}.items():
            what = "bytes" if name == size else name.replace("_", " ")
            yield from _measure(rendered, what, count, quotas.limits[name], quotas.warn_at, inline)


def _counts(rendered: Rendered) -> dict[str, int]:
    counts = {name: len(rendered.section(section)) for name, section in _SECTIONS.items()}
    counts["dynamic_references"] = rendered.text.count("{{resolve:")
    return counts


def _measure(
    rendered: Rendered, what: str, count: int, limit: int, warn_at: int, inline: bool
) -> Iterator[Diagnostic]:
    upload = inline and what == "bytes"
    if count > limit:
        yield codes.QUOTA_EXCEEDED.diagnostic(
            f"{rendered.file} has {count:,} {what}, and CloudFormation takes at most {limit:,}",
            pointer=_WHOLE_SPEC,
            help=_UPLOAD if upload else "describe fewer parts in one spec, or split it in two",
            artifact=rendered.file,
        )
    elif count * 100 >= limit * warn_at:
        yield codes.QUOTA_NEAR.diagnostic(
            f"{rendered.file} has {count:,} {what}, {count * 100 // limit} % of the {limit:,} "
            "that CloudFormation takes",
            pointer=_WHOLE_SPEC,
            help=_UPLOAD if upload else "split the spec before it grows further",
            artifact=rendered.file,
        )
