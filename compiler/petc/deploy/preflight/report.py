"""Findings as diagnostics for people, and as values for machines. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from petc.deploy.preflight.types import BOOTSTRAP, PreflightFinding, Verdict
from petc.deploy.targets import Target, folded
from petc.diagnostics import Diagnostic, Severity

_CODES = {
    Verdict.ERROR: ("target-not-ready", Severity.ERROR),
    Verdict.WARNING: ("target-may-stop", Severity.WARNING),
    Verdict.NOT_CHECKED: ("target-not-checked", Severity.NOTE),
}


def diagnostics(findings: Iterable[PreflightFinding]) -> tuple[Diagnostic, ...]:
    """Return the findings as diagnostics: equal ones of several targets as one, and one for each reason not to know."""
    groups: dict[tuple[Verdict, str, str], list[PreflightFinding]] = {}
    for finding in findings:
        named = "" if finding.verdict is Verdict.NOT_CHECKED else finding.check
        groups.setdefault((finding.verdict, named, finding.message), []).append(finding)
    return tuple(_diagnostic(verdict, message, alike) for (verdict, _, message), alike in groups.items())


def _diagnostic(verdict: Verdict, message: str, alike: list[PreflightFinding]) -> Diagnostic:
    code, severity = _CODES[verdict]
    if verdict is Verdict.ERROR and alike[0].check == BOOTSTRAP:
        code = "bootstrap-outdated"
    where = folded(_targets(alike))
    checks = ", ".join(dict.fromkeys(finding.check for finding in alike))
    text = (
        f"not checked in {where}: {checks} ({message})"
        if verdict is Verdict.NOT_CHECKED
        else f"{checks} in {where}: {message}"
    )
    return Diagnostic(code, severity, text, pointer=alike[0].pointer or None, on_key=True, help=alike[0].help)


def _targets(alike: Iterable[PreflightFinding]) -> tuple[Target, ...]:
    return tuple(dict.fromkeys(finding.target for finding in alike))


def values(findings: Iterable[PreflightFinding]) -> list[dict[str, object]]:
    """Return the findings as JSON values, one an object."""
    return [
        {
            "check": finding.check,
            "verdict": finding.verdict.value,
            "target": str(finding.target),
            "message": finding.message,
            "help": finding.help,
            "pointer": finding.pointer,
        }
        for finding in findings
    ]
