"""What a spec says of a stage beside its parts, typed: network, keys, logs, gateway, site, alarms, targets.

Field names are the spec's keys; schemas/stage.schema.json describes each and holds its default.
`at` is the JSON pointer of an entry in the spec; it plays no role in comparisons.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


def pointer_field() -> str:
    """Return the field that holds a pointer into the spec: empty until decoded, and no part of what it is."""
    return field(default="", compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Subnets:
    """Address ranges by tier; entry n lies in availability zone n."""

    public: tuple[str, ...]
    app: tuple[str, ...]
    database: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Network:
    """The virtual network."""

    existing: bool
    cidr: str
    subnets: Subnets
    nat: Literal["per-zone", "single", "none"]
    endpoints: tuple[str, ...]
    flow_logs: bool

    @property
    def zones(self) -> int:
        """Number of availability zones."""
        return len(self.subnets.app)


@dataclass(frozen=True, slots=True)
class Encryption:
    """Whose keys encrypt."""

    key: Literal["aws", "customer", "existing"]


@dataclass(frozen=True, slots=True)
class Security:
    """Account-wide guards."""

    permissions_boundary: str
    trail: Literal["create", "existing", "none"]


@dataclass(frozen=True, slots=True)
class Logs:
    """Log groups."""

    retention_days: int


@dataclass(frozen=True, slots=True)
class Throttle:
    """Request limits."""

    rate: int
    burst: int


@dataclass(frozen=True, slots=True)
class Waf:
    """AWS WAF in front of the gateway."""

    enabled: bool
    rate_per_5_minutes: int


@dataclass(frozen=True, slots=True)
class Gateway:
    """The REST API."""

    stage_name: str
    throttle: Throttle
    tracing: bool
    access_logs: bool
    waf: Waf


@dataclass(frozen=True, slots=True)
class LoadBalancer:
    """The application load balancer."""

    scheme: Literal["internet-facing", "internal"]
    domain: str
    access_logs: bool
    idle_seconds: int

    @property
    def internal(self) -> bool:
        """Whether it stands behind a VPC link."""
        return self.scheme == "internal"

    @property
    def tls(self) -> bool:
        """Whether it has a domain, so a certificate, so port 443."""
        return bool(self.domain)


@dataclass(frozen=True, slots=True)
class Frontend:
    """A static site."""

    content: str
    api: Literal["same-origin", "direct"]
    domain: str
    content_security_policy: str
    logs: bool
    price_class: str
    at: str = pointer_field()


@dataclass(frozen=True, slots=True)
class Alarms:
    """Thresholds; 0 switches an alarm off."""

    cpu_percent: int
    memory_percent: int
    errors_per_5_minutes: int
    latency_ms: int
    unhealthy_hosts: int
    connections_percent: int
    throttles_per_5_minutes: int
    dead_letters: int


@dataclass(frozen=True, slots=True)
class Monitoring:
    """Dashboard and alarms."""

    dashboard: bool
    container_insights: Literal["enabled", "enhanced", "disabled"]
    alarms: Alarms
    sampling_percent: float


@dataclass(frozen=True, slots=True)
class Notifications:
    """The topic's subscribers."""

    email: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AccountTarget:
    """Values of one account in a region; each that is not empty takes the place of the region's."""

    certificate: str
    hosted_zone: str
    site_certificate: str
    kms_key: str
    name: str = ""
    at: str = pointer_field()


@dataclass(frozen=True, slots=True)
class RegionTarget:
    """Values that differ between regions, and in `accounts` those that differ between accounts besides."""

    certificate: str
    hosted_zone: str
    site_certificate: str
    kms_key: str
    artifact_bucket: str
    vpc: str
    subnets: Subnets
    s3_prefix_list: str
    zones: int
    accounts: Mapping[str, AccountTarget]
    name: str = ""
    at: str = pointer_field()

    def of(self, account: str) -> RegionTarget:
        """Return the values that hold for an account."""
        own = self.accounts.get(account)
        if own is None:
            return self
        return dataclasses.replace(
            self,
            certificate=own.certificate or self.certificate,
            hosted_zone=own.hosted_zone or self.hosted_zone,
            site_certificate=own.site_certificate or self.site_certificate,
            kms_key=own.kms_key or self.kms_key,
        )


@dataclass(frozen=True, slots=True)
class Operations:
    """How a stack set's operation walks through accounts and regions."""

    failure_tolerance: int
    max_concurrent: int
    concurrency_mode: Literal["strict", "soft"]
    regions: Literal["sequential", "parallel"]
    region_order: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Targets:
    """Accounts and regions, and how layers reach them."""

    accounts: tuple[str, ...]
    organizational_units: tuple[str, ...]
    regions: Mapping[str, RegionTarget]
    templates: Literal["bucket", "inline"]
    engine: Literal["stack-sets", "stacks"]
    administrator: str
    call_as: Literal["self", "delegated-admin"]
    operations: Operations
    home: str


@dataclass(frozen=True, slots=True)
class Override:
    """Changes to one generated resource."""

    reason: str
    set: Mapping[str, object]
    remove: tuple[str, ...]
    name: str = ""
    at: str = pointer_field()


@dataclass(frozen=True, slots=True)
class Acceptance:
    """An entry of `exceptions`: an accepted warning on a named place, until a day (YYYY-MM-DD)."""

    accepts: str
    place: str = field(metadata={"key": "at"})
    owner: str
    reason: str
    until: str
    name: str = ""
    at: str = pointer_field()
