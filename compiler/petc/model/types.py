"""The types of a stage under one name: the stage with its parts, and what the spec says beside them.

They are written down in `petc.model.components` and `petc.model.sections`, so that a kind of part, its options
and its place in the stage are one module's.
"""

from __future__ import annotations

from petc.model.components import Stage
from petc.model.sections import (
    Acceptance,
    AccountTarget,
    Alarms,
    Encryption,
    Frontend,
    Gateway,
    LoadBalancer,
    Logs,
    Monitoring,
    Network,
    Notifications,
    Operations,
    Override,
    RegionTarget,
    Security,
    Subnets,
    Targets,
    Throttle,
    Waf,
)

__all__ = (
    "Acceptance",
    "AccountTarget",
    "Alarms",
    "Encryption",
    "Frontend",
    "Gateway",
    "LoadBalancer",
    "Logs",
    "Monitoring",
    "Network",
    "Notifications",
    "Operations",
    "Override",
    "RegionTarget",
    "Security",
    "Stage",
    "Subnets",
    "Targets",
    "Throttle",
    "Waf",
)
