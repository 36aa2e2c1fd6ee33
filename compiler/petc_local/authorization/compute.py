"""What runs code needs: ECS, its images, its scaling and names, and Lambda."""

from __future__ import annotations

from collections.abc import Mapping

from petc_local.authorization.call_forms import REFERENCE, Needs, call, linked, passes, uses_key

_ECS = (
    f"{REFERENCE}list_amazonelasticcontainerservice.html",
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/supported-iam-actions-tagging.html",
)
_ECR = (
    f"{REFERENCE}list_amazonelasticcontainerregistry.html",
    "https://docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html",
)
_SCALING = (
    f"{REFERENCE}list_awsapplicationautoscaling.html",
    "https://docs.aws.amazon.com/autoscaling/application/userguide/"
    "security_iam_id-based-policy-examples.html",
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/auto-scaling-IAM.html",
)
_NAMES = (
    f"{REFERENCE}list_awscloudmap.html",
    f"{REFERENCE}list_amazonroute53.html",
    "https://docs.aws.amazon.com/cloud-map/latest/dg/cloud-map-api-permissions-ref.html",
)
_LAMBDA = (
    f"{REFERENCE}list_awslambda.html",
    "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html",
    "https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html",
    "https://docs.aws.amazon.com/lambda/latest/api/API_FunctionCode.html",
)

_CLUSTER = "ecs:{here}:cluster/{id|last}"
_SERVICE = "ecs:{here}:service/{Cluster|last}/{id|last}"
_NEW_SERVICE = "ecs:{here}:service/{Cluster|last}/{new}"
_REPOSITORY = "ecr:{here}:repository/{id}"
_TARGET = "application-autoscaling:{here}:scalable-target/*"
_SCALED = "ecs:{here}:{ResourceId}"
_ALARMS = "cloudwatch:{here}:alarm:TargetTracking-{ScalingTargetId|target}-*"
_FUNCTION = "lambda:{here}:function:{id|last}"
_OF_FUNCTION = "lambda:{here}:function:{FunctionName|function}"
_VPC = ("ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs")
_SPACE = "servicediscovery:{here}:namespace/{id}"
_REGISTRY = "servicediscovery:{here}:service/{id}"

NEEDS: Mapping[str, Needs] = {
    "AWS::ApplicationAutoScaling::ScalableTarget": Needs(
        _SCALING,
        create=(
            call("application-autoscaling:RegisterScalableTarget", _TARGET),
            call("application-autoscaling:TagResource", _TARGET, when="Tags"),
            call("ecs:DescribeServices", _SCALED),
            call("ecs:UpdateService", _SCALED),
            linked("ecs.application-autoscaling.amazonaws.com"),
        ),
        update=(
            call("application-autoscaling:RegisterScalableTarget", _TARGET),
            call("application-autoscaling:TagResource", _TARGET, when="Tags"),
            call("ecs:DescribeServices", _SCALED),
            call("ecs:UpdateService", _SCALED),
        ),
        delete=(call("application-autoscaling:DeregisterScalableTarget", _TARGET),),
        read=(call("application-autoscaling:DescribeScalableTargets"),),
    ),
    "AWS::ApplicationAutoScaling::ScalingPolicy": Needs(
        _SCALING,
        create=(
            call("application-autoscaling:PutScalingPolicy", _TARGET),
            call("cloudwatch:DescribeAlarms", "cloudwatch:{here}:alarm:*"),
            call("cloudwatch:PutMetricAlarm", _ALARMS, when="TargetTrackingScalingPolicyConfiguration"),
        ),
        update=(
            call("application-autoscaling:PutScalingPolicy", _TARGET),
            call("cloudwatch:PutMetricAlarm", _ALARMS, when="TargetTrackingScalingPolicyConfiguration"),
            call("cloudwatch:DeleteAlarms", _ALARMS, when="TargetTrackingScalingPolicyConfiguration"),
        ),
        delete=(
            call("application-autoscaling:DeleteScalingPolicy", _TARGET),
            call("cloudwatch:DeleteAlarms", _ALARMS, when="TargetTrackingScalingPolicyConfiguration"),
        ),
        read=(call("application-autoscaling:DescribeScalingPolicies"),),
    ),
    "AWS::ECR::Repository": Needs(
        _ECR,
        create=(
            call("ecr:CreateRepository", "ecr:{here}:repository/{new}"),
            call("ecr:TagResource", "ecr:{here}:repository/{new}", when="Tags"),
            call("ecr:PutLifecyclePolicy", _REPOSITORY, when="LifecyclePolicy"),
            call("ecr:SetRepositoryPolicy", _REPOSITORY, when="RepositoryPolicyText"),
            *uses_key("EncryptionConfiguration.KmsKey", "ecr", "CreateGrant", "DescribeKey"),
        ),
        update=(
            call("ecr:TagResource", _REPOSITORY, when="Tags"),
            call("ecr:UntagResource", _REPOSITORY, when="-Tags"),
            call("ecr:PutLifecyclePolicy", _REPOSITORY, when="LifecyclePolicy"),
            call("ecr:SetRepositoryPolicy", _REPOSITORY, when="RepositoryPolicyText"),
            call("ecr:PutImageScanningConfiguration", _REPOSITORY, when="ImageScanningConfiguration"),
            call("ecr:PutImageTagMutability", _REPOSITORY, when="ImageTagMutability"),
        ),
        delete=(call("ecr:DeleteRepository", _REPOSITORY),),
        read=(
            call("ecr:DescribeRepositories", _REPOSITORY),
            call("ecr:GetLifecyclePolicy", _REPOSITORY),
            call("ecr:GetRepositoryPolicy", _REPOSITORY),
            call("ecr:ListTagsForResource", _REPOSITORY),
        ),
        named=("RepositoryName", -256),
    ),
    "AWS::ECS::Cluster": Needs(
        _ECS,
        create=(
            call("ecs:CreateCluster", "ecs:{here}:cluster/{new}"),
            call("ecs:TagResource", "ecs:{here}:cluster/{new}", when="Tags"),
            linked("ecs.amazonaws.com"),
        ),
        update=(
            call("ecs:UpdateCluster", _CLUSTER, when="Configuration ClusterSettings ServiceConnectDefaults"),
            call("ecs:TagResource", _CLUSTER, when="Tags"),
            call("ecs:UntagResource", _CLUSTER, when="-Tags"),
        ),
        delete=(call("ecs:DeleteCluster", _CLUSTER),),
        read=(call("ecs:DescribeClusters", _CLUSTER),),
        named=("ClusterName", 255),
    ),
    "AWS::ECS::Service": Needs(
        _ECS,
        create=(
            call("ecs:CreateService", _NEW_SERVICE),
            call("ecs:TagResource", _NEW_SERVICE, when="Tags"),
            linked("ecs.amazonaws.com"),
        ),
        update=(
            call("ecs:UpdateService", _SERVICE),
            call("ecs:TagResource", _SERVICE, when="Tags"),
            call("ecs:UntagResource", _SERVICE, when="-Tags"),
        ),
        delete=(call("ecs:DeleteService", _SERVICE),),
        read=(call("ecs:DescribeServices", _SERVICE),),
        named=("ServiceName", 255),
    ),
    "AWS::ECS::TaskDefinition": Needs(
        _ECS,
        create=(
            call("ecs:RegisterTaskDefinition", "ecs:{here}:task-definition/{new}:*"),
            call("ecs:TagResource", "ecs:{here}:task-definition/{new}:*", when="Tags"),
            passes("TaskRoleArn", "ecs-tasks.amazonaws.com"),
            passes("ExecutionRoleArn", "ecs-tasks.amazonaws.com"),
        ),
        update=(
            call("ecs:TagResource", "{id}", when="Tags"),
            call("ecs:UntagResource", "{id}", when="-Tags"),
        ),
        delete=(call("ecs:DeregisterTaskDefinition"),),
        read=(call("ecs:DescribeTaskDefinition"),),
        named=("Family", 255),
    ),
    "AWS::Lambda::EventInvokeConfig": Needs(
        _LAMBDA,
        create=(call("lambda:PutFunctionEventInvokeConfig", _OF_FUNCTION),),
        update=(call("lambda:UpdateFunctionEventInvokeConfig", _OF_FUNCTION),),
        delete=(call("lambda:DeleteFunctionEventInvokeConfig", _OF_FUNCTION),),
        read=(call("lambda:GetFunctionEventInvokeConfig", _OF_FUNCTION),),
    ),
    "AWS::Lambda::Function": Needs(
        _LAMBDA,
        create=(
            call("lambda:CreateFunction", "lambda:{here}:function:{new}"),
            call("lambda:TagResource", "lambda:{here}:function:{new}", when="Tags"),
            passes("Role", "lambda.amazonaws.com"),
            call("s3:GetObject", "s3:::{Code|package}", when="Code"),
            *(call(action, when="VpcConfig") for action in _VPC),
            call("lambda:PutFunctionConcurrency", _FUNCTION, when="ReservedConcurrentExecutions"),
            *uses_key("KmsKeyArn", "lambda", "CreateGrant", "Encrypt", "Decrypt"),
        ),
        update=(
            call("lambda:UpdateFunctionCode", _FUNCTION, when="Code Architectures"),
            call("s3:GetObject", "s3:::{Code|package}", when="Code"),
            call(
                "lambda:UpdateFunctionConfiguration",
                _FUNCTION,
                when="Description Environment Handler KmsKeyArn LoggingConfig MemorySize Role Runtime Timeout "
                "TracingConfig VpcConfig DeadLetterConfig EphemeralStorage Layers",
            ),
            passes("Role", "lambda.amazonaws.com"),
            *(call(action, when="VpcConfig") for action in _VPC),
            call("lambda:PutFunctionConcurrency", _FUNCTION, when="ReservedConcurrentExecutions"),
            call("lambda:DeleteFunctionConcurrency", _FUNCTION, when="-ReservedConcurrentExecutions"),
            call("lambda:TagResource", _FUNCTION, when="Tags"),
            call("lambda:UntagResource", _FUNCTION, when="-Tags"),
            *uses_key("KmsKeyArn", "lambda", "CreateGrant", "Encrypt", "Decrypt"),
        ),
        delete=(call("lambda:DeleteFunction", _FUNCTION),),
        read=(call("lambda:GetFunction", _FUNCTION),),
        named=("FunctionName", 64),
    ),
    "AWS::Lambda::Permission": Needs(
        _LAMBDA,
        create=(call("lambda:AddPermission", _OF_FUNCTION),),
        update=(call("lambda:AddPermission", _OF_FUNCTION), call("lambda:RemovePermission", _OF_FUNCTION)),
        delete=(call("lambda:RemovePermission", _OF_FUNCTION),),
        read=(call("lambda:GetPolicy", _OF_FUNCTION),),
    ),
    "AWS::ServiceDiscovery::PrivateDnsNamespace": Needs(
        _NAMES,
        create=(
            call("servicediscovery:CreatePrivateDnsNamespace"),
            call("servicediscovery:TagResource", when="Tags"),
            call("route53:CreateHostedZone"),
            call("route53:GetHostedZone", "route53:::hostedzone/*"),
            call("route53:ListHostedZonesByName"),
            call("ec2:DescribeVpcs"),
            call("ec2:DescribeRegions"),
            call("servicediscovery:GetOperation", "servicediscovery:{here}:namespace/*"),
        ),
        update=(
            call("servicediscovery:UpdatePrivateDnsNamespace", _SPACE, when="Description Properties"),
            call("servicediscovery:TagResource", when="Tags"),
            call("servicediscovery:UntagResource", when="-Tags"),
        ),
        delete=(
            call("servicediscovery:DeleteNamespace", _SPACE),
            call("servicediscovery:GetOperation", "servicediscovery:{here}:namespace/*"),
        ),
        read=(call("servicediscovery:GetNamespace", _SPACE), call("servicediscovery:ListTagsForResource")),
    ),
    "AWS::ServiceDiscovery::Service": Needs(
        _NAMES,
        create=(
            call(
                "servicediscovery:CreateService",
                "servicediscovery:{here}:namespace/{NamespaceId}",
                "servicediscovery:{here}:service/{new}",
            ),
            call("servicediscovery:TagResource", when="Tags"),
        ),
        update=(
            call("servicediscovery:UpdateService", _REGISTRY, when="Description DnsConfig HealthCheckConfig"),
            call("servicediscovery:TagResource", when="Tags"),
            call("servicediscovery:UntagResource", when="-Tags"),
        ),
        delete=(call("servicediscovery:DeleteService", _REGISTRY),),
        read=(call("servicediscovery:GetService", _REGISTRY), call("servicediscovery:ListTagsForResource")),
    ),
}
"""The types that run code, and what finds and scales them."""
