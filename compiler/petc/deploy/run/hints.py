"""What helps against causes of failure that AWS words, and that `petc bootstrap` prevents."""

from __future__ import annotations

import re

_HINTS = (
    (
        # AWS CloudFormation User Guide, "Troubleshooting CloudFormation StackSets".
        re.compile(r"Account \d{12} should have '.+' role with trust relationship"),
        "run petc bootstrap for that account, with --role or by whoever administers it, or take it out of the targets",
    ),
    (
        # The wording of IAM; IAM User Guide, "Troubleshoot access denied error messages".
        re.compile(r"petc-execution/\S+ is not authorized to perform"),
        "run petc bootstrap again: petc-execution is granted what the layers use, and a layer has a new type",
    ),
    (
        # API Gateway's answer to a stage with logs in an account and region without the setting (wording seen).
        re.compile(r"CloudWatch Logs role ARN must be set in account settings"),
        "run petc bootstrap again: it makes the setting in each region of the targets",
    ),
)


def hint(reason: str) -> str:
    """Return what to do about a failure for this reason; empty when only the spec can help."""
    return next((words for pattern, words in _HINTS if pattern.search(reason)), "")
