"""The table of rules: one entry to add a module of rules; those of a kind of part come with its row."""

from __future__ import annotations

from collections.abc import Iterable

from petc.diagnostics import Diagnostic
from petc.model.kinds import table as kinds
from petc.model.rules import (
    address_budget,
    addresses,
    capacity,
    compute,
    credentials,
    cycles,
    domains,
    durability,
    health,
    ids,
    lengths,
    models,
    moves,
    names,
    observability,
    parameter_store,
    public_access,
    reach,
    regions,
    routes,
    target_values,
    targets,
    text_values,
    unused,
    uses,
    variables,
    versions,
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
    *cycles.RULES,
    *unused.RULES,
    *targets.RULES,
    *regions.RULES,
    *target_values.RULES,
    *compute.RULES,
    *routes.RULES,
    *health.RULES,
    *public_access.RULES,
    *capacity.RULES,
    *address_budget.RULES,
    *durability.RULES,
    *credentials.RULES,
    *variables.RULES,
    *models.RULES,
    *versions.RULES,
    *observability.RULES,
    *text_values.RULES,
    *parameter_store.RULES,
    *domains.RULES,
    *(rule for kind in kinds.KINDS for rule in kind.rules),
)


def findings(case: Case, rules: Iterable[Rule] = RULES) -> tuple[Diagnostic, ...]:
    """Return what every rule finds in a stage, in the order of the table."""
    return tuple(diagnostic for rule in rules for diagnostic in rule.findings(case))
