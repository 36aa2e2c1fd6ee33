"""Templates on their way to CloudFormation: in the call, or by the artifact bucket."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from petc import naming
from petc.deploy.aws.artifact_bucket import ArtifactBucket, bucket_of, put_once
from petc.deploy.aws.call_settings import Settings
from petc.deploy.aws.connection import Connection
from petc.deploy.execute import codes
from petc.diagnostics import Diagnostic, Rejected

INLINE_BYTES = 51_200
"""What `TemplateBody` takes; API reference, CreateStackSet."""

BUCKET_BYTES = 1_000_000
"""What `TemplateURL` takes, 1 MB; CloudFormation User Guide, "Understand CloudFormation quotas"."""

_AT = "/targets/templates"


@dataclass(slots=True)
class Templates:
    """Puts each template into the bucket of a region once. Safe to use from several threads.

    CloudFormation is given the version of the object whose bytes were verified, so that what is written under the
    key afterwards changes nothing. In a bucket without versioning the bytes are verified before each use.
    """

    connection: Connection
    settings: Settings
    _versions: dict[tuple[str, str], str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def location(self, layer: str, digest: str, text: str, region: str) -> dict[str, str]:
        """Return the template as the API takes it, `TemplateBody` or `TemplateURL`.

        `digest` is the SHA-256 of the text in hexadecimal. Raises `Rejected` when the template is too large for
        its way, or cannot be put into the bucket, which has to be ours where `petc bootstrap` named it.
        """
        check(layer, text, inline=self.settings.templates == "inline")
        if self.settings.templates == "inline":
            return {"TemplateBody": text}
        bucket = bucket_of(self.connection.account, region, self.settings.buckets[region])
        key = naming.artifact_key(self.settings.spec, self.settings.stage, "templates", f"{digest}.yaml")
        with self._lock:
            version = self._versions.get((bucket.name, key), "") or self._put(bucket, key, digest, text)
            self._versions[bucket.name, key] = version
        # The path style is right on AWS and wherever an endpoint is set.
        client = self.connection.client("s3", region)
        query = f"?versionId={quote(version, safe='')}" if version else ""
        return {"TemplateURL": f"{client.meta.endpoint_url}/{bucket.name}/{key}{query}"}

    def _put(self, bucket: ArtifactBucket, key: str, digest: str, text: str) -> str:
        try:
            return put_once(self.connection, bucket, key, text.encode(), digest, "text/yaml").version
        except Rejected as fault:
            raise Rejected(tuple(_at_templates(item) for item in fault.diagnostics)) from fault


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
    raise codes.TEMPLATE_TOO_LARGE.because(message, help_, pointer=_AT)


def _at_templates(found: Diagnostic) -> Diagnostic:
    """Return the problem with the other way that templates have, when it is a bucket that is not there."""
    if found.code != "artifact-bucket-missing":
        return found
    help_ = f"{found.help}; or set `targets.templates: inline`, which takes templates of up to 51,200 bytes"
    return replace(found, pointer=_AT, help=help_)
