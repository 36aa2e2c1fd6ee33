"""Templates on their way to CloudFormation: in the call, or by the artifact bucket."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

from petc.deploy.aws.connection import Connection, answered, calling
from petc.deploy.aws.settings import Settings
from petc.diagnostics import Diagnostic, Rejected, Severity

INLINE_BYTES = 51_200
"""What `TemplateBody` takes; API reference, CreateStackSet."""

BUCKET_BYTES = 1_000_000
"""What `TemplateURL` takes, 1 MB; CloudFormation User Guide, "Understand CloudFormation quotas"."""

_AT = "/targets/templates"


@dataclass(slots=True)
class Templates:
    """Puts each template into the bucket of a region once. Safe to use from several threads."""

    connection: Connection
    settings: Settings
    _lying: set[tuple[str, str]] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def location(self, layer: str, digest: str, text: str, region: str) -> dict[str, str]:
        """Return the template as the API takes it, `TemplateBody` or `TemplateURL`.

        Raises `Rejected` when it is too large for its way, or cannot be put into the bucket.
        """
        check(layer, text, inline=self.settings.templates == "inline")
        if self.settings.templates == "inline":
            return {"TemplateBody": text}
        client = self.connection.client("s3", region)
        bucket, key = self.settings.buckets[region], f"templates/{digest}.yaml"
        with self._lock:
            if (bucket, key) not in self._lying:
                self._put(client, bucket, key, text)
                self._lying.add((bucket, key))
        # The path style is right on AWS and wherever an endpoint is set.
        return {"TemplateURL": f"{client.meta.endpoint_url}/{bucket}/{key}"}

    def _put(self, client: Any, bucket: str, key: str, text: str) -> None:
        place = f"s3://{bucket}/{key}"
        # Who may not list the bucket is answered 403 for an object that is not there; API reference, HeadObject.
        _, absent = answered(
            "s3:GetObject", place, lambda: client.head_object(Bucket=bucket, Key=key), "404", "403"
        )
        if not absent:
            return
        try:
            with calling("s3:PutObject", place):
                client.put_object(
                    Bucket=bucket,
                    Key=key,
                    Body=text.encode(),
                    ContentType="text/yaml",
                    ChecksumAlgorithm="SHA256",
                )
        except Rejected as fault:
            raise _without_bucket(fault, bucket) from fault


def check(layer: str, text: str, *, inline: bool) -> None:
    """Raise `Rejected` when a template is larger than its way to CloudFormation takes."""
    size, limit = len(text.encode()), INLINE_BYTES if inline else BUCKET_BYTES
    if size <= limit:
        return
    way = "within the call (`targets.templates: inline`)" if inline else "by the artifact bucket"
    help_ = (
        "set `targets.templates: bucket` and run `petc bootstrap` once"
        if inline
        else "split what the layer holds over two stages, or remove what the review names as unused"
    )
    message = f"the template of layer {layer} has {size:,} bytes, and CloudFormation takes {limit:,} {way}"
    raise Rejected((Diagnostic("template-too-large", Severity.ERROR, message, pointer=_AT, help=help_),))


def _without_bucket(fault: Rejected, bucket: str) -> Rejected:
    if not any("NoSuchBucket" in item.message for item in fault.diagnostics):
        return fault
    message = f"the artifact bucket {bucket} does not exist, so templates cannot travel by it"
    help_ = "run `petc bootstrap`, or set `targets.templates: inline` for templates of up to 51,200 bytes"
    return Rejected(
        (Diagnostic("artifact-bucket-missing", Severity.ERROR, message, pointer=_AT, help=help_),)
    )
