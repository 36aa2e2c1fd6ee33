"""VPC links of API Gateway's second version, which MiniStack lacks: recorded, and kept while a stage uses them."""

from __future__ import annotations

from ministack.core.responses import new_uuid

from petc.local.types import deployments
from petc.local.types.forms import Attributes, Properties
from petc.local.types.records import recorded


def _link(logical_id: str, properties: Properties, stack_name: str) -> str:
    """Return an id of ten letters and digits, as API Gateway makes them (assumed)."""
    return new_uuid().replace("-", "")[:10]


def _attributes(physical_id: str, properties: Properties) -> Attributes:
    return {"VpcLinkId": physical_id}


_LINK = "AWS::ApiGatewayV2::VpcLink"

HANDLERS = {_LINK: recorded(_LINK, _link, _attributes, tags="map", deletable=deployments.refuse_while_used)}
"""The types of this family."""
