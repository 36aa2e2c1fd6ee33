"""A plan carried out under a journal."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from petc.deploy.engine import Engine, State
from petc.deploy.execute import journal
from petc.deploy.execute.clock import SYSTEM, Clock
from petc.deploy.execute.events import Listener, Noted
from petc.deploy.execute.executor import execute
from petc.deploy.execute.journal import Journal
from petc.deploy.execute.operation import Done, Limits
from petc.deploy.execute.signed_lines import Head
from petc.deploy.plan.types import Plan
from petc.diagnostics import Rejected

_LIMITS = Limits()


def _nothing() -> None:
    """Guard nothing."""


def _anything(operation: str) -> None:
    """Find every operation ready."""


@dataclass(frozen=True, slots=True)
class _Guarded:
    record: Journal
    guard: Callable[[], None]
    ready: Callable[[str], None]

    def began(self, operation: str) -> None:
        self.guard()
        self.ready(operation)
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
    ready: Callable[[str], None] = _anything,
    clock: Clock = SYSTEM,
    limits: Limits = _LIMITS,
) -> tuple[Done, ...]:
    """Carry the plan out and return how each step ended.

    `folder` is that of all deployments, `.petc/deploy`; no unfinished journal of the stage may lie there.
    `guard` is asked before each operation and raises `Rejected` when it may not begin (`holding.Held.check`),
    `ready` is told its id and raises `Rejected` when what it uses is not as it was.
    Raises `Rejected` as `petc.deploy.execute.executor` does; the journal then tells the next run whether
    something is still open.
    """
    head = Head(
        spec=plan.spec,
        stage=plan.stage,
        engine=plan.engine,
        account=account,
        token=uuid.uuid4().hex,
        steps=plan.steps,
    )
    record = journal.start(folder, head)
    if record.key.unkept:
        listener(Noted(f"{record.key.unkept}; after an interruption petc can look at AWS, but not resume"))
    try:
        run = execute(plan, engine, head.token, _Guarded(record, guard, ready), listener, clock, limits)
        record.finish()
    except Rejected:
        if not record.open:
            record.finish()
        raise
    finally:
        record.close()
    return run
