"""Who may ask the server for what.

The server listens on the loopback and runs the code of functions, so a request is refused unless it comes from
a program on this machine or from a page of what is deployed. What tells them apart:

* `Host` (RFC 9110, 7.2) is the name that the client asked for. A page that lets its own name point to 127.0.0.1
  (DNS rebinding) cannot change it.
* `Sec-Fetch-Site`, `-Mode` and `-Dest` (W3C, "Fetch Metadata Request Headers"), `Origin` (RFC 6454, 7) and
  `Referer` (RFC 9110, 10.1.3) come from the browser. A page can leave out the last one at most, never forge one.
* `Authorization` cannot be sent by a form, an image or a "simple" request: a browser asks first with OPTIONS,
  which carries `Origin` (Fetch Standard, "CORS-preflight request").
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from petc_local.aws_requests import AwsCall
from petc_local.routing import ServerRoute, is_local

_UNSIGNED = ("AssumeRoleWithWebIdentity", "AssumeRoleWithSAML")
"""Actions that take a token instead of a signature (STS API Reference, both actions)."""

_KEY_SETS = re.compile(r"/[a-z0-9-]+_[A-Za-z0-9]+/\.well-known/(?:jwks\.json|openid-configuration)")
"""Public keys of a user pool, which authorizers of APIs read (Cognito Developer Guide, "Verifying JWTs")."""


@dataclass(frozen=True, slots=True)
class Admission:
    """A request, as far as it decides who asks.

    Names in `headers` are in lower case. `query` holds the names of parameters; `of_object` says whether the
    request leads to S3 (`places.is_object`); `port` is the server's.
    """

    place: ServerRoute
    method: str
    path: str
    headers: Mapping[str, str]
    query: frozenset[str]
    of_object: bool
    port: int

    @property
    def host(self) -> str:
        """The name that the client asked for."""
        return self.headers.get("host", "").lower()


def refusal_of_caller(asked: Admission) -> str:
    """Return why who asks may not ask for this place, by what a browser says of it; nothing when it may."""
    if asked.place is ServerRoute.SITE or asked.place is ServerRoute.ENTRY:
        return "" if _may_call(asked) else "a page of another site may not ask what is deployed here"
    if not _by_page(asked.headers):
        return ""
    if (
        asked.place is ServerRoute.AWS
        and _is_own_site(asked)
        and (_is_presigned(asked.query) or _is_form_upload(asked))
    ):
        return ""
    return "a web page may not ask the local AWS"


def refusal_of_call(asked: Admission, call: AwsCall | None) -> str:
    """Return why a request to an API of AWS is refused for want of a signature; nothing when it is not.

    A signature in the query, which a link can carry, is taken for objects of S3 and, from programs, for what
    only reads. That signatures are right is not looked at: the secret key of the local AWS is no secret.
    """
    if asked.place is not ServerRoute.AWS or asked.method == "OPTIONS" or _is_form_upload(asked):
        return ""
    if _is_presigned(asked.query) and asked.of_object and asked.method in ("GET", "HEAD", "PUT"):
        return ""
    if _by_page(asked.headers):
        return "a page of a deployed site may ask for objects of S3 only"
    if asked.headers.get("authorization") or (asked.method == "GET" and _KEY_SETS.fullmatch(asked.path)):
        return ""
    if call is not None and _is_presigned(asked.query) and call.is_read:
        return ""
    if call is not None and asked.method == "POST" and call.action in _UNSIGNED:
        return ""
    return "a call to AWS needs a signature: use an AWS SDK or the AWS CLI"


def _by_page(headers: Mapping[str, str]) -> bool:
    """Whether a page in a browser made this request; an address typed by hand or opened from a terminal is none."""
    site = _site(headers)
    return "origin" in headers or "referer" in headers or site not in ("", "none")


def _site(headers: Mapping[str, str]) -> str:
    """Return `Sec-Fetch-Site`; a browser that says anything of the kind and not this is taken for the worst."""
    told = headers.get("sec-fetch-site")
    if told is None:
        return "cross-site" if any(name.startswith("sec-fetch-") for name in headers) else ""
    return told


def _may_call(asked: Admission) -> bool:
    """Whether what is deployed may be asked: by programs, by local pages and by itself, and sites by a link."""
    origin = _initiator(asked.headers)
    if origin is not None:
        host = _host_of(origin)
        if host and (is_local(host) or host == asked.host):
            return True
    elif _site(asked.headers) != "cross-site":
        return True
    return asked.place is ServerRoute.SITE and _is_visit(asked)


def _is_visit(asked: Admission) -> bool:
    """Whether a browser goes to the address, as by a link; an embedded frame is no visit."""
    return (
        asked.method in ("GET", "HEAD")
        and "origin" not in asked.headers
        and asked.headers.get("sec-fetch-mode") == "navigate"
        and asked.headers.get("sec-fetch-dest") == "document"
    )


def _initiator(headers: Mapping[str, str]) -> str | None:
    """Return the origin of the page that asks, or None when nothing says it."""
    if "origin" in headers:
        return headers["origin"]
    return headers.get("referer")


def _host_of(origin: str) -> str:
    """Return host and port of an origin or address of HTTP in lower case; nothing for `null` and what is none."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return ""
    return parts.netloc.lower() if parts.scheme in ("http", "https") and "@" not in parts.netloc else ""


def _is_own_site(asked: Admission) -> bool:
    """Whether a page asks that this server itself serves at a host of its own, below `localhost`."""
    host = _host_of(_initiator(asked.headers) or "")
    name, _, port = host.rpartition(":")
    return port == str(asked.port) and name.endswith(".localhost")


def _is_presigned(query: frozenset[str]) -> bool:
    """Whether the signature stands in the query: of version 4, or of version 2, which SDKs still write for S3.

    Amazon S3 API Reference, "Authenticating Requests: Using Query Parameters"; Amazon S3 User Guide, "Signing
    and authenticating REST requests (AWS signature version 2)".
    """
    return "X-Amz-Signature" in query or {"AWSAccessKeyId", "Signature"} <= query


def _is_form_upload(asked: Admission) -> bool:
    """Whether this is `POST Object` (Amazon S3 API Reference), whose signature stands in the form."""
    kind = asked.headers.get("content-type", "").lower()
    return (
        asked.method == "POST"
        and kind.startswith("multipart/form-data")
        and not asked.query
        and asked.of_object
    )
