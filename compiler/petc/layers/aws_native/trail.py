"""The CloudTrail trail without which no rotation event reaches EventBridge, and the bucket of its logs."""

from __future__ import annotations

from typing import Any

from awacs import s3 as s3_actions
from awacs.aws import Action, Condition, Statement, StringEquals
from troposphere import GetAtt, Ref, Sub, cloudtrail, s3

from petc.layers import iam, key_use, private_bucket
from petc.layers.base import Draft

_AT = "/security/trail"
_PREVIOUS_DAYS = 30
"""How long a log file that someone overwrote or deleted can still be recovered."""


def add_trail(draft: Draft) -> cloudtrail.Trail:
    """Add a trail of the calls that change something, in this region, and its bucket.

    EventBridge gets events of CloudTrail only where a trail logs them; Amazon EventBridge User Guide,
    "Delivery of events via AWS CloudTrail". Its name is fixed because the bucket's policy names it first.
    """
    stage = draft.stage
    name = f"{stage.name}-{stage.stage}"
    bucket = _bucket(draft)
    policy = _bucket_policy(draft, bucket, name)
    return draft.add(
        cloudtrail.Trail(
            "Trail",
            TrailName=name,
            IsLogging=True,
            IsMultiRegionTrail=False,
            IncludeGlobalServiceEvents=False,
            EnableLogFileValidation=True,
            S3BucketName=Ref(bucket),
            EventSelectors=[
                cloudtrail.EventSelector(ReadWriteType="WriteOnly", IncludeManagementEvents=True)
            ],
            **key_use.given(key_use.message_key(draft), "KMSKeyId"),
        ),
        _AT,
        why="brings Secrets Manager's rotation events to EventBridge",
        after=(policy,),
    )


def _bucket(draft: Draft) -> s3.Bucket:
    return draft.add_stateful(
        s3.Bucket(
            "TrailBucket",
            VersioningConfiguration=s3.VersioningConfiguration(Status="Enabled"),
            LifecycleConfiguration=s3.LifecycleConfiguration(
                Rules=[
                    s3.LifecycleRule(
                        Id="expire",
                        Status="Enabled",
                        ExpirationInDays=draft.stage.logs.retention_days,
                        NoncurrentVersionExpiration=s3.NoncurrentVersionExpiration(
                            NoncurrentDays=_PREVIOUS_DAYS
                        ),
                        AbortIncompleteMultipartUpload=s3.AbortIncompleteMultipartUpload(
                            DaysAfterInitiation=7
                        ),
                    )
                ]
            ),
            # CloudTrail encrypts log files with the trail's key itself, its digest files always with S3's own.
            **private_bucket.guards(),
        ),
        _AT,
        why="holds the trail's log files as long as other logs are kept",
    )


def _bucket_policy(draft: Draft, bucket: s3.Bucket, name: str) -> s3.BucketPolicy:
    arn = GetAtt(bucket, "Arn")
    trail = Sub(f"arn:${{AWS::Partition}}:cloudtrail:${{AWS::Region}}:${{AWS::AccountId}}:trail/{name}")
    files = Sub("${Bucket}/AWSLogs/${AWS::AccountId}/*", Bucket=arn)

    def admitted(sid: str, action: Action, resource: Any, **further: str) -> Statement:
        matches = {"aws:SourceArn": trail, "aws:SourceAccount": Ref("AWS::AccountId"), **further}
        return iam.allow_service(
            sid, "cloudtrail.amazonaws.com", [action], [resource], Condition(StringEquals(matches))
        )

    owner = {"s3:x-amz-acl": "bucket-owner-full-control"}
    return draft.add(
        s3.BucketPolicy(
            "TrailBucketPolicy",
            Bucket=Ref(bucket),
            PolicyDocument=iam.policy(
                admitted("Look", s3_actions.GetBucketAcl, arn),
                admitted("Deliver", s3_actions.PutObject, files, **owner),
                private_bucket.tls_only(bucket),
            ),
        ),
        _AT,
        why="lets exactly this trail deliver, over TLS only",
    )
