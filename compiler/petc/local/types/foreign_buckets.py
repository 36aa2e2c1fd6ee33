"""Lets CloudFormation and Lambda read from a bucket of another account, which MiniStack never finds.

A bucket's name is unique in all of AWS, so it needs no account to be found (Amazon S3 User Guide, "Bucket naming
rules"); its policy says which other accounts may read it. Of the policy only the principals are looked at here,
for the server does not know the role that a stack is made with.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import s3

from petc.local.stack_sets.roles import trusted_by


def enter() -> None:
    """Wrap the one function by which templates and code are read, once."""
    module: Any = s3
    if hasattr(module._get_object_data, "petc"):
        return
    module._get_object_data = _of_any_account(module._get_object_data)
    module._get_object_data.petc = True


def _of_any_account(own: Callable[..., bytes | None]) -> Callable[..., bytes | None]:
    def read(bucket: str, key: str, version_id: str | None = None) -> bytes | None:
        reader = get_account_id()
        owner = s3._bucket_owner_account(bucket)
        if owner is None or s3._buckets.contains_scoped(reader, None, bucket):
            return own(bucket, key, version_id)
        if not _admits(owner, bucket, reader):
            return None
        with request_scope(owner, get_region()):
            return own(bucket, key, version_id)

    return read


def _admits(owner: str, bucket: str, account: str) -> bool:
    principals = set(trusted_by(s3._bucket_policies.get_scoped(owner, None, bucket)))
    return bool(principals & {"*", account, f"arn:aws:iam::{account}:root"})
