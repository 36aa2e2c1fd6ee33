"""Values that cross layers, each declared once: who produces it, and under which name.

Those of a kind of part that has a module of its own, such as queues, are declared there.

Values travel as CloudFormation exports and imports. `item` tells values of one kind apart: it is the key of
the service, database or other part that a value belongs to.
"""

from __future__ import annotations

from dataclasses import dataclass

from petc import naming
from petc.model.types import Stage


@dataclass(frozen=True, slots=True)
class Value:
    """One value, or one for each part of a kind. A list travels as text joined by commas."""

    layer: str
    name: str
    is_list: bool = False


VPC_ID = Value("network", "VpcId")
PUBLIC_SUBNETS = Value("network", "PublicSubnets", is_list=True)
APP_SUBNETS = Value("network", "AppSubnets", is_list=True)
DATABASE_SUBNETS = Value("network", "DatabaseSubnets", is_list=True)
ENDPOINT_SECURITY_GROUP = Value("network", "EndpointSecurityGroup")

KEY_ARN = Value("security", "KeyArn")
"""The customer key for logs, messages and hand-put secrets; only when the stage has a customer or existing key."""
SECURITY_GROUP = Value("security", "SecurityGroup")
"""Of a service, function or database by key, or of `load-balancer` and `link`."""
EXECUTION_ROLE = Value("security", "ExecutionRole")
"""Name of the role with which ECS starts the tasks of a service."""
TASK_ROLE = Value("security", "TaskRole")
"""Name of the role that the containers of a service act with."""
FUNCTION_ROLE = Value("security", "FunctionRole")
"""Name of the role that a function acts with."""
MONITORING_ROLE_ARN = Value("security", "MonitoringRoleArn")
"""ARN of the role with which RDS delivers enhanced monitoring."""
HAND_SECRET_ARN = Value("security", "SecretArn")
"""ARN of a secret whose value is put by hand."""

WRITER_HOST = Value("database", "WriterHost")
READER_HOST = Value("database", "ReaderHost")
MASTER_SECRET_ARN = Value("database", "MasterSecretArn")
CLUSTER_ID = Value("database", "ClusterId")
BUCKET_NAME = Value("database", "BucketName")

PARAMETER_ROOT = Value("parameter_store", "Root")
"""Path that all parameters lie below; importing it orders the layers."""

NAMESPACE_NAME = Value("cloud_map", "NamespaceName")
DISCOVERY_SERVICE_ARN = Value("cloud_map", "DiscoveryServiceArn")

FUNCTION_ARN = Value("functions", "FunctionArn")
"""Of a function in layer `functions`."""

CLUSTER_NAME = Value("application", "ClusterName")
SERVICE_NAME = Value("application", "ServiceName")
"""Generated name of the ECS service."""
BALANCER_ARN = Value("application", "LoadBalancerArn")
"""Only of an internal load balancer, which the VPC link reaches by it."""
BALANCER_DNS = Value("application", "LoadBalancerDns")
"""Only of a load balancer without a domain, whose name it is."""
BALANCER_FULL_NAME = Value("application", "LoadBalancerFullName")
TARGET_GROUP_FULL_NAME = Value("application", "TargetGroupFullName")
HEADER_SECRET_ARN = Value("application", "HeaderSecretArn")
"""Secret whose value the gateway sends in a header; only with an internet-facing load balancer."""
GATEWAY_HEADER = "x-gateway-secret"
"""Name of that header."""
ROUTE_HEADER = "x-gateway-route"
"""Header in which the gateway says by which route of the spec a request came, whatever its path turns into."""

API_ID = Value("api_gateway", "ApiId")
API_NAME = Value("api_gateway", "ApiName")
"""Name of the REST API, under which AWS publishes its metrics."""
API_STAGE = Value("api_gateway", "StageName")
"""Importing it orders what needs the deployed stage."""

SITE_SECRET_ARN = Value("api_gateway", "SiteSecretArn")
"""Secret that the distribution sends to the gateway; only where a web ACL counts the distribution's viewers."""
SITE_HEADER = "x-site-secret"
"""Header of that secret: with it a request is known to come from the stage's own distribution."""
VIEWER_HEADER = "x-viewer-address"
"""Header in which the distribution puts the address of the viewer, whatever the viewer sent by that name."""

DISTRIBUTION_ID = Value("frontend", "DistributionId")

TOPIC_ARN = Value("notification", "TopicArn")


def function_name(layer: str) -> Value:
    """Return the value for the names of the functions in a layer; `parts.function_layer` knows the layer."""
    return Value(layer, "FunctionName")


def dead_letters_name(layer: str) -> Value:
    """Return the value for the names of the queues that keep what functions in a layer failed to handle.

    Only functions with a trigger have one.
    """
    return Value(layer, "DeadLettersName")


def label(stage: Stage, layer: str) -> str:
    """Return what a layer is called in file, stack set and export names."""
    return stage.layers.get(layer, layer.replace("_", "-"))


def export_name(stage: Stage, value: Value, item: str = "") -> str:
    """Return the export's name, unique in an account and region."""
    return naming.export_name(
        stage.name, stage.stage, label(stage, value.layer), value.name + naming.pascal(item)
    )
