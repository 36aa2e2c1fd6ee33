"""Lint findings that a resource accepts: each by rule, with its reason beside it, and only where it fires.

A resource accepts a rule with cfn-lint's own directive, so that cfn-lint alone agrees, and a reason:
`Metadata: {cfn-lint: {config: {ignore_checks: [W3002]}}, petc: {accepted: {W3002: "why"}}}`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from petc.diagnostics import Code, Diagnostic
from petc.verify import codes
from petc.verify.findings import LintFinding
from petc.verify.rendered import Rendered, Resource, View, mapping, resources, sequence


@dataclass(frozen=True, slots=True)
class Located:
    """A finding and the layer that it is about; the path is as in that layer's own template.

    No position: the finding is about the joined view as a whole.
    """

    position: int | None
    finding: LintFinding


def remaining(view: View, found: Iterable[Located]) -> tuple[Located, ...]:
    """Return the findings that no resource accepts with a reason, in their order."""
    accepted = {
        (item.position, item.logical_id, rule) for item in resources(view) for rule in _explained(item)
    }
    return tuple(
        item for item in found if (item.position, item.finding.logical_id, item.finding.rule) not in accepted
    )


def check(view: View, found: Iterable[Located]) -> Iterator[Diagnostic]:
    """Yield `unexplained-suppression` and `needless-suppression` findings.

    `found` is everything that the linter reports, what is accepted included.
    """
    fired = {(item.position, item.finding.logical_id, item.finding.rule) for item in found}
    for rendered in view:
        if "cfn-lint" in mapping(rendered.template.get("Metadata")):
            yield _whole_template(rendered)
    for resource in resources(view):
        ignored, reasons = _ignored(resource), _reasons(resource)
        for rule in ignored:
            if rule not in reasons:
                yield _finding(
                    codes.UNEXPLAINED_SUPPRESSION,
                    resource,
                    f"{resource.artifact} switches lint rule {rule} off without a reason",
                    f"state the reason in Metadata.petc.accepted.{rule}",
                )
            elif (resource.position, resource.logical_id, rule) not in fired:
                yield _finding(
                    codes.NEEDLESS_SUPPRESSION,
                    resource,
                    f"{resource.artifact} accepts lint rule {rule}, which finds nothing there",
                    "remove the directive and its reason",
                )
        for rule in reasons:
            if rule not in ignored:
                yield _finding(
                    codes.NEEDLESS_SUPPRESSION,
                    resource,
                    f"{resource.artifact} gives a reason for lint rule {rule}, which it does not switch off",
                    "remove the reason, or add the rule to the directive",
                )


def _explained(resource: Resource) -> tuple[str, ...]:
    reasons = _reasons(resource)
    return tuple(rule for rule in _ignored(resource) if rule in reasons)


def _ignored(resource: Resource) -> tuple[str, ...]:
    config = mapping(mapping(mapping(resource.body.get("Metadata")).get("cfn-lint")).get("config"))
    return tuple(str(rule) for rule in sequence(config.get("ignore_checks")))


def _reasons(resource: Resource) -> dict[str, str]:
    given = mapping(mapping(mapping(resource.body.get("Metadata")).get("petc")).get("accepted"))
    return {rule: text for rule, text in given.items() if isinstance(text, str) and text.strip()}


def _whole_template(rendered: Rendered) -> Diagnostic:
    return codes.UNEXPLAINED_SUPPRESSION.diagnostic(
        f"{rendered.file} configures the linter for the whole template, which hides findings everywhere",
        help="accept the rule on the one resource that needs it",
        artifact=rendered.file,
    )


def _finding(code: Code, resource: Resource, message: str, way_out: str) -> Diagnostic:
    return code.diagnostic(
        message,
        pointer=resource.pointer,
        help=way_out,
        artifact=resource.artifact,
    )
