"""The bucket of the load balancer's access logs."""

from __future__ import annotations

from dataclasses import dataclass

from awacs import s3 as actions
from awacs.aws import ArnLike, Condition, Statement
from troposphere import Ref, Sub, s3

from petc.layers import iam, private_bucket
from petc.layers.base import Draft

AT = "/load_balancer/access_logs"

DELIVERY = "logdelivery.elasticloadbalancing.amazonaws.com"
"""Elastic Load Balancing, "Access logs for your Application Load Balancer"."""


@dataclass(frozen=True, slots=True)
class AccessLogs:
    """The bucket, and the policy that must stand before a load balancer writes to it."""

    bucket: s3.Bucket
    policy: s3.BucketPolicy


def add_bucket(draft: Draft) -> AccessLogs:
    """Add a private bucket that Elastic Load Balancing may write to.

    It is encrypted by S3's own key, for the service cannot write with another.
    """
    bucket = draft.add_stateful(
        s3.Bucket(
            "AccessLogs",
            LifecycleConfiguration=s3.LifecycleConfiguration(
                Rules=[
                    s3.LifecycleRule(
                        Id="expire",
                        Status="Enabled",
                        ExpirationInDays=draft.stage.logs.retention_days,
                        AbortIncompleteMultipartUpload=s3.AbortIncompleteMultipartUpload(
                            DaysAfterInitiation=1
                        ),
                    )
                ]
            ),
            **private_bucket.guards(),
        ),
        AT,
        why="one line for each request at the load balancer",
    )
    policy = draft.add(
        s3.BucketPolicy(
            "AccessLogsPolicy", Bucket=Ref(bucket), PolicyDocument=iam.policy(*_statements(bucket))
        ),
        AT,
        why="only Elastic Load Balancing writes access logs, and nobody reads them without TLS",
    )
    return AccessLogs(bucket, policy)


def _statements(bucket: s3.Bucket) -> tuple[Statement, ...]:
    balancers = Sub(
        "arn:${AWS::Partition}:elasticloadbalancing:${AWS::Region}:${AWS::AccountId}:loadbalancer/*"
    )
    delivered = Sub(f"${{{bucket.title}.Arn}}/AWSLogs/${{AWS::AccountId}}/*")
    return (
        iam.allow_service(
            "DeliverLogs",
            DELIVERY,
            [actions.PutObject],
            [delivered],
            Condition(ArnLike({"aws:SourceArn": balancers})),
        ),
        private_bucket.tls_only(bucket),
    )
