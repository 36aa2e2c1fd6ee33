"""Addresses of a deployed stage as they answer on this machine.

The local AWS tells hosts apart by the `Host` header, so the names that AWS would serve have a twin below
`localhost`, which browsers and curl resolve to this machine (RFC 6761, 6.3).
"""

from __future__ import annotations

import re

_SITE = re.compile(r"(?:https://)?([a-z0-9]+)\.cloudfront\.net(?:/|$)")
_API = re.compile(r"https://([a-z0-9]+)\.execute-api\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?(/.*)?")


def answering(address: str, endpoint: str) -> str:
    """Return where an address of AWS answers here, or nothing for what only stands in records.

    `endpoint` is the URL of the local AWS.
    """
    port = endpoint.rpartition(":")[2]
    if found := _SITE.fullmatch(address):
        return f"http://{found.group(1)}.cloudfront.localhost:{port}/"
    if found := _API.fullmatch(address):
        return f"http://{found.group(1)}.execute-api.localhost:{port}{found.group(2) or '/'}"
    return ""
