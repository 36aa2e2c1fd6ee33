"""Mends buckets: settings that MiniStack ignores, content that a delete would lose, buckets of other accounts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import s3

from petc.resources.schemas import Json
from petc_local.stack_sets.roles import trusted_by
from petc_local.types.forms import Answer, Attributes, Made, Properties, accepted, entries, mapping, text
from petc_local.types.patching import Mend

_OLD_VERSIONS = ("NoncurrentDays", "NewerNoncurrentVersions")


def _made(physical_id: str, old: Properties, new: Properties, attributes: Attributes) -> Made:
    """Apply what differs by the S3 API, and take away what the template dropped."""
    for name, (body, put, delete) in _SETTINGS.items():
        if new.get(name) == old.get(name):
            continue
        if new.get(name):
            accepted(put(physical_id, body(new[name])))
        elif delete is not None:
            accepted(delete(physical_id))
    dual_stack = str(attributes["RegionalDomainName"]).replace(".s3.", ".s3.dualstack.", 1)
    return physical_id, {**attributes, "DualStackDomainName": dual_stack}


def _encryption(value: Json) -> bytes:
    root = Element("ServerSideEncryptionConfiguration")
    for rule in entries(mapping(value).get("ServerSideEncryptionConfiguration")):
        below = SubElement(root, "Rule")
        chosen = SubElement(below, "ApplyServerSideEncryptionByDefault")
        _leaves(
            chosen, mapping(rule.get("ServerSideEncryptionByDefault")), ("SSEAlgorithm", "KMSMasterKeyID")
        )
        _leaves(below, rule, ("BucketKeyEnabled",))
    return tostring(root)


def _ownership(value: Json) -> bytes:
    root = Element("OwnershipControls")
    for rule in entries(mapping(value).get("Rules")):
        _leaves(SubElement(root, "Rule"), rule, ("ObjectOwnership",))
    return tostring(root)


def _versioning(value: Json) -> bytes:
    root = Element("VersioningConfiguration")
    _leaves(root, mapping(value), ("Status",))
    return tostring(root)


def _tagging(value: Json) -> bytes:
    root = Element("Tagging")
    held = SubElement(root, "TagSet")
    for tag in entries(value):
        _leaves(SubElement(held, "Tag"), tag, ("Key", "Value"))
    return tostring(root)


def _lifecycle(value: Json) -> bytes:
    """Return the rules in the form of `PutBucketLifecycleConfiguration`, where some names differ."""
    root = Element("LifecycleConfiguration")
    for rule in entries(mapping(value).get("Rules")):
        below = SubElement(root, "Rule")
        _leaves(below, {**rule, "ID": rule.get("Id")}, ("ID", "Status"))
        SubElement(SubElement(below, "Filter"), "Prefix").text = text(rule, "Prefix")
        if rule.get("ExpirationInDays"):
            SubElement(SubElement(below, "Expiration"), "Days").text = text(rule, "ExpirationInDays")
        for transition in entries(rule.get("Transitions")):
            moved = {**transition, "Days": transition.get("TransitionInDays")}
            _leaves(SubElement(below, "Transition"), moved, ("Days", "StorageClass"))
        old_versions = mapping(rule.get("NoncurrentVersionExpiration"))
        if rule.get("NoncurrentVersionExpirationInDays"):
            old_versions = {"NoncurrentDays": rule["NoncurrentVersionExpirationInDays"]}
        if old_versions:
            _leaves(SubElement(below, "NoncurrentVersionExpiration"), old_versions, _OLD_VERSIONS)
        unfinished = mapping(rule.get("AbortIncompleteMultipartUpload"))
        if unfinished:
            _leaves(SubElement(below, "AbortIncompleteMultipartUpload"), unfinished, ("DaysAfterInitiation",))
    return tostring(root)


def _leaves(parent: Element, source: Properties, names: tuple[str, ...]) -> None:
    for name in names:
        if source.get(name) is not None:
            SubElement(parent, name).text = text(source, name)


def _suspended(bucket: str) -> Answer:
    """Suspend versioning: a bucket that has had it never goes back to none ("Using versioning")."""
    answer: Answer = s3._put_bucket_versioning(bucket, _versioning({"Status": "Suspended"}))
    return answer


_Put = Callable[[str, bytes], Answer]
_SETTINGS: dict[str, tuple[Callable[[Json], bytes], _Put, Callable[[str], Answer] | None]] = {
    "BucketEncryption": (_encryption, s3._put_bucket_encryption, s3._delete_bucket_encryption),
    "LifecycleConfiguration": (_lifecycle, s3._put_bucket_lifecycle, s3._delete_bucket_lifecycle),
    "OwnershipControls": (
        _ownership,
        s3._put_bucket_ownership_controls,
        s3._delete_bucket_ownership_controls,
    ),
    "Tags": (_tagging, s3._put_bucket_tagging, s3._delete_bucket_tagging),
    "VersioningConfiguration": (_versioning, s3._put_bucket_versioning, _suspended),
}


def _empty(physical_id: str, properties: Properties) -> None:
    """Delete by the API, which refuses a bucket that holds something ("DeleteBucket") and leaves no file."""
    if physical_id in s3._buckets:
        accepted(s3._delete_bucket(physical_id))


MENDS = {"AWS::S3::Bucket": Mend(made=_made, deletable=_empty)}
"""The types that this module mends."""


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
