"""The click commands: parse the arguments, call the pipeline, print what it returns."""

from __future__ import annotations

from petc.cli.main import main

__all__ = ["main"]
