"""Templates of a certain version of an object: MiniStack reads the newest one, whatever the URL names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, unquote, urlparse

from ministack.services import s3
from ministack.services.cloudformation import helpers


def install() -> None:
    """Let `versionId` in the query of a TemplateURL count, as CloudFormation does for a bucket with versioning."""
    original: Any = helpers._resolve_document
    if hasattr(original, "petc"):
        return

    def resolve(
        params: Mapping[str, object], body_key: str, url_key: str, label: str
    ) -> tuple[str | None, object]:
        found = _named(str(helpers._p(params, url_key) or ""))
        if found is None or helpers._p(params, body_key):
            answer: tuple[str | None, object] = original(params, body_key, url_key, label)
            return answer
        bucket, key, version = found
        content = s3._get_object_data(bucket, key, version)
        if content is None:
            words = "S3 error: The specified version does not exist."
            return None, helpers._error("ValidationError", words)
        if len(content) > helpers.TEMPLATE_URL_MAX_BYTES:
            limit = f"{label} may not exceed {helpers.TEMPLATE_URL_MAX_BYTES} bytes in size."
            return None, helpers._error("ValidationError", limit)
        return content.decode("utf-8", "replace"), None

    resolve.petc = True  # type: ignore[attr-defined]
    helpers._resolve_document = resolve


def _named(url: str) -> tuple[str, str, str] | None:
    """Return bucket, key and version of a URL in the path style, or None when it names no version."""
    parts = urlparse(url)
    version = parse_qs(parts.query).get("versionId", [""])[0]
    bucket, _, key = parts.path.lstrip("/").partition("/")
    return (bucket, unquote(key), version) if version and key else None
