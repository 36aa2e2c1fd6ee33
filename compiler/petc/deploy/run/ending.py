"""How a step ended."""

from __future__ import annotations

from dataclasses import dataclass

from petc.deploy.plan.types import Operation, Step
from petc.deploy.run.performing import Ending
from petc.diagnostics import Rejected


@dataclass(frozen=True, slots=True)
class Done:
    """How a step ended, after `seconds`.

    `failed` is the operation that did not succeed, `ending` how it ended, and `problem` what stopped petc.
    """

    step: Step
    seconds: float
    failed: Operation | None = None
    ending: Ending | None = None
    problem: Rejected | None = None

    @property
    def is_good(self) -> bool:
        """Whether every operation of the step has succeeded."""
        return self.failed is None and self.problem is None
