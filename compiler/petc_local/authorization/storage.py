"""What keeps data needs: RDS, S3, secrets, parameters, queues and topics."""

from __future__ import annotations

from collections.abc import Mapping

from petc_local.authorization.call_forms import REFERENCE, Needs, RequiredCall, call, linked, passes, uses_key

_RDS = (
    f"{REFERENCE}list_amazonrds.html",
    "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-secrets-manager.html",
    "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/UsingWithRDS.IAM.ServiceLinkedRoles.html",
)
_S3 = (
    f"{REFERENCE}list_amazons3.html",
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html",
)
_SECRETS = (
    f"{REFERENCE}list_awssecretsmanager.html",
    "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html",
)
_SNS = (f"{REFERENCE}list_amazonsns.html",)
_SQS = (f"{REFERENCE}list_amazonsqs.html",)
_SSM = (f"{REFERENCE}list_awssystemsmanager.html",)


def _rds(kind: str) -> str:
    return f"rds:{{here}}:{kind}:{{id}}"


def _new(kind: str) -> str:
    return f"rds:{{here}}:{kind}:{{new}}"


def _tagged(kind: str) -> tuple[RequiredCall, ...]:
    return (
        call("rds:AddTagsToResource", _rds(kind), when="Tags"),
        call("rds:RemoveTagsFromResource", _rds(kind), when="-Tags"),
    )


def _group(kind: str, name: str, prop: str, *reads: str) -> Needs:
    """Return what a group of RDS takes; `name` is what its actions call it."""
    return Needs(
        _RDS,
        create=(
            call(f"rds:Create{name}", _new(kind)),
            call("rds:AddTagsToResource", _new(kind), when="Tags"),
            call(f"rds:Modify{name}", _rds(kind), when="Parameters"),
        ),
        update=(
            call(f"rds:Modify{name}", _rds(kind), when="Parameters SubnetIds DBSubnetGroupDescription"),
            *_tagged(kind),
        ),
        delete=(call(f"rds:Delete{name}", _rds(kind)),),
        read=(
            call(f"rds:Describe{name}s", _rds(kind)),
            *(call(f"rds:{read}", _rds(kind)) for read in reads),
            call("rds:ListTagsForResource", _rds(kind)),
        ),
        named=(prop, -255),
    )


_IN_DATABASE = (
    *uses_key("KmsKeyId", "rds", "CreateGrant", "Decrypt", "DescribeKey", "GenerateDataKey"),
    *uses_key(
        "PerformanceInsightsKmsKeyId", "rds", "CreateGrant", "Decrypt", "DescribeKey", "GenerateDataKey"
    ),
    passes("MonitoringRoleArn", "monitoring.rds.amazonaws.com"),
)
"""CreateDBCluster and CreateDBInstance, dependent actions."""


def _password(kind: str) -> tuple[RequiredCall, ...]:
    """Return what a master password takes that RDS keeps in a secret, which is made in the caller's name."""
    secret = f"secretsmanager:{{here}}:secret:rds!{kind}-*"
    return (
        call("secretsmanager:CreateSecret", secret, when="ManageMasterUserPassword"),
        call("secretsmanager:TagResource", secret, when="ManageMasterUserPassword"),
        *uses_key(
            "MasterUserSecret.KmsKeyId",
            "secretsmanager",
            "CreateGrant",
            "Decrypt",
            "DescribeKey",
            "GenerateDataKey",
        ),
    )


_MODIFYING = (
    "AllocatedStorage AutoMinorVersionUpgrade BackupRetentionPeriod CACertificateIdentifier CopyTagsToSnapshot "
    "DBClusterParameterGroupName DBInstanceClass DBParameterGroupName DatabaseInsightsMode DeletionProtection "
    "EnableCloudwatchLogsExports EnableIAMDatabaseAuthentication EngineLifecycleSupport EngineVersion "
    "ManageMasterUserPassword MasterUserPassword MasterUserSecret MonitoringInterval MonitoringRoleArn "
    "PerformanceInsightsEnabled PerformanceInsightsKmsKeyId PerformanceInsightsRetentionPeriod Port "
    "PreferredBackupWindow PreferredMaintenanceWindow PromotionTier PubliclyAccessible "
    "ServerlessV2ScalingConfiguration VpcSecurityGroupIds"
)
_INSTANCE_PLACES = ("rds:{here}:cluster:{DBClusterIdentifier}", "rds:{here}:pg:{DBParameterGroupName}")
_BUCKET = "s3:::{id}"
_SETTINGS = (
    call("s3:PutEncryptionConfiguration", _BUCKET, when="BucketEncryption"),
    call("s3:PutLifecycleConfiguration", _BUCKET, when="LifecycleConfiguration"),
    call("s3:PutBucketLogging", _BUCKET, when="LoggingConfiguration"),
    call("s3:PutBucketOwnershipControls", _BUCKET, when="OwnershipControls"),
    call("s3:PutBucketPublicAccessBlock", _BUCKET, when="PublicAccessBlockConfiguration"),
    call("s3:PutBucketVersioning", _BUCKET, when="VersioningConfiguration"),
    call("s3:PutBucketNotification", _BUCKET, when="NotificationConfiguration"),
    call("s3:PutBucketCORS", _BUCKET, when="CorsConfiguration"),
    call("s3:PutBucketWebsite", _BUCKET, when="WebsiteConfiguration"),
    call("s3:PutBucketTagging", _BUCKET, when="Tags"),
)
_POLICY = "s3:::{Bucket}"
_SECRET = "secretsmanager:{here}:secret:{id}"
_NEW_SECRET = "secretsmanager:{here}:secret:{new}-??????"
_TOPIC = "sns:{here}:{TopicArn}"
_OWN_TOPIC = "sns:{here}:{id}"
_QUEUE = "sqs:{here}:{id|last}"
_PARAMETER = "ssm:{here}:parameter/{id|path}"

NEEDS: Mapping[str, Needs] = {
    "AWS::RDS::DBCluster": Needs(
        _RDS,
        create=(
            call(
                "rds:CreateDBCluster",
                _new("cluster"),
                "rds:{here}:cluster-pg:{DBClusterParameterGroupName}",
                "rds:{here}:og:default:*",
                "rds:{here}:subgrp:{DBSubnetGroupName}",
            ),
            call("rds:AddTagsToResource", _new("cluster"), when="Tags"),
            *_IN_DATABASE,
            *_password("cluster"),
            linked("rds.amazonaws.com"),
        ),
        update=(
            call(
                "rds:ModifyDBCluster",
                _rds("cluster"),
                "rds:{here}:cluster-pg:{DBClusterParameterGroupName}",
                when=_MODIFYING,
            ),
            passes("MonitoringRoleArn", "monitoring.rds.amazonaws.com"),
            *_password("cluster"),
            call(
                "secretsmanager:RotateSecret",
                "secretsmanager:{here}:secret:rds!cluster-*",
                when="ManageMasterUserPassword",
            ),
            *_tagged("cluster"),
        ),
        # DeleteDBCluster, dependent actions: a deletion takes a snapshot unless the template says otherwise.
        delete=(
            call("rds:DeleteDBCluster", _rds("cluster"), "rds:{here}:cluster-snapshot:*"),
            call("rds:CreateDBClusterSnapshot", _rds("cluster"), "rds:{here}:cluster-snapshot:*"),
            call("rds:AddTagsToResource", "rds:{here}:cluster-snapshot:*", when="Tags"),
        ),
        read=(
            call("rds:DescribeDBClusters", _rds("cluster")),
            call("rds:ListTagsForResource", _rds("cluster")),
        ),
        named=("DBClusterIdentifier", -63),
    ),
    "AWS::RDS::DBClusterParameterGroup": _group(
        "cluster-pg", "DBClusterParameterGroup", "DBClusterParameterGroupName", "DescribeDBClusterParameters"
    ),
    "AWS::RDS::DBInstance": Needs(
        _RDS,
        create=(
            call("rds:CreateDBInstance", _new("db"), *_INSTANCE_PLACES),
            call("rds:AddTagsToResource", _new("db"), when="Tags"),
            *_IN_DATABASE,
            *_password("db"),
            linked("rds.amazonaws.com"),
        ),
        update=(
            call("rds:ModifyDBInstance", _rds("db"), "rds:{here}:pg:{DBParameterGroupName}", when=_MODIFYING),
            passes("MonitoringRoleArn", "monitoring.rds.amazonaws.com"),
            *_tagged("db"),
        ),
        delete=(call("rds:DeleteDBInstance", _rds("db")),),
        read=(call("rds:DescribeDBInstances", _rds("db")), call("rds:ListTagsForResource", _rds("db"))),
        named=("DBInstanceIdentifier", -63),
    ),
    "AWS::RDS::DBParameterGroup": _group(
        "pg", "DBParameterGroup", "DBParameterGroupName", "DescribeDBParameters"
    ),
    "AWS::RDS::DBSubnetGroup": _group("subgrp", "DBSubnetGroup", "DBSubnetGroupName"),
    "AWS::S3::Bucket": Needs(
        _S3,
        create=(call("s3:CreateBucket", "s3:::{new}"), *_SETTINGS),
        update=_SETTINGS,
        delete=(call("s3:DeleteBucket", _BUCKET),),
        read=(
            call("s3:ListBucket", _BUCKET),
            call("s3:GetBucketTagging", _BUCKET),
            call("s3:GetEncryptionConfiguration", _BUCKET),
            call("s3:GetBucketPublicAccessBlock", _BUCKET),
            call("s3:GetBucketVersioning", _BUCKET),
            call("s3:GetLifecycleConfiguration", _BUCKET),
        ),
        named=("BucketName", -63),
    ),
    "AWS::S3::BucketPolicy": Needs(
        _S3,
        create=(call("s3:PutBucketPolicy", _POLICY),),
        update=(call("s3:PutBucketPolicy", _POLICY),),
        delete=(call("s3:DeleteBucketPolicy", _POLICY),),
        read=(call("s3:GetBucketPolicy", _POLICY),),
    ),
    "AWS::SNS::Subscription": Needs(
        _SNS,
        create=(call("sns:Subscribe", _TOPIC), call("sns:GetSubscriptionAttributes")),
        update=(call("sns:SetSubscriptionAttributes"), call("sns:GetSubscriptionAttributes")),
        delete=(call("sns:Unsubscribe"),),
        read=(call("sns:ListSubscriptionsByTopic", _TOPIC),),
    ),
    "AWS::SNS::Topic": Needs(
        _SNS,
        create=(
            call("sns:CreateTopic", "sns:{here}:{new}"),
            call("sns:TagResource", "sns:{here}:{new}", when="Tags"),
        ),
        update=(
            call("sns:SetTopicAttributes", _OWN_TOPIC, when="DisplayName KmsMasterKeyId TracingConfig"),
            call("sns:TagResource", _OWN_TOPIC, when="Tags"),
            call("sns:UntagResource", _OWN_TOPIC, when="-Tags"),
        ),
        delete=(call("sns:DeleteTopic", _OWN_TOPIC),),
        read=(
            call("sns:GetTopicAttributes", _OWN_TOPIC),
            call("sns:ListTagsForResource", _OWN_TOPIC),
            call("sns:ListSubscriptionsByTopic", _OWN_TOPIC),
        ),
        named=("TopicName", 256),
    ),
    "AWS::SNS::TopicPolicy": Needs(
        _SNS,
        create=(call("sns:SetTopicAttributes", "sns:{here}:{Topics}"),),
        update=(call("sns:SetTopicAttributes", "sns:{here}:{Topics}"),),
        delete=(call("sns:SetTopicAttributes", "sns:{here}:{Topics}"),),
        read=(call("sns:GetTopicAttributes", "sns:{here}:{Topics}"),),
    ),
    "AWS::SQS::Queue": Needs(
        _SQS,
        create=(
            call("sqs:CreateQueue", "sqs:{here}:{new}"),
            call("sqs:TagQueue", "sqs:{here}:{new}", when="Tags"),
        ),
        update=(
            call(
                "sqs:SetQueueAttributes",
                _QUEUE,
                when="DelaySeconds KmsMasterKeyId MessageRetentionPeriod RedrivePolicy SqsManagedSseEnabled "
                "VisibilityTimeout",
            ),
            call("sqs:TagQueue", _QUEUE, when="Tags"),
            call("sqs:UntagQueue", _QUEUE, when="-Tags"),
        ),
        delete=(call("sqs:DeleteQueue", _QUEUE),),
        read=(call("sqs:GetQueueAttributes", _QUEUE), call("sqs:ListQueueTags", _QUEUE)),
        named=("QueueName", 80),
    ),
    "AWS::SQS::QueuePolicy": Needs(
        _SQS,
        create=(call("sqs:SetQueueAttributes", "sqs:{here}:{Queues|last}"),),
        update=(call("sqs:SetQueueAttributes", "sqs:{here}:{Queues|last}"),),
        delete=(call("sqs:SetQueueAttributes", "sqs:{here}:{Queues|last}"),),
        read=(call("sqs:GetQueueAttributes", "sqs:{here}:{Queues|last}"),),
    ),
    "AWS::SSM::Parameter": Needs(
        _SSM,
        create=(
            call("ssm:PutParameter", "ssm:{here}:parameter/{new|path}"),
            call("ssm:AddTagsToResource", "ssm:{here}:parameter/{new|path}", when="Tags"),
        ),
        update=(
            call("ssm:PutParameter", _PARAMETER, when="AllowedPattern Description Tier Value"),
            call("ssm:AddTagsToResource", _PARAMETER, when="Tags"),
            call("ssm:RemoveTagsFromResource", _PARAMETER, when="-Tags"),
        ),
        delete=(call("ssm:DeleteParameter", _PARAMETER),),
        read=(call("ssm:GetParameters", _PARAMETER),),
        named=("Name", 128),
    ),
    "AWS::SecretsManager::RotationSchedule": Needs(
        _SECRETS,
        create=(call("secretsmanager:RotateSecret", "{SecretId}"),),
        update=(call("secretsmanager:RotateSecret", "{SecretId}"),),
        delete=(call("secretsmanager:CancelRotateSecret", "{SecretId}"),),
        read=(call("secretsmanager:DescribeSecret", "{SecretId}"),),
    ),
    "AWS::SecretsManager::Secret": Needs(
        _SECRETS,
        create=(
            call("secretsmanager:CreateSecret", _NEW_SECRET),
            call("secretsmanager:TagResource", _NEW_SECRET, when="Tags"),
            call("secretsmanager:GetRandomPassword", when="GenerateSecretString"),
            *uses_key("KmsKeyId", "secretsmanager", "Decrypt", "GenerateDataKey"),
        ),
        update=(
            call(
                "secretsmanager:UpdateSecret",
                _SECRET,
                when="Description KmsKeyId SecretString GenerateSecretString",
            ),
            *uses_key("KmsKeyId", "secretsmanager", "Decrypt", "GenerateDataKey"),
            call("secretsmanager:TagResource", _SECRET, when="Tags"),
            call("secretsmanager:UntagResource", _SECRET, when="-Tags"),
        ),
        delete=(call("secretsmanager:DeleteSecret", _SECRET),),
        read=(call("secretsmanager:DescribeSecret", _SECRET),),
        named=("Name", 0),
    ),
}
"""The types that keep data."""
