"""What the change of a property does to its resource."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from petc.deploy.plan.types import Effect
from petc.resources.schemas import FALLBACK_REGION, schema

INTERRUPTING: Mapping[str, frozenset[str]] = {
    "AWS::EC2::Instance": frozenset({"InstanceType", "UserData"}),
    "AWS::RDS::DBCluster": frozenset({"EngineVersion"}),
    "AWS::RDS::DBInstance": frozenset(
        {"CACertificateIdentifier", "DBInstanceClass", "EngineVersion", "Port"}
    ),
}
"""By type: properties whose update interrupts what runs on the resource.

RDS API reference, ModifyDBInstance and ModifyDBCluster ("results in an outage", a restart on another port or
certificate); EC2 User Guide, "Change the instance type for your Amazon EC2 instance" (it must be stopped).
Schemas do not tell of interruptions, only the documentation of each property does, in prose: a property that
is not listed here may interrupt all the same.
"""


def of(type_name: str, path: tuple[str | int, ...]) -> Effect:
    """Return the effect of a change at a path below `Properties`."""
    known = schema(type_name, FALLBACK_REGION)
    if known is None:
        # Without a schema nothing says what is fixed at creation; custom resources decide for themselves.
        return Effect.MAY_REPLACE if type_name.startswith("AWS::") else Effect.IN_PLACE
    dotted = ".".join("*" if isinstance(part, int) else part for part in path)
    if _touches(dotted, known.create_only):
        return Effect.REPLACES
    if _touches(dotted, known.conditional_create_only):
        return Effect.MAY_REPLACE
    if _touches(dotted, INTERRUPTING.get(type_name, ())):
        return Effect.INTERRUPTS
    return Effect.IN_PLACE


def _touches(dotted: str, properties: Collection[str]) -> bool:
    """Whether the change lies at, below or around one of the properties."""
    return any(
        dotted == item or dotted.startswith(f"{item}.") or item.startswith(f"{dotted}.")
        for item in properties
    )
