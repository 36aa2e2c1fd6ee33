"""The report of a run that failed: the first cause with what helps against it, the deployed state, the next command."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from petc.deploy.engine import Cause
from petc.deploy.execute import codes
from petc.deploy.execute.operation import Done
from petc.deploy.plan.types import Operation, Plan, Step
from petc.deploy.preflight import quotas
from petc.diagnostics import Diagnostic, Rejected
from petc.output.reader import read


def rejected(plan: Plan, run: tuple[Done, ...]) -> Rejected:
    """Return the problems of a run in which a step failed, in the order in which they came."""
    found: list[Diagnostic] = []
    way_on = _way_on(plan.steps, run)
    for done in run:
        if done.problem is not None:
            found += (replace(item, help=_joined(item.help, way_on)) for item in done.problem.diagnostics)
        elif done.failed is not None and done.ending is not None and done.ending.cause is not None:
            cause = done.ending.cause
            pointer = pointer_of(_template(plan, done.failed), cause.logical_id)
            artifact = f"{done.step.stem}.yaml" + (f"#{cause.logical_id}" if cause.logical_id else "")
            found.append(
                codes.DEPLOYMENT_FAILED.diagnostic(
                    _message(done.step, cause),
                    pointer=pointer,
                    on_key=True,
                    help=_joined(hint(cause.reason), way_on),
                    artifact=artifact,
                )
            )
    # Credentials that end stop every step alike; it is one problem.
    return Rejected(tuple(dict.fromkeys(found)))


def interrupted(steps: tuple[Step, ...], run: tuple[Done, ...], running: int) -> Rejected:
    """Return what is said when the person, or the terminal, ends petc while operations run."""
    still = f"{running} operation{'' if running == 1 else 's'}" if running else "no operation"
    goes = "goes" if running == 1 else "go"
    message = f"the deployment was interrupted; {still} {goes} on in AWS, and nothing is lost"
    help_ = _joined(_standing(steps, run), "run petc deploy again: it waits for what runs and does the rest")
    return codes.DEPLOYMENT_INTERRUPTED.because(message, help_)


def sentence(done: Done) -> str:
    """Return in one line why a step failed; empty when it did not."""
    if done.problem is not None:
        return done.problem.diagnostics[0].message
    if done.ending is not None and done.ending.cause is not None:
        return _what(done.ending.cause)
    return ""


def pointer_of(template: str, logical_id: str) -> str | None:
    """Return the place in the spec that a resource comes from, which its metadata holds.

    A template that petc did not write, because someone changed it by hand, leads nowhere.
    """
    if not (template and logical_id):
        return None
    try:
        found: object = read(template)
    except Rejected:
        return None
    for key in ("Resources", logical_id, "Metadata", "petc", "spec"):
        found = found.get(key) if isinstance(found, Mapping) else None
    return found if isinstance(found, str) else None


def _template(plan: Plan, operation: Operation) -> str:
    """Return the template that an operation works on: its own, or the newest of its set in the plan."""
    if operation.template:
        return plan.templates.get(operation.template, "")
    before = [
        item.template
        for step in plan.steps
        for item in step.operations
        if item.name == operation.name and item.template
    ]
    return plan.templates.get(before[-1], "") if before else ""


def _message(step: Step, cause: Cause) -> str:
    place = f" in {cause.target}" if cause.target else ""
    return f"layer {step.stem} failed{place}: {_what(cause)}"


def _what(cause: Cause) -> str:
    kind = f" ({cause.type})" if cause.type else ""
    subject = f"{cause.logical_id}{kind}: " if cause.logical_id else ""
    return f"{subject}{_plain(cause.reason)}" + (f" ({_plain(cause.detail)})" if cause.detail else "")


def _plain(text: str) -> str:
    return " ".join(text.split()).rstrip(".") or "AWS gives no reason"


def _way_on(steps: tuple[Step, ...], run: tuple[Done, ...]) -> str:
    return _joined(
        _standing(steps, run), "correct the cause and run petc deploy again, which does what is left"
    )


def _standing(steps: tuple[Step, ...], run: tuple[Done, ...]) -> str:
    good = {done.step.id for done in run if done.is_good}
    open_ = {step.stem for step in steps if step.id not in good}
    stems = tuple(dict.fromkeys(step.stem for step in steps))
    whole = [stem for stem in stems if stem not in open_]
    if not whole:
        return ""
    return f"{len(whole)} of {len(stems)} layers are done ({', '.join(whole)})"


def _joined(*parts: str) -> str:
    return "; ".join(part for part in parts if part)


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
    (
        # Lambda's answer in an account with a quota of 10, of which 10 stay unreserved (wording seen:
        # https://github.com/aws-samples/one-observability-demo/issues/278).
        re.compile(r"decreases account's UnreservedConcurrentExecution below its minimum value"),
        f"raise Lambda's quota {quotas.LAMBDA_CONCURRENCY.code} (concurrent executions) for the account and region: "
        "aws service-quotas request-service-quota-increase --service-code lambda --quota-code "
        f"{quotas.LAMBDA_CONCURRENCY.code} --desired-value 1000; or take `concurrency` of the function out of the spec",
    ),
    (
        # CloudFront's answer to a new account (wording seen: https://github.com/sst/sst/issues/3704).
        re.compile(r"[Aa]ccount must be verified before you can add new CloudFront resources"),
        "ask AWS Support to verify the account for CloudFront, then run petc deploy again",
    ),
    (
        # ECS's answer while its service-linked role is new (wording seen:
        # https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/818).
        re.compile(r"Unable to assume the service linked role"),
        "run petc deploy again in a minute: the role was just created, and IAM takes a while to know it; "
        "petc bootstrap creates service-linked roles beforehand",
    ),
)


def hint(reason: str) -> str:
    """Return what to do about a failure for this reason; empty when nothing general is known."""
    return next((words for pattern, words in _HINTS if pattern.search(reason)), "")
