"""The service-linked roles that a stage's resources need: by which service, and what they are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from petc.source.tree import Json
from petc.verify.rendered import View, resources


@dataclass(frozen=True, slots=True, order=True)
class ServiceLinkedRole:
    """A role that belongs to a service: the service as IAM names it, and the role's name."""

    service: str
    role: str


_ROLES: Mapping[str, ServiceLinkedRole] = MappingProxyType(
    {
        # Each from the service's guide, "Using service-linked roles".
        "AWS::ApiGatewayV2::VpcLink": ServiceLinkedRole(
            "ops.apigateway.amazonaws.com", "AWSServiceRoleForAPIGateway"
        ),
        "AWS::ECS::Cluster": ServiceLinkedRole("ecs.amazonaws.com", "AWSServiceRoleForECS"),
        "AWS::ECS::Service": ServiceLinkedRole("ecs.amazonaws.com", "AWSServiceRoleForECS"),
        "AWS::ElasticLoadBalancingV2::LoadBalancer": ServiceLinkedRole(
            "elasticloadbalancing.amazonaws.com", "AWSServiceRoleForElasticLoadBalancing"
        ),
        "AWS::RDS::DBCluster": ServiceLinkedRole("rds.amazonaws.com", "AWSServiceRoleForRDS"),
        "AWS::RDS::DBInstance": ServiceLinkedRole("rds.amazonaws.com", "AWSServiceRoleForRDS"),
        "AWS::WAFv2::LoggingConfiguration": ServiceLinkedRole(
            "wafv2.amazonaws.com", "AWSServiceRoleForWAFV2Logging"
        ),
    }
)

_SCALING: Mapping[str, str] = MappingProxyType(
    {
        # Application Auto Scaling User Guide, "Service-linked roles for Application Auto Scaling".
        "ecs": "AWSServiceRoleForApplicationAutoScaling_ECSService",
        "lambda": "AWSServiceRoleForApplicationAutoScaling_LambdaConcurrency",
        "rds": "AWSServiceRoleForApplicationAutoScaling_RDSCluster",
    }
)


def of(view: View) -> tuple[ServiceLinkedRole, ...]:
    """Return the service-linked roles that the resources of a stage need, sorted."""
    found = (needed_by(resource.type, resource.properties) for resource in resources(view))
    return tuple(sorted({role for role in found if role}))


def needed_by(kind: str, properties: Mapping[str, Json]) -> ServiceLinkedRole | None:
    """Return the service-linked role that a resource of type `kind` needs, if any."""
    scaled = properties.get("ServiceNamespace")
    if kind == "AWS::ApplicationAutoScaling::ScalableTarget" and scaled in _SCALING:
        return ServiceLinkedRole(f"{scaled}.application-autoscaling.amazonaws.com", _SCALING[str(scaled)])
    return _ROLES.get(kind)
