"""Where web ACLs stand and log: the association on MiniStack's WAF API, logging recorded only."""

from __future__ import annotations

from ministack.services import waf

from petc_local.types.forms import Attributes, Handlers, Made, Properties, ResourceError, accepted, text
from petc_local.types.recorded_resources import recorded


def _create(logical_id: str, properties: Properties, stack_name: str) -> Made:
    """Put the web ACL before the resource; both ARNs identify it ("AWS::WAFv2::WebACLAssociation")."""
    resource, acl = text(properties, "ResourceArn"), text(properties, "WebACLArn")
    accepted(waf._associate_web_acl({"ResourceArn": resource, "WebACLArn": acl}))
    return f"{resource}|{acl}", {}


def _update(physical_id: str, old: Properties, new: Properties) -> Made:
    raise ResourceError("a web ACL association has no property that changes in place")


def _delete(physical_id: str, properties: Properties) -> None:
    """Take the web ACL away, unless another one stands there by now: a replacement comes before this."""
    resource, _, acl = physical_id.partition("|")
    if waf._associations.get(resource) == acl:
        accepted(waf._disassociate_web_acl({"ResourceArn": resource}))


def _logging(logical_id: str, properties: Properties, stack_name: str) -> str:
    """Return the web ACL's ARN, what Ref gives ("AWS::WAFv2::LoggingConfiguration")."""
    return text(properties, "ResourceArn")


def _logging_attributes(physical_id: str, properties: Properties) -> Attributes:
    return {"ManagedByFirewallManager": False}


_LOGGING = "AWS::WAFv2::LoggingConfiguration"

HANDLERS = {
    "AWS::WAFv2::WebACLAssociation": Handlers(_create, _update, _delete),
    _LOGGING: recorded(_LOGGING, _logging, _logging_attributes),
}
"""The types of this family."""
