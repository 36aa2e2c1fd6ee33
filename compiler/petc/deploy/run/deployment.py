"""A plan carried out under a journal."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from petc.deploy.engine import Engine, State
from petc.deploy.plan.types import Plan
from petc.deploy.run import journal
from petc.deploy.run.clock import SYSTEM, Clock
from petc.deploy.run.ending import Done
from petc.deploy.run.execute import execute
from petc.deploy.run.journal import Journal
from petc.deploy.run.journal_form import Head
from petc.deploy.run.listener import Listener
from petc.deploy.run.performing import Limits
from petc.diagnostics import Rejected

_LIMITS = Limits()


def _nothing() -> None:
    """Guard nothing."""


@dataclass(frozen=True, slots=True)
class _Guarded:
    record: Journal
    guard: Callable[[], None]

    def began(self, operation: str) -> None:
        self.guard()
        self.record.began(operation)

    def ended(self, operation: str, state: State) -> None:
        self.record.ended(operation, state)


def deploy(
    plan: Plan,
    account: str,
    folder: Path,
    engine: Engine,
    listener: Listener,
    guard: Callable[[], None] = _nothing,
    clock: Clock = SYSTEM,
    limits: Limits = _LIMITS,
) -> tuple[Done, ...]:
    """Carry the plan out and return how each step ended.

    `folder` is that of all deployments, `.petc/deploy`; no unfinished journal of the stage may lie there.
    `guard` is asked before each operation and raises `Rejected` when it may not begin (`holding.Held.check`).
    Raises `Rejected` as `petc.deploy.run.execute` does; the journal then tells the next run whether
    something is still open.
    """
    named = {one.template for step in plan.steps for one in step.operations if one.template}
    head = Head(
        spec=plan.spec,
        stage=plan.stage,
        engine=plan.engine,
        account=account,
        root=plan.root,
        seen=plan.seen,
        token=uuid.uuid4().hex,
        steps=plan.steps,
        templates={digest: plan.templates[digest] for digest in sorted(named)},
    )
    record = journal.start(folder, head)
    try:
        run = execute(plan, engine, head.token, _Guarded(record, guard), listener, clock, limits)
        record.finish()
    except Rejected:
        if not record.open:
            record.finish()
        raise
    finally:
        record.close()
    return run
