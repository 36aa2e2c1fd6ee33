"""The table of rules: one entry to add a module of rules; those of a kind of part come with its row."""

from __future__ import annotations

from collections.abc import Iterable

from petc.diagnostics import Diagnostic
from petc.model.kinds import table as kinds
from petc.model.rules import (
    address_budget,
    addresses,
    capacity,
    circles,
    compute,
    credentials,
    domains,
    exposure,
    health,
    idle,
    ids,
    lengths,
    models,
    moves,
    names,
    reach,
    regions,
    routes,
    safekeeping,
    stored,
    target_values,
    targets,
    texts,
    uses,
    variables,
    versions,
    vigilance,
    zones,
)
from petc.model.rules.rule import Case, Rule

RULES: tuple[Rule, ...] = (
    *addresses.RULES,
    *zones.RULES,
    *reach.RULES,
    *names.RULES,
    *ids.RULES,
    *lengths.RULES,
    *moves.RULES,
    *uses.RULES,
    *circles.RULES,
    *idle.RULES,
    *targets.RULES,
    *regions.RULES,
    *target_values.RULES,
    *compute.RULES,
    *routes.RULES,
    *health.RULES,
    *exposure.RULES,
    *capacity.RULES,
    *address_budget.RULES,
    *safekeeping.RULES,
    *credentials.RULES,
    *variables.RULES,
    *models.RULES,
    *versions.RULES,
    *vigilance.RULES,
    *texts.RULES,
    *stored.RULES,
    *domains.RULES,
    *(rule for kind in kinds.KINDS for rule in kind.rules),
)


def findings(case: Case, rules: Iterable[Rule] = RULES) -> tuple[Diagnostic, ...]:
    """Return what every rule finds in a stage, in the order of the table."""
    return tuple(diagnostic for rule in rules for diagnostic in rule.findings(case))
