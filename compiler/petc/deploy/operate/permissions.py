"""Which IAM actions the layers of a stage need in a target account: those of their types' handlers, no others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from petc.resources.actions import limited_to
from petc.resources.schemas import schema

_SERVICES = {
    "ApiGatewayV2": "apigateway",
    "ApplicationAutoScaling": "application-autoscaling",
    "ElasticLoadBalancingV2": "elasticloadbalancing",
}
"""The prefix of a namespace's actions where it is not the namespace in lower case."""

SUPPORTING: Mapping[str, str] = MappingProxyType(
    {
        "ec2": "load balancers, functions, databases and links look up subnets and groups",
        "iam": "services make their service-linked roles and are handed the roles of the layers",
        "kms": "databases, secrets, queues, buckets and log groups are encrypted with keys of the layers",
        "logs": "stages, functions and firewalls deliver to log groups",
        "route53": "a private namespace of Cloud Map is a hosted zone",
        "s3": "logs of load balancers, trails and sites go to buckets; function packages come from one",
        "secretsmanager": "a database keeps its master password in a secret",
        "servicediscovery": "tasks register in a namespace",
        "ssm": "tasks and functions read parameters",
    }
)
"""Services that handlers call beside their own, each with the reason.

Handlers name many more (Amplify, Cognito, App Runner, S3 Tables, ...), for properties that no layer sets.
"""

EXTRA: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        # "Setting up permissions for RDS integration with Secrets Manager", Amazon Aurora User Guide.
        "AWS::RDS::DBCluster": ("secretsmanager:CreateSecret", "secretsmanager:TagResource"),
        # "Giving CodeBuild, Lambda, ... access to S3": a package is read with the caller's rights; AWS Lambda
        # API reference, "FunctionCode".
        "AWS::Lambda::Function": ("s3:GetObject",),
    }
)
"""Actions that a type needs beyond what its handlers say."""


def needed(types: Iterable[str], region: str) -> Mapping[str, tuple[str, ...]]:
    """Return the actions that make, read, change, delete and list these types, each with the types that need it.

    Actions that do not exist, and those of services that no layer uses, are left out. Raises
    `MissingSchemasError` when the schemas cannot be read.
    """
    used = tuple(sorted(set(types)))
    own = {service_of(type_name) for type_name in used}
    found: dict[str, set[str]] = {}
    for type_name in used:
        known = schema(type_name, region)
        handlers = known.permissions.values() if known else ()
        actions = {action for permissions in handlers for action in permissions}
        for action in sorted(actions | set(EXTRA.get(type_name, ()))):
            spelled = _spelled(action)
            service = spelled.partition(":")[0]
            if (service in own or service in SUPPORTING) and limited_to(spelled) is not None:
                found.setdefault(spelled, set()).add(type_name)
    return MappingProxyType({action: tuple(sorted(found[action])) for action in sorted(found)})


def service_of(type_name: str) -> str:
    """Return the prefix of the actions of a type's service, for example `elasticloadbalancing`."""
    namespace = type_name.split("::")[1]
    return _SERVICES.get(namespace, namespace.lower())


def _spelled(action: str) -> str:
    """Return `CloudTrail:getTrail` as `cloudtrail:GetTrail`; IAM compares without regard to case."""
    service, _, name = action.strip().partition(":")
    return f"{service.lower()}:{name[:1].upper()}{name[1:]}"
