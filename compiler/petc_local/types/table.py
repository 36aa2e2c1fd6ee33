"""Every resource type that is added to MiniStack's CloudFormation, and how it is entered there."""

from __future__ import annotations

from collections.abc import Mapping

from ministack.services.cloudformation import provisioners

from petc_local.types import (
    api_gateway,
    application_auto_scaling,
    cloudtrail,
    ec2_addresses,
    ec2_network_acls,
    ec2_networks,
    ec2_security_groups,
    iam,
    names,
    secrets_manager,
    waf,
    xray,
)
from petc_local.types.coercion import coerced
from petc_local.types.forms import Handlers, Made, Properties

ADDED: Mapping[str, Handlers] = {
    **ec2_addresses.HANDLERS,
    **waf.HANDLERS,
    **ec2_networks.HANDLERS,
    **ec2_security_groups.HANDLERS,
    **ec2_network_acls.HANDLERS,
    **iam.HANDLERS,
    **secrets_manager.HANDLERS,
    **application_auto_scaling.HANDLERS,
    **xray.HANDLERS,
    **cloudtrail.HANDLERS,
    **api_gateway.HANDLERS,
}
"""The added types and their handlers."""


def enter() -> None:
    """Enter the added types into MiniStack's tables: handlers, and where tags of the stack go."""
    for type_name, handlers in ADDED.items():
        provisioners._RESOURCE_HANDLERS[type_name] = _entered(type_name, handlers)
        if handlers.tags:
            provisioners._STACK_TAG_PROPERTY[type_name] = ("Tags", handlers.tags)


def _entered(type_name: str, handlers: Handlers) -> dict[str, object]:
    def create(logical_id: str, properties: Properties, stack_name: str) -> Made:
        properties = coerced(type_name, properties)
        names.refuse(type_name, properties)
        return handlers.create(logical_id, properties, stack_name)

    def update(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Made:
        return handlers.update(physical_id, coerced(type_name, old), coerced(type_name, new))

    def delete(physical_id: str, properties: Properties) -> None:
        handlers.delete(physical_id, coerced(type_name, properties))

    return {"create": create, "update": update, "delete": delete}
