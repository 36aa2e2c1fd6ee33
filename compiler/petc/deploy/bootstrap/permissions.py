"""Which IAM actions the layers of a stage need in a target account: those of their types' handlers, no others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from petc.resources.actions import limited_to
from petc.resources.schemas import schema
from petc.source.tree import Json
from petc.verify.rendered import View, mapping, resources

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
        # Service Authorization Reference, "AWS WAFV2", AssociateWebACL and DisassociateWebACL: dependent actions.
        "AWS::WAFv2::WebACLAssociation": ("apigateway:SetWebACL",),
        # API Gateway Developer Guide, "Control access to API Gateway resources using tags": tagging is a PUT.
        "AWS::ApiGatewayV2::VpcLink": ("apigateway:PUT",),
        # Amazon ECS Developer Guide, "IAM permissions required for service auto scaling".
        "AWS::ApplicationAutoScaling::ScalableTarget": ("ecs:DescribeServices", "ecs:UpdateService"),
        "AWS::ApplicationAutoScaling::ScalingPolicy": (
            "cloudwatch:DeleteAlarms",
            "cloudwatch:DescribeAlarms",
            "cloudwatch:PutMetricAlarm",
        ),
        # CloudFront Developer Guide, "Permissions required to configure standard logging (legacy)".
        "AWS::CloudFront::Distribution": ("s3:GetBucketAcl", "s3:PutBucketAcl"),
        # Service Authorization Reference, "Amazon EC2", CreateVpcEndpoint: dependent actions, for private DNS.
        "AWS::EC2::VPCEndpoint": (
            "route53:AssociateVPCWithHostedZone",
            "route53:DisassociateVPCFromHostedZone",
        ),
        # Of a service-linked role; the handlers of these two do not list it.
        "AWS::ECS::Service": ("iam:CreateServiceLinkedRole",),
        # Elastic Load Balancing User Guide, "Elastic Load Balancing API permissions".
        "AWS::ElasticLoadBalancingV2::LoadBalancer": (
            "ec2:DescribeAccountAttributes",
            "ec2:DescribeAddresses",
            "ec2:DescribeInternetGateways",
            "ec2:DescribeSecurityGroups",
            "ec2:DescribeSubnets",
            "ec2:DescribeVpcs",
            "iam:CreateServiceLinkedRole",
        ),
        "AWS::ElasticLoadBalancingV2::TargetGroup": ("ec2:DescribeInternetGateways", "ec2:DescribeVpcs"),
        # "Giving CodeBuild, Lambda, ... access to S3": a package is read with the caller's rights; AWS Lambda
        # API reference, "FunctionCode".
        "AWS::Lambda::Function": ("s3:GetObject",),
        # "Setting up permissions for RDS integration with Secrets Manager", Amazon Aurora User Guide; Service
        # Authorization Reference, "Amazon RDS": dependent actions of what creates and modifies clusters and instances.
        "AWS::RDS::DBCluster": (
            "kms:CreateGrant",
            "kms:Decrypt",
            "kms:DescribeKey",
            "kms:GenerateDataKey",
            "rds:ListTagsForResource",
            "secretsmanager:CreateSecret",
            "secretsmanager:RotateSecret",
            "secretsmanager:TagResource",
        ),
        "AWS::RDS::DBInstance": ("kms:Decrypt", "kms:GenerateDataKey", "rds:ListTagsForResource"),
        # What reads the policy or the subscription back.
        "AWS::SNS::Subscription": ("sns:ListSubscriptionsByTopic",),
        "AWS::SNS::TopicPolicy": ("sns:GetTopicAttributes",),
        "AWS::SQS::QueuePolicy": ("sqs:GetQueueAttributes",),
        # Secrets Manager API reference, CreateSecret, for a secret that is encrypted with a customer key.
        "AWS::SecretsManager::Secret": ("kms:Decrypt", "kms:GenerateDataKey"),
    }
)
"""Actions that a type needs beyond what its handlers say."""

_SetsWhat = Callable[[Mapping[str, Json]], bool]


def _sets(*names: str) -> _SetsWhat:
    return lambda properties: any(name in properties for name in names)


def _stops(properties: Mapping[str, Json]) -> bool:
    return properties.get("IsLogging") is not True


def _many_tenants(properties: Mapping[str, Json]) -> bool:
    return "ConnectionMode" in mapping(properties.get("DistributionConfig"))


def _has_staging(properties: Mapping[str, Json]) -> bool:
    return "ContinuousDeploymentPolicyId" in mapping(properties.get("DistributionConfig"))


def _logs_to_bucket(properties: Mapping[str, Json]) -> bool:
    return "Logging" in mapping(properties.get("DistributionConfig"))


ASKED_BY: Mapping[str, Mapping[str, _SetsWhat]] = MappingProxyType(
    {
        "AWS::CloudFront::Distribution": {
            "cloudfront:CreateConnectionGroup": _many_tenants,
            "cloudfront:GetConnectionGroup": _many_tenants,
            "cloudfront:UpdateDistributionWithStagingConfig": _has_staging,
            "s3:GetBucketAcl": _logs_to_bucket,
            "s3:PutBucketAcl": _logs_to_bucket,
        },
        "AWS::CloudTrail::Trail": {
            "cloudtrail:StopLogging": _stops,
            "cloudtrail:PutInsightSelectors": _sets("InsightSelectors"),
            "iam:CreateServiceLinkedRole": _sets("IsOrganizationTrail"),
        },
        "AWS::EC2::EIP": {"ec2:AcceptAddressTransfer": _sets("TransferAddress")},
        "AWS::EC2::FlowLog": {
            "iam:CreateServiceLinkedRole": lambda found: "firehose" in str(found.get("LogDestinationType")),
            "s3:PutBucketPolicy": lambda found: found.get("LogDestinationType") == "s3",
        },
        "AWS::EC2::NatGateway": {
            "ec2:AssignPrivateNatGatewayAddress": _sets(
                "SecondaryPrivateIpAddresses", "SecondaryPrivateIpAddressCount"
            ),
            "ec2:AssociateNatGatewayAddress": _sets("SecondaryAllocationIds"),
            "ec2:DisassociateNatGatewayAddress": _sets("SecondaryAllocationIds"),
            "ec2:UnassignPrivateNatGatewayAddress": _sets(
                "SecondaryPrivateIpAddresses", "SecondaryPrivateIpAddressCount"
            ),
        },
        "AWS::EC2::Subnet": {
            "ec2:AssociateSubnetCidrBlock": _sets("Ipv6CidrBlock", "Ipv6IpamPoolId", "Ipv6NetmaskLength"),
            "ec2:DisassociateSubnetCidrBlock": _sets("Ipv6CidrBlock", "Ipv6IpamPoolId", "Ipv6NetmaskLength"),
        },
        "AWS::EC2::VPC": {
            "ec2:CreateVpcEncryptionControl": _sets("VpcEncryptionControl"),
            "ec2:ModifyVpcTenancy": _sets("InstanceTenancy"),
        },
        "AWS::EC2::VPCGatewayAttachment": {
            "ec2:AttachVpnGateway": _sets("VpnGatewayId"),
            "ec2:DetachVpnGateway": _sets("VpnGatewayId"),
        },
        "AWS::ElasticLoadBalancingV2::LoadBalancer": {
            "elasticloadbalancing:ModifyCapacityReservation": _sets("MinimumLoadBalancerCapacity"),
            "elasticloadbalancing:ModifyIpPools": _sets("Ipv4IpamPoolId"),
        },
        "AWS::Lambda::Function": {
            "lambda:PassCapacityProvider": _sets("CapacityProviderConfig"),
            "lambda:PutFunctionScalingConfig": _sets("FunctionScalingConfig"),
        },
        "AWS::Logs::LogGroup": {
            "logs:DeleteIndexPolicy": _sets("FieldIndexPolicies"),
            "logs:DeleteResourcePolicy": _sets("ResourcePolicyDocument"),
            "logs:PutBearerTokenAuthentication": _sets("BearerTokenAuthenticationEnabled"),
            "logs:PutIndexPolicy": _sets("FieldIndexPolicies"),
            "logs:PutResourcePolicy": _sets("ResourcePolicyDocument"),
        },
        "AWS::RDS::DBCluster": {
            "rds:AddRoleToDBCluster": _sets("AssociatedRoles"),
            "rds:CreateDBInstance": _sets("DBClusterInstanceClass"),
            "rds:DisableHttpEndpoint": _sets("EnableHttpEndpoint"),
            "rds:EnableHttpEndpoint": _sets("EnableHttpEndpoint"),
            "rds:RemoveFromGlobalCluster": _sets("GlobalClusterIdentifier"),
            "rds:RemoveRoleFromDBCluster": _sets("AssociatedRoles"),
            "rds:RestoreDBClusterFromSnapshot": _sets("SnapshotIdentifier"),
            "rds:RestoreDBClusterToPointInTime": _sets(
                "SourceDBClusterIdentifier", "SourceDbClusterResourceId"
            ),
        },
        "AWS::RDS::DBInstance": {
            "rds:AddRoleToDBInstance": _sets("AssociatedRoles"),
            "rds:CreateDBInstanceReadReplica": _sets(
                "SourceDBInstanceIdentifier", "SourceDBClusterIdentifier"
            ),
            "rds:PromoteReadReplica": _sets("SourceDBInstanceIdentifier", "SourceDBClusterIdentifier"),
            "rds:RemoveRoleFromDBInstance": _sets("AssociatedRoles"),
            "rds:RestoreDBInstanceFromDBSnapshot": _sets(
                "DBSnapshotIdentifier", "DBClusterSnapshotIdentifier"
            ),
            "rds:RestoreDBInstanceToPointInTime": _sets(
                "SourceDbiResourceId", "SourceDBInstanceAutomatedBackupsArn", "RestoreTime"
            ),
            "rds:StartDBInstanceAutomatedBackupsReplication": _sets("AutomaticBackupReplicationRegion"),
            "rds:StopDBInstanceAutomatedBackupsReplication": _sets("AutomaticBackupReplicationRegion"),
            "secretsmanager:CreateSecret": _sets("ManageMasterUserPassword"),
            "secretsmanager:TagResource": _sets("ManageMasterUserPassword"),
        },
        "AWS::SecretsManager::RotationSchedule": {
            "lambda:InvokeFunction": _sets("RotationLambdaARN", "HostedRotationLambda"),
        },
        "AWS::SecretsManager::Secret": {
            "secretsmanager:RemoveRegionsFromReplication": _sets("ReplicaRegions"),
            "secretsmanager:ReplicateSecretToRegions": _sets("ReplicaRegions"),
        },
        "AWS::WAFv2::LoggingConfiguration": {
            "s3:PutBucketPolicy": lambda found: ":s3:" in str(found.get("LogDestinationConfigs")),
        },
    }
)
"""Actions that a type's handlers list for a property only: asked for when a resource of the stage sets it.

From the properties' descriptions in the CloudFormation Template Reference. A property that goes from the
spec is taken from its resource before `petc bootstrap` takes the action away.
"""


def unasked(view: View) -> Mapping[str, tuple[str, ...]]:
    """Return by type the actions of `ASKED_BY` that no resource of the templates asks for."""
    found: dict[str, tuple[str, ...]] = {}
    for type_name, actions in ASKED_BY.items():
        own = [item.properties for item in resources(view) if item.type == type_name]
        found[type_name] = tuple(
            action for action, asks in actions.items() if not any(asks(properties) for properties in own)
        )
    return MappingProxyType(found)


def needed(
    types: Iterable[str], region: str, left_out: Mapping[str, tuple[str, ...]] = MappingProxyType({})
) -> Mapping[str, tuple[str, ...]]:
    """Return the actions that make, read, change, delete and list these types, each with the types that need it.

    Actions that do not exist, those of services that no layer uses, and `left_out` ones by type (from
    `unasked`) are left out. Raises `MissingSchemasError` when the schemas cannot be read.
    """
    used = tuple(sorted(set(types)))
    own = {service_of(type_name) for type_name in used}
    found: dict[str, set[str]] = {}
    for type_name in used:
        known = schema(type_name, region)
        handlers = known.permissions.values() if known else ()
        actions = {action for permissions in handlers for action in permissions}
        extra = frozenset(EXTRA.get(type_name, ()))
        for action in sorted(actions | extra):
            spelled = _spelled(action)
            service = spelled.partition(":")[0]
            if spelled in left_out.get(type_name, ()):
                continue
            if (action in extra or service in own or service in SUPPORTING) and limited_to(
                spelled
            ) is not None:
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
