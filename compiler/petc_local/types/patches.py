"""Every resource type of MiniStack's own that is mended."""

from __future__ import annotations

from collections.abc import Mapping

from ministack.services.cloudformation import provisioners

from petc_local.types import (
    api_gateway,
    attributes,
    cloudwatch,
    ec2_networks,
    ecs,
    elastic_load_balancing,
    iam,
    iam_service_roles,
    lambda_functions,
    patching,
    rds,
    s3,
    secrets_manager,
    sns,
)
from petc_local.types.fidelity import STANDING

MENDED: Mapping[str, patching.Mend] = {
    **cloudwatch.MENDS,
    **attributes.MENDS,
    **elastic_load_balancing.MENDS,
    **iam.MENDS,
    **s3.MENDS,
    **ecs.MENDS,
    **rds.MENDS,
    **lambda_functions.MENDS,
    **api_gateway.MENDS,
    **ec2_networks.MENDS,
    **secrets_manager.MENDS,
    **iam_service_roles.MENDS,
    **sns.MENDS,
}
"""The mended types."""

TAGGED = (
    "AWS::CloudWatch::Dashboard",
    "AWS::ECS::TaskDefinition",
    "AWS::ElasticLoadBalancingV2::ListenerRule",
    "AWS::RDS::DBCluster",
    "AWS::S3::Bucket",
)
"""Types whose tags are kept, here or by MiniStack, and to which it does not hand the tags of the stack."""


def enter() -> None:
    """Wrap MiniStack's handlers of these types, and those of the other types that petc makes."""
    plain = {name: patching.Mend() for name in STANDING if name in provisioners._RESOURCE_HANDLERS}
    patching.enter(plain | dict(MENDED))
    for type_name in TAGGED:
        provisioners._STACK_TAG_PROPERTY[type_name] = ("Tags", "list")
