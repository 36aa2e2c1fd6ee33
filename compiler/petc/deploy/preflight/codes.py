"""The diagnostic codes of the preflight, for `petc explain`. None shows a spec: they speak of accounts."""

from __future__ import annotations

from petc.diagnostics import Code, Severity

TARGET_NOT_READY = Code(
    "target-not-ready",
    Severity.ERROR,
    "a target would stop the deployment",
    "Before the first step petc asks each target what is certain to stop the deployment there: quotas, names "
    "that are taken, certificates and hosted zones of another account, exports that other stacks import. The "
    "look-ups write nothing. The message names the account and region, and the help the command that gets "
    "it out of the way. `--no-preflight` deploys without asking.",
)

TARGET_MAY_STOP = Code(
    "target-may-stop",
    Severity.WARNING,
    "a target may stop the deployment, or a service later",
    "The same look-ups, for what may succeed all the same: a quota that is met only while all services roll, a "
    "secret that has no value yet, a model that is about to end.",
)

TARGET_NOT_CHECKED = Code(
    "target-not-checked",
    Severity.NOTE,
    "a look-up got no answer",
    "The call was denied, throttled or is unknown there; the message has the reason. That stops nothing. "
    "`petc bootstrap` grants the reading roles every action that the look-ups take.",
)

CODES: tuple[Code, ...] = (
    TARGET_NOT_READY,
    TARGET_MAY_STOP,
    TARGET_NOT_CHECKED,
)
