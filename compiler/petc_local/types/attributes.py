"""Attributes that GetAtt has on AWS and MiniStack leaves out, where nothing else is to be mended."""

from __future__ import annotations

from ministack.core.responses import get_account_id
from ministack.services import cloudwatch

from petc_local.types.forms import Attributes, Made, Properties, entries, text
from petc_local.types.patching import Mend


def _route(physical_id: str, old: Properties, new: Properties, attributes: Attributes) -> Made:
    return physical_id, {**attributes, "CidrBlock": physical_id.rpartition("|")[2]}


def _association(physical_id: str, old: Properties, new: Properties, attributes: Attributes) -> Made:
    return physical_id, {**attributes, "Id": physical_id}


def _attachment(physical_id: str, old: Properties, new: Properties, attributes: Attributes) -> Made:
    return physical_id, {**attributes, "AttachmentType": physical_id.partition("|")[0]}


def _permission(physical_id: str, old: Properties, new: Properties, attributes: Attributes) -> Made:
    return physical_id, {**attributes, "Id": physical_id}


def _web_acl(physical_id: str, old: Properties, new: Properties, attributes: Attributes) -> Made:
    """Add the label namespace, and a capacity of one unit for each rule: the real sum is not known here."""
    name, _, _ = physical_id.partition("|")
    return physical_id, {
        **attributes,
        "Capacity": len(entries(new.get("Rules"))),
        "LabelNamespace": f"awswaf:{get_account_id()}:webacl:{name}:",
    }


def _dashboard(physical_id: str, old: Properties, new: Properties, attributes: Attributes) -> Made:
    arn = f"arn:aws:cloudwatch::{get_account_id()}:dashboard/{physical_id}"
    cloudwatch._resource_tags[arn] = {
        text(tag, "Key"): text(tag, "Value") for tag in entries(new.get("Tags"))
    }
    return physical_id, attributes


def _dashboard_gone(physical_id: str, properties: Properties) -> None:
    cloudwatch._resource_tags.pop(f"arn:aws:cloudwatch::{get_account_id()}:dashboard/{physical_id}", None)


MENDS = {
    "AWS::CloudWatch::Dashboard": Mend(made=_dashboard, deleted=_dashboard_gone),
    "AWS::EC2::Route": Mend(made=_route),
    "AWS::EC2::SubnetRouteTableAssociation": Mend(made=_association),
    "AWS::EC2::VPCGatewayAttachment": Mend(made=_attachment),
    "AWS::Lambda::Permission": Mend(made=_permission),
    "AWS::WAFv2::WebACL": Mend(made=_web_acl),
}
"""The types that this module mends."""
