"""The site's buckets: its files, which only the distribution reads, and the distribution's access logs.

Both are encrypted by S3's own key: a customer key would have to admit the distribution by its ARN, and is
made long before it.
"""

from __future__ import annotations

from awacs import s3 as actions
from awacs.aws import Condition, StringEquals
from troposphere import Ref, Sub, s3

from petc.layers import iam, private_bucket
from petc.layers.base import Draft

PREVIOUS_DAYS = 30
"""How long a replaced file can be brought back."""

_REASONS = {
    "TlsOnly": "a denial, for everyone and everything in this one bucket",
    "ReadFiles": "the site's files, within this one bucket",
}


def add_files(draft: Draft, at: str) -> s3.Bucket:
    """Add the bucket of the site's files; `allow_distribution` lets CloudFront read them."""
    previous = s3.LifecycleRule(
        Id="previous-versions",
        Status="Enabled",
        NoncurrentVersionExpiration=s3.NoncurrentVersionExpiration(NoncurrentDays=PREVIOUS_DAYS),
    )
    return draft.add_stateful(
        s3.Bucket(
            "Site",
            LifecycleConfiguration=s3.LifecycleConfiguration(
                Rules=[private_bucket.abandoned_uploads(), previous]
            ),
            VersioningConfiguration=s3.VersioningConfiguration(Status="Enabled"),
            **private_bucket.guards(),
        ),
        at,
        why="the site's files",
    )


def allow_distribution(draft: Draft, bucket: s3.Bucket, distribution: str, at: str) -> None:
    """Let the distribution of that logical id read the files, and nobody without TLS."""
    source = Sub(f"arn:${{AWS::Partition}}:cloudfront::${{AWS::AccountId}}:distribution/${{{distribution}}}")
    read = iam.allow_service(
        "ReadFiles",
        "cloudfront.amazonaws.com",
        [actions.GetObject],
        [Sub(f"${{{bucket.title}.Arn}}/*")],
        Condition(StringEquals({"AWS:SourceArn": source})),
    )
    draft.add(
        s3.BucketPolicy(
            "SitePolicy", Bucket=Ref(bucket), PolicyDocument=iam.policy(read, private_bucket.tls_only(bucket))
        ),
        at,
        why="only the distribution reads the site's files",
        reasons=_REASONS,
    )


def add_logs(draft: Draft, at: str) -> tuple[s3.Bucket, s3.BucketPolicy]:
    """Add the bucket of access logs, and the policy that a distribution should find on it.

    CloudFront's log delivery still writes with an access control list, so the bucket admits them; the owner
    of the bucket owns what is written all the same. It delivers to no region that an account must opt in to.
    The newer deliveries need neither, but exist in us-east-1 only; this layer stands where the stage does.
    Source: Amazon CloudFront Developer Guide, "Configure standard logging (legacy)".
    """
    expire = s3.LifecycleRule(Id="expire", Status="Enabled", ExpirationInDays=draft.stage.logs.retention_days)
    bucket = draft.add_stateful(
        s3.Bucket(
            "SiteLogs",
            LifecycleConfiguration=s3.LifecycleConfiguration(
                Rules=[private_bucket.abandoned_uploads(), expire]
            ),
            **private_bucket.guards(ownership="BucketOwnerPreferred"),
        ),
        at,
        why="one line for each request at the distribution",
    )
    policy = draft.add(
        s3.BucketPolicy(
            "SiteLogsPolicy", Bucket=Ref(bucket), PolicyDocument=iam.policy(private_bucket.tls_only(bucket))
        ),
        at,
        why="nobody reaches the logs without TLS",
        reasons={"TlsOnly": _REASONS["TlsOnly"]},
    )
    return bucket, policy
