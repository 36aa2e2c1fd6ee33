"""What a rule is: a code with its explanation, and a check that yields what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from petc.diagnostics import Code, Diagnostic, Related
from petc.model.types import Stage


@dataclass(frozen=True, slots=True)
class Case:
    """What a rule judges: one stage, as of one day. The day touches messages only, never what is compiled."""

    stage: Stage
    today: date


@dataclass(frozen=True, slots=True)
class Found:
    """One breach of a rule: where (a JSON pointer), what, and the way out.

    `on_key` places the caret under the key instead of the value.
    """

    at: str
    message: str
    help: str = ""
    related: tuple[Related, ...] = ()
    on_key: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of the table of rules."""

    code: Code
    check: Callable[[Case], Iterator[Found]]

    def findings(self, case: Case) -> Iterator[Diagnostic]:
        """Yield every breach as a diagnostic of this rule's code and severity."""
        for found in self.check(case):
            yield Diagnostic(
                self.code.name,
                self.code.severity,
                found.message,
                pointer=found.at,
                help=found.help,
                related=found.related,
                on_key=found.on_key,
            )
