"""The diagnostic codes of the command line itself, for `petc explain`. None shows a spec: they speak of options."""

from __future__ import annotations

from petc.diagnostics import Code, Severity

PETC_SOURCE = Code(
    "petc-source",
    Severity.ERROR,
    "the workflow would not know which petc to install",
    "The workflow of petc init --workflows installs petc in jobs that take an AWS role, so the bytes must be "
    "pinned: a git commit by its full id, or a wheel by its SHA-256. petc is published on no package index; a "
    "bare name would install whatever somebody else registers. An installation from a commit or an archive "
    "records its source, and petc takes it from there. For an editable installation or one from a folder, "
    "pass --petc-from.",
)

CODES: tuple[Code, ...] = (PETC_SOURCE,)
