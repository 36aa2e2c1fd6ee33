from __future__ import annotations

from ministack.services.cloudformation import provisioners

from petc.resources import schemas
from petc_local import types
from petc_local.types.fidelity import STANDING


def test_every_create_only_property_replaces() -> None:
    types.install()
    missing = [
        (kind, name)
        for kind in STANDING
        if (found := schemas.schema(kind)) is not None
        for name in found.create_only
        if "." not in name and provisioners._property_recreation(kind, name) != "Always"
    ]

    assert missing == []


def test_other_properties_do_not_replace() -> None:
    types.install()

    assert provisioners._property_recreation("AWS::EC2::NatGateway", "Tags") == "Never"
    assert provisioners._property_recreation("AWS::EC2::NetworkAclEntry", "RuleAction") == "Never"
