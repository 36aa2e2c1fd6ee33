"""Diagnostic codes of operating a deployed stage, for `petc explain`."""

from __future__ import annotations

from petc.diagnostics import Code, Severity

BOOTSTRAP = (
    Code(
        "bootstrap-failed",
        Severity.ERROR,
        "a stack of petc bootstrap could not be made",
        "CloudFormation rolled it back, so nothing of it is left. The usual cause is a role or bucket of the same "
        "name that somebody made by hand, or in another region: delete it, or import it into the stack.",
    ),
    Code(
        "bootstrap-slow",
        Severity.ERROR,
        "a stack of petc bootstrap takes longer than it should",
        "Roles and buckets are made within a minute. CloudFormation goes on by itself; look at the stack's events, "
        "and run the command again when it has ended.",
    ),
)

CODES: tuple[Code, ...] = BOOTSTRAP
