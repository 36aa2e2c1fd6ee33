"""What would stop a deployment, asked before its first step: in the plan, in what stands, and of the targets.

A deletion that is refused half-way leaves a stage torn, so all of this comes before anything changes. Only emptying
buckets writes, and only what the plan deletes.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Collection, Iterator

from petc.deploy import codes
from petc.deploy.aws import bootstrap_stack_sets, bootstrap_stacks, cleanup
from petc.deploy.aws.bootstrap_stacks import Places
from petc.deploy.aws.call_settings import EXECUTION_ROLE
from petc.deploy.aws.preflight_lookups import AwsLookups
from petc.deploy.bootstrap import version_check
from petc.deploy.bootstrap.stacks import Bootstrap
from petc.deploy.observed import Observed
from petc.deploy.operations import destruction, stack_removal
from petc.deploy.operations.stack_removal import LeavingBucket
from petc.deploy.plan.types import Action, Plan
from petc.deploy.preflight import prerequisites
from petc.deploy.preflight import run as checks
from petc.deploy.preflight.planned import planned as planned_targets
from petc.deploy.preflight.types import PreflightFinding, Verdict
from petc.deploy.targets import Target
from petc.deployment import Prospect, Reached
from petc.diagnostics import Rejected


def preflight(at: Reached, prospect: Prospect, only: Collection[str] = ()) -> tuple[PreflightFinding, ...]:
    """Ask every target what would stop the plan there, by look-ups that write nothing; nothing for an empty plan.

    Errors come first, then warnings, then what was not checked.

    `only` names the layers that the plan was limited to.
    """
    if prospect.plan.is_empty:
        return ()
    role = "" if at.settings.is_service_managed else EXECUTION_ROLE
    planned = planned_targets(prospect.wanted, prospect.observed, only, role, prospect.plan.layers)
    started = {item.target for item in planned if item.deployed}
    asked = checks.preflight(planned, lambda target: AwsLookups(at.connection, target))
    found = (*bootstrap_findings(at), *asked, *prerequisites.images(prospect.images.missing, started))
    return tuple(sorted(found, key=lambda item: list(Verdict).index(item.verdict)))


def bootstrap_findings(at: Reached) -> tuple[PreflightFinding, ...]:
    """Return where `petc bootstrap` gave a target less than these layers need, or where that cannot be seen."""
    asked = Bootstrap(at.ready.stage, at.ready.made, at.connection.account, at.targets)

    def deployed(name: str, place: Target) -> str:
        if at.settings.is_service_managed:
            return bootstrap_stack_sets.deployed_template(at.connection, at.settings, name)
        return bootstrap_stacks.template_of(
            at.connection.client("cloudformation", place.region, place.account), name
        )

    return tuple(version_check.findings(asked, functools.cache(deployed)))


def importers(at: Reached, observed: Observed) -> tuple[PreflightFinding, ...]:
    """Ask every target whether stacks of others import what would go with the whole stage."""
    nothing = dataclasses.replace(at.wanted, layers=())
    return checks.preflight(
        planned_targets(nothing, observed), lambda target: AwsLookups(at.connection, target)
    )


def require_allowed(plan: Plan) -> None:
    """Raise `Rejected` with every resource whose data the plan would lose without an allowance."""
    verbs = {Action.DELETE: "deleted", Action.REPLACE: "replaced"}
    found = tuple(
        codes.DATA_WOULD_BE_LOST.diagnostic(
            f"{item.logical_id} ({item.type}) of layer {item.layer}{item.where} "
            + (f"would be {verbs[item.action]}" if item.action in verbs else "may be replaced")
            + ", and its data with it",
            pointer=item.pointer or None,
            on_key=True,
            help=f"{' '.join(item.options)} allows it",
        )
        for item in plan.refused
    )
    if found:
        raise Rejected(found)


def require_removable(
    at: Reached, plan: Plan, observed: Observed, *, emptied: bool, role: str | None = None
) -> None:
    """Raise `Rejected` when a stack that the plan deletes holds what keeps CloudFormation from deleting it.

    That is a protected resource, and a bucket with objects unless buckets are `emptied` before. A bucket that
    may not be looked into passes. Who empties them takes `role` in other accounts, which is refused here when it is
    empty; without a value nothing is emptied yet.
    """
    going = stack_removal.deleted(plan, observed)
    found = destruction.held(going, at.wanted.prefix)
    problems = list(stack_removal.protected(found, at.wanted.stage))
    buckets = [
        (one, cleanup.holds_objects(at.connection, one.target, one.name))
        for one in doomed_buckets(at, plan, observed)
    ]
    if not emptied:
        problems += stack_removal.filled([one for one, holds in buckets if holds])
    elif role is not None:
        places = Places(at.connection, role)
        problems += stack_removal.unreached(
            [one for one, holds in buckets if holds is not False and not places.reaches(one.target.account)]
        )
    if problems:
        raise Rejected(tuple(problems))


def doomed_buckets(at: Reached, plan: Plan, observed: Observed) -> tuple[LeavingBucket, ...]:
    """Return the buckets that go with the stacks that the plan deletes. Raises `Rejected`."""
    found = []
    for item, target, stack in stack_removal.buckets(stack_removal.deleted(plan, observed), at.wanted.prefix):
        names = cleanup.physical_names(at.connection, target, stack, [item.logical_id])
        found += [LeavingBucket(item, target, name) for name in names.values()]
    return tuple(found)


def empty_buckets(at: Reached, plan: Plan, observed: Observed, role: str = "") -> Iterator[str]:
    """Empty the buckets that go with the plan, one after another, and yield a line about each.

    `role` names a role to take in other accounts. Raises `Rejected`.
    """
    places = Places(at.connection, role)
    for one in doomed_buckets(at, plan, observed):
        count = cleanup.empty_bucket(places, one.target, one.name)
        yield f"emptied {one.name} in {one.target}: {count:,} versions of objects"
