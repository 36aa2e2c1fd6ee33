"""Planning and deploying a stage, one function for each command.

    artifacts -> targets -> observed -> images -> wanted -> plan -> packages -> execution -> site

What stands in `generated/` is deployed, and only while it is what the spec compiles to: what was reviewed is
what runs. This module joins the pure parts with the adapters; each of them knows nothing of the others.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from petc.artifacts import Artifacts
from petc.deploy import codes
from petc.deploy.aws import accounts, change_sets, ecr, exclusive_object, idempotency, stage_ownership
from petc.deploy.aws.call_settings import Settings, execution_role, of
from petc.deploy.aws.connection import Connection
from petc.deploy.aws.engines import engine_for
from petc.deploy.aws.template_transport import Templates
from petc.deploy.bootstrap.names import writer
from petc.deploy.desired import DesiredState, expected_account, home_region, wanted
from petc.deploy.engine import Engine
from petc.deploy.execute import journal, lock, resume, run
from petc.deploy.execute.events import Listener
from petc.deploy.images import Images
from petc.deploy.observed import Observed
from petc.deploy.package.package import sources
from petc.deploy.package.publish import Published, publish, require_intact
from petc.deploy.plan import carried_parameters, change_set_check
from petc.deploy.plan.planner import plan as planned
from petc.deploy.plan.types import Action, Allowance, Plan
from petc.deploy.site import objects, sync
from petc.deploy.site.objects import SiteFile
from petc.deploy.site.sync import Synchronised
from petc.deploy.targets import Target, product
from petc.diagnostics import Diagnostic, Rejected
from petc.model.types import Stage
from petc.pipeline import Judged, Outcome, Request, compile_spec

WHEELS = "wheels"
"""Folder within the cache for what functions require from the package index."""

DEPLOYMENTS = "deploy"
"""Folder within the cache for the journals of deployments."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A stage with what is generated of it. `cache` is the folder `.petc`, `home` that of the spec."""

    judged: Judged
    made: Artifacts
    home: Path
    cache: Path

    @property
    def stage(self) -> Stage:
        """The typed stage."""
        return self.judged.stage


@dataclass(frozen=True, slots=True)
class Reached:
    """A stage and the AWS that it goes to: its targets, and the engine that brings it there.

    `wanted` starts no tasks yet: which images exist is looked up with what stands.
    """

    ready: Ready
    connection: Connection
    targets: tuple[Target, ...]
    wanted: DesiredState
    settings: Settings
    engine: Engine

    @property
    def templates(self) -> Templates:
        """The way of templates to CloudFormation."""
        return Templates(self.connection, self.settings)


@dataclass(frozen=True, slots=True)
class Prospect:
    """One look at a stage: what should stand, what stands, and the plan between them."""

    wanted: DesiredState
    observed: Observed
    plan: Plan
    images: Images


def ready(request: Request, name: str) -> tuple[Outcome, Ready | None]:
    """Judge, emit and verify a stage and compare it with its folder; nothing comes back ready otherwise."""
    outcome = compile_spec(dataclasses.replace(request, stages=(name,), check=True))
    if outcome.failed:
        return outcome, None
    cache = request.cache.parent if request.cache else request.out.parent / ".petc"
    return outcome, Ready(outcome.judged[0], outcome.artifacts[0], request.spec.parent, cache)


def connection_of(stage: Stage) -> Connection:
    """Connect to the AWS of the environment.

    Raises `Rejected` for credentials that are missing, refused or of another account than the stage's.
    """
    connection = Connection(home_region(stage), writer=writer(f"{stage.name}-{stage.stage}"))
    _require_account(stage, connection)
    return connection


def reached(about: Ready, connection: Connection) -> Reached:
    """Find the targets of a stage, and its engine.

    Raises `Rejected` when an organization cannot be read, and when the stage stands in another home or its
    names are those of another stage (`petc.deploy.aws.stage_ownership`).
    """
    stage = about.stage
    members = stage.targets.accounts or accounts.of_units(connection, stage.targets.organizational_units)
    places = product(members, stage.targets.regions)
    bare = wanted(stage, about.made, connection.account, places)
    settings = of(bare)
    stage_ownership.require(connection, settings, bare.engine, bare.prefix, places)
    return Reached(about, connection, places, bare, settings, engine_for(bare.engine, connection, settings))


def observe(at: Reached) -> Observed:
    """Return what stands under the names of the stage's layers, also of those that the spec no longer has."""
    names = tuple(layer.name for layer in at.wanted.layers)
    return at.engine.observe(names, at.wanted.prefix, at.targets)


def look(
    at: Reached,
    allowed: Collection[Allowance] = (),
    only: Collection[str] = (),
    observed: Observed | None = None,
) -> Prospect:
    """Look at what stands, unless that was just `observed`, and plan what is left to do.

    `allowed` names stateful resources that may be replaced or deleted, `only` the layers to look at.
    Raises `Rejected` when something cannot be read, or stands in a way that no plan mends.
    """
    stage, made = at.ready.stage, at.ready.made
    seen = observed or observe(at)
    if not at.targets and not any(layer.deployed for layer in seen.layers.values()):
        raise _nowhere(stage)
    found = ecr.survey(at.connection, stage, made, at.targets, seen)
    full = wanted(stage, made, at.connection.account, at.targets, found.unlocked)
    services = tuple(stage.services.values())
    calm = carried_parameters.undisturbed(full, seen, services)
    first = planned(calm, seen, allowed, only)
    final = carried_parameters.decided(full, seen, services, first)
    if final == calm:
        return Prospect(calm, seen, first, found)
    return Prospect(final, seen, planned(final, seen, allowed, only), found)


@contextlib.contextmanager
def held(at: Reached, listener: Listener, *, wait: bool) -> Iterator[Callable[[], None]]:
    """Keep every other deployment of the stage away, on this machine and on others, and yield the guard of that.

    The guard raises `Rejected` once somebody else has taken the stage over. Raises `Rejected` (`stage-held`),
    told who holds it, unless it may `wait`.
    """
    want = at.wanted
    with (
        lock.here(at.ready.cache / DEPLOYMENTS, want.stage, listener, wait=wait),
        lock.among_machines(_lock(at), want.stage, listener, wait=wait) as check,
    ):
        yield check


def finish_earlier(at: Reached, listener: Listener, *, wait: bool) -> Diagnostic | None:
    """Wait for the end of what an earlier run began; return the warning about a journal that is not used.

    Nothing is asked for here that AWS does not know already. Raises `Rejected`, among others `stage-held` as
    `held` does.
    """
    folder, want = at.ready.cache / DEPLOYMENTS, at.wanted
    if not journal.is_open(folder, want.stage):
        if lock.was_killed(folder, want.stage):
            _let_go(at, listener)
        return None
    # Read once the stage is held: before, it may be the journal of a process that runs.
    with held(at, listener, wait=wait):
        found = journal.load(folder, want.spec, want.stage, at.connection.account)
        if found.unfinished:
            # What was begun with stacks is asked about as stacks, whatever the spec says by now.
            engine = engine_for(found.unfinished.head.engine, at.connection, at.settings)
            resume.resume(found.unfinished, folder, engine, listener)
    return found.warning


def _let_go(at: Reached, listener: Listener) -> None:
    """Remove what a process of this machine that was killed after its last operation left: both its locks."""
    with (
        contextlib.suppress(Rejected),  # somebody else holds the stage by now, and lets it go in turn
        lock.here(at.ready.cache / DEPLOYMENTS, at.wanted.stage, listener),
    ):
        lock.clear(_lock(at))


def _lock(at: Reached) -> exclusive_object.LockObject:
    want = at.wanted
    return exclusive_object.of_stage(at.connection, want.buckets[want.home], want.spec, want.stage)


def at_rest(at: Reached, listener: Listener) -> Observed:
    """Return what stands once no operation runs on any layer, whoever began it. Raises `Rejected` after a while."""
    return resume.at_rest(lambda: observe(at), listener)


def carry_out(at: Reached, plan: Plan, listener: Listener, guard: Callable[[], None] = lambda: None) -> None:
    """Bring the packages to their buckets and walk the plan; `guard` is asked before each operation.

    Raises `Rejected`; a later run goes on from there.
    """
    functions = sources(at.ready.stage, at.ready.home)
    packages = publish(at.connection, plan.packages, functions, at.wanted.buckets, at.ready.cache / WHEELS)
    uses = _uses(at, plan, packages)
    run.deploy(
        plan,
        at.connection.account,
        at.ready.cache / DEPLOYMENTS,
        at.engine,
        listener,
        guard=guard,
        ready=lambda operation: require_intact(at.connection, uses.get(operation, ())),
    )


def _uses(at: Reached, plan: Plan, packages: tuple[Published, ...]) -> Mapping[str, tuple[Published, ...]]:
    """Return the packages whose code each operation hands to Lambda, by the operation's id."""
    keys = {layer.layer: {asset.key for asset in layer.assets} for layer in at.wanted.layers}
    return {
        operation.id: tuple(one for one in packages if one.key in keys.get(step.layer, ()))
        for step in plan.steps
        for operation in step.operations
    }


def site_content(about: Ready) -> tuple[SiteFile, ...]:
    """Return the files of the stage's site, none without one; raises `Rejected` when they cannot be published.

    Read before anything is changed, for a deployment must not end at a file name.
    """
    site = about.stage.frontend
    return objects.read(Path(os.path.normpath(about.home / site.content))) if site else ()


def publish_site(at: Reached, files: tuple[SiteFile, ...], observed: Observed) -> tuple[Synchronised, ...]:
    """Bring the files into the buckets of the targets in which the site's layer stands. Raises `Rejected`."""
    site = at.ready.stage.frontend
    return sync.synchronise(at.connection, site, files, at.wanted, observed) if site else ()


def told_otherwise(at: Reached, prospect: Prospect) -> tuple[str, ...]:
    """Return where real change sets in the targets say something else than the plan; nothing where they agree.

    Layers that are made or deleted have no stack that a change set could be made for.
    """
    found: list[str] = []
    stacks = prospect.wanted.engine == "stacks"
    wanted_layers = {layer.name: layer for layer in prospect.wanted.layers}
    for change in prospect.plan.layers:
        if change.action is not Action.UPDATE or change.name not in wanted_layers:
            continue
        layer = wanted_layers[change.name]
        deployed = prospect.observed.layers[change.name].deployed
        for group in change.groups:
            for target in group.targets:
                stack = deployed.get(target)
                if stack is None or not stack.exists or group.action is not Action.UPDATE:
                    continue
                said = change_sets.told(
                    at.connection,
                    stack,
                    idempotency.new_id(),
                    at.templates.location(layer.layer, layer.sha256, layer.template, target.region),
                    layer.parameters[target],
                    layer.capabilities,
                    execution_role(at.connection.partition, target) if stacks else "",
                )
                found += (
                    f"{layer.stem} in {target}: {text}"
                    for text in change_set_check.differences(group.resources, said)
                )
    return tuple(found)


def _nowhere(stage: Stage) -> Rejected:
    units = ", ".join(stage.targets.organizational_units)
    return codes.NO_ACCOUNTS.because(
        f"there is no active account in {units}, so there is nowhere to deploy to",
        help="correct the units, or move accounts into them; the management account never counts",
        pointer="/targets/organizational_units",
    )


def _require_account(stage: Stage, connection: Connection) -> None:
    expected = expected_account(stage)
    if not expected or connection.account == expected:
        return
    raise codes.WRONG_ACCOUNT.because(
        f"the credentials are of account {connection.account}, and stage {stage.stage} is deployed "
        f"from {expected}",
        help="log in to that account, or name the one that holds the stack sets as `targets.administrator`",
        pointer="/targets/administrator" if stage.targets.administrator else "/targets/accounts",
    )
