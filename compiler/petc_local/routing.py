"""Which part of the server a host and a path lead to, decided as MiniStack itself routes them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum, auto

from ministack import app
from ministack.core import router
from ministack.services import alb, cloudfront, s3

ADMINISTRATION = ("/_petc/", "/_ministack/", "/_localstack/")
"""Paths that rule over the server and belong to no AWS service."""

_HEALTH = "/health"
"""Another path of MiniStack's health check (`app._HEALTH_PATHS` of 1.5.33)."""

_LOOPBACK = re.compile(r"(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?")
_BELOW_LOCALHOST = re.compile(r"(?:[a-z0-9_-]+\.)+localhost(?::\d{1,5})?")
_WEBSITE = re.compile(r"[a-z0-9][a-z0-9-]+\.s3-website[.-][a-z0-9-]+\.localhost(?::\d{1,5})?")
"""Virtual hosts of S3 static websites, as MiniStack spells them (`app._extract_s3_vhost_bucket`)."""


class ServerRoute(Enum):
    """A part of the server, by who has business there."""

    ADMINISTRATION = auto()
    """Faults, health and inventory: petc and tests."""
    SITE = auto()
    """What people open in a browser: a CloudFront distribution or an S3 website."""
    ENTRY = auto()
    """What sites and programs call: an API of API Gateway, a function URL, a load balancer."""
    AWS = auto()
    """The APIs of AWS services: the SDKs, the AWS CLI, petc."""


def is_loopback(host: str) -> bool:
    """Whether a `Host` header names this machine itself."""
    return _LOOPBACK.fullmatch(host) is not None


def is_local(host: str) -> bool:
    """Whether a `Host` header, or the host of an origin, is this machine or a name below `localhost`.

    Browsers resolve `localhost` and every name below it to the loopback without asking DNS (RFC 6761, 6.3;
    W3C, "Secure Contexts", 5.2), so no page of the internet can have such a host.
    """
    return is_loopback(host) or _BELOW_LOCALHOST.fullmatch(host) is not None


def place_of(host: str, path: str) -> ServerRoute | None:
    """Return the place that a `Host` header, in lower case, and a path lead to; None for a host not served here.

    Beside local names the hosts of what is deployed are served: a distribution's and a load balancer's name at
    AWS, and custom domain names. A page that rebinds its own name to 127.0.0.1 has none of these.
    """
    if path.startswith(ADMINISTRATION) or (path == _HEALTH and is_loopback(host)):
        return ServerRoute.ADMINISTRATION if is_loopback(host) else None
    if _is_distribution(host) or _WEBSITE.fullmatch(host):
        return ServerRoute.SITE
    if is_local(host) and (
        app._parse_execute_api_url(host, path) is not None or app._parse_lambda_url(host, path) is not None
    ):
        return ServerRoute.ENTRY
    if _is_balancer(host, path) or app._resolve_custom_domain_request(host, path) is not None:
        return ServerRoute.ENTRY
    return ServerRoute.AWS if is_local(host) else None


def is_object(method: str, path: str, headers: Mapping[str, str], query: Mapping[str, list[str]]) -> bool:
    """Whether MiniStack takes a request for one to an object in a bucket that exists, or to such a bucket.

    Its router looks at path, action and target before the scope of the signature (`router.detect_service` of
    1.5.33), so a signature for S3 is no proof; and it takes some paths for other services before it routes at
    all, none of which is the name of a bucket.
    """
    if router.detect_service(method, path, dict(headers), dict(query)) != "s3":
        return False
    host = headers.get("host", "").lower()
    name = path.lstrip("/").partition("/")[0] if is_loopback(host) else host.partition(".")[0]
    return any(key[-1] == name for key in list(s3._buckets._data))


def _is_distribution(host: str) -> bool:
    label = app._parse_cloudfront_dataplane_host(host)
    domain = f"{label}.cloudfront.net"
    return label is not None and any(
        held.get("DomainName") == domain for held in list(cloudfront._distributions._data.values())
    )


def _is_balancer(host: str, path: str) -> bool:
    if not app._is_potential_alb_request(host, path):
        return False
    if path.startswith(app._ALB_PATH_PREFIX):
        return is_local(host)
    name = host.partition(":")[0]
    return any(
        name in (held["DNSName"].lower(), f"{str(held['LoadBalancerName']).lower()}.alb.localhost")
        for held in list(alb._lbs._data.values())
    )
