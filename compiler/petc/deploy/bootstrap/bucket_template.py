"""The template of an artifact bucket: private, encrypted, read by the roles of the targets."""

from __future__ import annotations

from petc import naming
from petc.deploy.bootstrap import iam_forms as forms
from petc.deploy.bootstrap.consumers import Served
from petc.deploy.bootstrap.names import EXECUTION, writer
from petc.source.tree import Json

_TEMPLATE_DAYS = 90
_OLD_VERSION_DAYS = 30


def bucket(name: str, served: Served) -> dict[str, Json]:
    """Return the template of an artifact bucket, which holds templates and function packages of one region.

    Templates are read when a stack set is updated and never again, so old ones go; packages stay, because a
    rollback reads the one before.
    """
    arn: Json = {"Fn::Sub": f"arn:${{AWS::Partition}}:s3:::{name}"}
    objects: Json = {"Fn::Sub": f"arn:${{AWS::Partition}}:s3:::{name}/*"}
    readers: list[Json] = [
        {"Fn::Sub": f"arn:${{AWS::Partition}}:iam::*:role/{EXECUTION}"},
        {"Fn::Sub": f"arn:${{AWS::Partition}}:iam::*:role/{writer('*')}"},
        {"Fn::Sub": "arn:${AWS::Partition}:iam::*:role/stacksets-exec-*"},
    ]
    made: dict[str, Json] = {
        "Type": "AWS::S3::Bucket",
        **forms.KEPT,
        "Properties": {
            "BucketName": name,
            "BucketEncryption": {
                "ServerSideEncryptionConfiguration": [
                    {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
                ]
            },
            "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
            "PublicAccessBlockConfiguration": {
                "BlockPublicAcls": True,
                "BlockPublicPolicy": True,
                "IgnorePublicAcls": True,
                "RestrictPublicBuckets": True,
            },
            "VersioningConfiguration": {"Status": "Enabled"},
            "LifecycleConfiguration": {
                "Rules": [
                    *_old_templates(served),
                    {
                        "Id": "leftovers",
                        "Status": "Enabled",
                        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
                        "NoncurrentVersionExpiration": {"NoncurrentDays": _OLD_VERSION_DAYS},
                    },
                ]
            },
        },
    }
    statements: list[Json] = [
        {
            "Sid": "TlsOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [arn, objects],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    ]
    # A member of the organization is any account, so the condition is what admits; it names the roles too.
    roles: Json = {"aws:PrincipalArn": readers}
    if served.organization:
        statements.append(
            {
                "Sid": "OrganizationReads",
                "Effect": "Allow",
                "Principal": "*",
                "Action": "s3:GetObject",
                "Resource": [objects],
                "Condition": {
                    "StringEquals": {"aws:PrincipalOrgID": served.organization},
                    "ArnLike": roles,
                },
            }
        )
    if served.accounts:
        statements.append(
            {
                "Sid": "TargetsRead",
                "Effect": "Allow",
                "Principal": {"AWS": [forms.root(account) for account in served.accounts]},
                "Action": "s3:GetObject",
                "Resource": [objects],
                "Condition": {"ArnLike": roles},
            }
        )
    policy: dict[str, Json] = {
        "Type": "AWS::S3::BucketPolicy",
        "Properties": {
            "Bucket": {"Ref": "Artifacts"},
            "PolicyDocument": {"Version": "2012-10-17", "Statement": statements},
        },
    }
    resources: dict[str, Json] = {"Artifacts": made, "ArtifactsPolicy": policy}
    return forms.template(
        "The bucket of templates and function packages that petc deploys", resources, served
    )


def _old_templates(served: Served) -> list[Json]:
    """Return the rules by which templates go: those of each stage, and those that older versions of petc wrote."""
    prefixes = {"old-templates": "templates/"} | {
        f"old-templates-{stage.name}": f"{naming.artifact_key(stage.spec, stage.stage, 'templates')}/"
        for stage in served.stages
    }
    return [
        {"Id": key, "Status": "Enabled", "Prefix": prefix, "ExpirationInDays": _TEMPLATE_DAYS}
        for key, prefix in prefixes.items()
    ]
