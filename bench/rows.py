"""The rows of the table: what is measured against what, and the budget of docs/performance.md for it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from bench.process import Usage


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. Without a figure the note says why; without a budget it only informs."""

    what: str
    against: str
    figure: float | None
    budget: float | None
    unit: str = "×"
    note: str = ""

    @property
    def is_over(self) -> bool:
        """Whether the figure is beyond its budget."""
        return self.figure is not None and self.budget is not None and self.figure > self.budget


def ratio(what: str, against: str, one: Usage, other: Usage, budget: float) -> Row:
    """Return the row for wall times; the note has the ratios of processor time and memory."""
    note = f"cpu {one.cpu / other.cpu:.2f} ×, memory {one.peak / other.peak:.2f} ×"
    return Row(what, against, one.wall / other.wall, budget, note=note)


def growth(job: str, usages: dict[int, Usage]) -> tuple[Row, ...]:
    """Return the rows for time and memory per service: the most services against the fewest.

    The note has what each further service takes at the upper end against the lower end.
    """
    counts = sorted(usages)
    least, *_, most = counts
    found = []
    for name, taken in (
        # Processor time: one long run each, and a busy moment must not look like growth.
        ("processor time", {count: usages[count].cpu for count in counts}),
        ("memory", {count: usages[count].peak for count in counts}),
    ):
        steps = [
            (taken[above] - taken[below]) / (above - below) for below, above in itertools.pairwise(counts)
        ]
        note = f"each further service {steps[-1] / steps[0]:.2f} ×" if steps[0] > 0 else ""
        figure = (taken[most] / most) / (taken[least] / least)
        found.append(
            Row(f"{job}: {name} per service, {most} services", f"{least} services", figure, 1, note=note)
        )
    return tuple(found)


def table(rows: list[Row]) -> str:
    """Return the rows as a table in Markdown."""
    lines = ["| Job | Against | Measured | Budget | | Besides |", "| --- | --- | ---: | ---: | --- | --- |"]
    for row in rows:
        figure = "-" if row.figure is None else f"{row.figure:.2f} {row.unit}"
        budget = "-" if row.budget is None else f"{row.budget:.2f} {row.unit}"
        verdict = "-" if row.figure is None else "over" if row.is_over else "ok"
        lines.append(f"| {row.what} | {row.against} | {figure} | {budget} | {verdict} | {row.note} |")
    return "\n".join(lines)
