"""Every check of the verification, over the rendered templates alone."""

from __future__ import annotations

from pathlib import Path

from petc.diagnostics import Diagnostic
from petc.verify import alarms, limits, link, names, quotas, stage_lint
from petc.verify.rendered import View


def verified(
    view: View, regions: tuple[str, ...], cache: Path | None, today: str, inline: bool = False
) -> tuple[Diagnostic, ...]:
    """Return what the link check, the quotas and cfn-lint find in a stage's templates.

    `today` is an ISO date, `inline` says that templates travel inside the request instead of by a bucket.
    Broken links are reported without running the linter: it would only say the same in other words. So are
    templates above a quota of CloudFormation, on which it may spend minutes before they are split anyhow.
    """
    found = inspected(view, inline)
    if any(item.is_error for item in found if item.code not in _LINTED_ALL_THE_SAME):
        return found
    return (*found, *stage_lint.check(view, regions, cache, today))


_LINTED_ALL_THE_SAME = frozenset({"limit-exceeded"})
"""Errors about single resources, beside which the linter still has something to say."""


def inspected(view: View, inline: bool = False) -> tuple[Diagnostic, ...]:
    """Return what the link check, the names, the alarms, the quotas and the limits find: all but the linter."""
    return (
        *link.check(view),
        *names.check(view),
        *alarms.check(view),
        *quotas.check(view, quotas.published(), inline),
        *limits.check(view),
    )
