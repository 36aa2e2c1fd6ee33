"""Diagnostic codes of planning, for `petc explain`."""

from __future__ import annotations

from petc.diagnostics import Code

CODES: tuple[Code, ...] = ()
