"""Planning and deploying a stage, one function for each command.

    artifacts -> targets -> observed -> images -> wanted -> plan -> packages -> execution -> site

What stands in `generated/` is deployed, and only while it is what the spec compiles to: what was reviewed is
what runs. This module joins the pure parts with the adapters; each of them knows nothing of the others.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from petc.artifacts import Artifacts
from petc.deploy.assets import site_files, synchronise
from petc.deploy.assets.packing import sources
from petc.deploy.assets.publish import publish
from petc.deploy.assets.synchronise import Synchronised
from petc.deploy.aws import accounts
from petc.deploy.aws.connection import Connection
from petc.deploy.aws.engines import engine_for
from petc.deploy.aws.settings import Settings, of
from petc.deploy.engine import Engine
from petc.deploy.observed import Observed
from petc.deploy.plan.planning import plan as planned
from petc.deploy.plan.types import Plan
from petc.deploy.run import deployment as run
from petc.deploy.run.listener import Listener
from petc.deploy.targets import Target, product
from petc.deploy.wanted import Wanted, expected_account, home_region, wanted
from petc.diagnostics import Diagnostic, Rejected, Severity
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
    wanted: Wanted
    settings: Settings
    engine: Engine


@dataclass(frozen=True, slots=True)
class Prospect:
    """One look at a stage: what should stand, what stands, and the plan between them."""

    wanted: Wanted
    observed: Observed
    plan: Plan


def ready(request: Request, name: str) -> tuple[Outcome, Ready | None]:
    """Judge, emit and verify a stage and compare it with its folder; nothing comes back ready otherwise."""
    outcome = compile_spec(dataclasses.replace(request, stages=(name,), check=True))
    if outcome.failed:
        return outcome, None
    cache = request.cache.parent if request.cache else request.out.parent / ".petc"
    return outcome, Ready(outcome.judged[0], outcome.artifacts[0], request.spec.parent, cache)


def reached(about: Ready) -> Reached:
    """Connect to AWS and find the targets.

    Raises `Rejected` for credentials that are missing, refused or of another account than the stage's.
    """
    stage = about.stage
    connection = Connection(home_region(stage))
    _require_account(stage, connection)
    members = stage.targets.accounts or accounts.of_units(connection, stage.targets.organizational_units)
    places = product(members, stage.targets.regions)
    bare = wanted(stage, about.made, connection.account, places)
    settings = of(bare)
    return Reached(about, connection, places, bare, settings, engine_for(bare.engine, connection, settings))


def look(at: Reached, allowed: Collection[str] = (), only: Collection[str] = ()) -> Prospect:
    """Look at what stands and plan what is left to do.

    `allowed` names stateful resources that may be replaced or deleted, `only` the layers to look at.
    Raises `Rejected` when something cannot be read, or stands in a way that no plan mends.
    """
    names = tuple(layer.name for layer in at.wanted.layers)
    observed = at.engine.observe(names, at.wanted.prefix, at.targets)
    return Prospect(at.wanted, observed, planned(at.wanted, observed, allowed, only))


def carry_out(at: Reached, plan: Plan, listener: Listener) -> None:
    """Bring the packages to their buckets and walk the plan. Raises `Rejected`; a later run goes on from there."""
    functions = sources(at.ready.stage, at.ready.home)
    publish(at.connection, plan.packages, functions, at.wanted.buckets, at.ready.cache / WHEELS)
    run.deploy(plan, at.connection.account, at.ready.cache / DEPLOYMENTS, at.engine, listener)


def publish_site(at: Reached, observed: Observed) -> tuple[Synchronised, ...]:
    """Bring the site's files into the buckets of the targets in which its layer stands; none without a site."""
    site = at.ready.stage.frontend
    if site is None:
        return ()
    folder = Path(os.path.normpath(at.ready.home / site.content))
    return synchronise.synchronise(at.connection, site, site_files.read(folder), at.wanted, observed)


def _require_account(stage: Stage, connection: Connection) -> None:
    expected = expected_account(stage)
    if not expected or connection.account == expected:
        return
    raise Rejected(
        (
            Diagnostic(
                "wrong-account",
                Severity.ERROR,
                f"the credentials are of account {connection.account}, and stage {stage.stage} is deployed "
                f"from {expected}",
                pointer="/targets/administrator" if stage.targets.administrator else "/targets/accounts",
                help="log in to that account, or name the one that holds the stack sets as `targets.administrator`",
            ),
        )
    )
