"""Groups and sampling rules of X-Ray, which MiniStack does not have: recorded only."""

from __future__ import annotations

from ministack.core.responses import get_account_id, get_region, new_uuid

from petc_local.types.forms import Attributes, Properties, mapping, text
from petc_local.types.recorded_resources import recorded


def _group(logical_id: str, properties: Properties, stack_name: str) -> str:
    """Return the ARN, what Ref gives ("AWS::XRay::Group"); its last part is generated."""
    name = text(properties, "GroupName") or f"{stack_name}-{logical_id}"
    unique = new_uuid().replace("-", "").upper()
    return f"arn:aws:xray:{get_region()}:{get_account_id()}:group/{name}/{unique}"


def _group_attributes(physical_id: str, properties: Properties) -> Attributes:
    return {"GroupARN": physical_id}


def _rule(logical_id: str, properties: Properties, stack_name: str) -> str:
    """Return the rule's ARN, what Ref gives ("AWS::XRay::SamplingRule")."""
    rule = mapping(properties.get("SamplingRule"))
    name = text(rule, "RuleName") or text(properties, "RuleName") or f"{stack_name}-{logical_id}"
    return f"arn:aws:xray:{get_region()}:{get_account_id()}:sampling-rule/{name}"


def _rule_attributes(physical_id: str, properties: Properties) -> Attributes:
    return {"RuleARN": physical_id}


_GROUP = "AWS::XRay::Group"
_RULE = "AWS::XRay::SamplingRule"

HANDLERS = {
    _GROUP: recorded(_GROUP, _group, _group_attributes, tags="list"),
    _RULE: recorded(_RULE, _rule, _rule_attributes, tags="list"),
}
"""The types of this family."""
