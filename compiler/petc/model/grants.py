"""IAM's share of the access graph: which role may do what with which target.

The layer that makes the target turns each grant into a policy of the role, so that every ARN is exact.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from petc.model.graph import Party, Role, edges
from petc.model.types import Stage


@dataclass(frozen=True, slots=True)
class Grant:
    """A role of a service or function that may reach `target` in the way `access`."""

    holder: Party
    role: Role
    access: str
    target: Party
    at: str = field(compare=False)
    because: str = field(compare=False)


def grants(stage: Stage) -> tuple[Grant, ...]:
    """Return every grant that the graph needs, in the order of the edges."""
    return tuple(
        Grant(edge.source, edge.role, edge.access, edge.target, edge.at, edge.because)
        for edge in edges(stage)
        if edge.role is not None
    )


def granted(stage: Stage, *accesses: str, target: str = "") -> tuple[Grant, ...]:
    """Return the grants of certain ways of access, to one kind of target if given."""
    return tuple(
        grant for grant in grants(stage) if grant.access in accesses and target in ("", grant.target.kind)
    )
