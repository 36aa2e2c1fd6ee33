"""Diagnostic codes of function packages, site content and images, for `petc explain`."""

from __future__ import annotations

from petc.diagnostics import Code

CODES: tuple[Code, ...] = ()
