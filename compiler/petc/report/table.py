"""The message formats that `--format` offers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from petc.diagnostics import Diagnostic
from petc.report.as_json import render_json
from petc.report.github import render_github
from petc.report.options import RenderOptions
from petc.report.sarif import render_sarif
from petc.report.text import render_text

Renderer: TypeAlias = Callable[[Sequence[Diagnostic], Mapping[str, str], RenderOptions], str]
"""Takes the diagnostics, the text of each file that they speak of, and the caller's choices."""

RENDERERS: Mapping[str, Renderer] = {
    "text": render_text,
    "json": render_json,
    "sarif": render_sarif,
    "github": render_github,
}
