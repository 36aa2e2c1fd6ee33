"""Gateway endpoints: AWS services that are reached by a route to their public addresses, free of charge.

Every other service of `network.endpoints` has an interface endpoint, paid by the hour in every zone. Sources:
Amazon VPC User Guide, "Gateway endpoints"; "AWS-managed prefix lists".
"""

from __future__ import annotations

from dataclasses import dataclass

from petc.model.catalogue import prefix_list
from petc.model.parties import Party, PartyKind
from petc.model.types import RegionTarget


@dataclass(frozen=True, slots=True)
class GatewayEndpoint:
    """One row: the service as `network.endpoints` calls it, its name, and who it is in the access graph.

    `field` is the key with the prefix list of its addresses, of target regions and of the catalogue of regions.
    """

    service: str
    name: str
    party: Party
    field: str

    def prefix_list(self, region: RegionTarget) -> str | None:
        """Return the id of the prefix list in a region: what the spec says, or the catalogue, or None."""
        return str(getattr(region, self.field)) or prefix_list(region.name, self.field)


GATEWAYS = (GatewayEndpoint("s3", "S3", Party(PartyKind.S3), "s3_prefix_list"),)

BY_SERVICE = {endpoint.service: endpoint for endpoint in GATEWAYS}
BY_PARTY = {endpoint.party: endpoint for endpoint in GATEWAYS}
