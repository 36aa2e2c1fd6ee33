"""Mends what CloudFront serves here: without TLS to the browser, from a bucket that asks for TLS, and from an API."""

from __future__ import annotations

import http.client
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

from ministack import app
from ministack.core import cloudfront_js, iam_evaluator
from ministack.core.responses import get_region, request_scope
from ministack.services import cloudfront

_LOCAL_HOST = re.compile(r"[a-z0-9]+\.cloudfront\.localhost(:\d+)?")
"""The name of a distribution that reaches this machine: `<first label of its domain>.cloudfront.localhost`."""

_API_HOST = re.compile(r"([a-z0-9]+)\.execute-api\.[a-z0-9-]+\.amazonaws\.com")

Origin = dict[str, Any]


def enter() -> None:
    """Wrap four functions of MiniStack's CloudFront and the one that leads to it, once."""
    gateway: Any = app
    module: Any = cloudfront
    if hasattr(module._fetch_from_origin, "petc"):
        return
    gateway._handle_cloudfront_dataplane_request = _in_its_account(
        gateway._handle_cloudfront_dataplane_request
    )
    module._check_viewer_protocol_policy = _taken_as_tls(module._check_viewer_protocol_policy)
    module._serve_s3_origin = _over_tls(module._serve_s3_origin)
    module._run_function = _or_unchanged(module._run_function)
    module._fetch_from_origin = _from_apis(module._fetch_from_origin)
    module._fetch_from_origin.petc = True


def _in_its_account(own: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """Serve each distribution in the account that owns it; a viewer names none, and MiniStack takes the default."""

    async def handle(host: str, *rest: Any) -> Any:
        label = app._parse_cloudfront_dataplane_host(host)
        domain = f"{label}.cloudfront.net"
        for (account, _), distribution in list(cloudfront._distributions._data.items()):
            if label is not None and distribution.get("DomainName") == domain:
                with request_scope(account, get_region()):
                    return await own(host, *rest)
        return await own(host, *rest)

    return handle


def _taken_as_tls(own: Callable[..., Any]) -> Callable[..., Any]:
    """Serve a viewer on this machine as if it had come by TLS: a redirect would lead it to the real CloudFront."""

    def check(
        behavior: Any, method: str, by_tls: bool, uri: str, query: str, headers: Mapping[str, str]
    ) -> Any:
        local = _LOCAL_HOST.fullmatch(headers.get("host", "")) is not None
        return own(behavior, method, by_tls or local, uri, query, headers)

    return check


def _over_tls(own: Callable[..., Any]) -> Callable[..., Any]:
    """Let the bucket's policy see that CloudFront comes by TLS ("Restrict access to an Amazon S3 origin")."""

    def serve(*arguments: Any, **named: Any) -> Any:
        address, _ = iam_evaluator._request_origin.get()
        token = iam_evaluator._request_origin.set((address, True))
        try:
            return own(*arguments, **named)
        finally:
            iam_evaluator._request_origin.reset(token)

    return serve


def _or_unchanged(own: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """Pass a request on as it is where there is no Node.js to run the function of a distribution."""

    async def run(function_arn: str, event: Mapping[str, Any]) -> Any:
        if not cloudfront_js.available():
            return event["request"] if "response" not in event else event["response"]
        return await own(function_arn, event)

    return run


def _from_apis(own: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """Serve an origin that is a REST API from the API itself; MiniStack refuses to dial a name of AWS."""

    async def fetch(
        origin: Origin, method: str, uri: str, query: str, headers: dict[str, str], body: bytes, *rest: Any
    ) -> Any:
        api = _API_HOST.fullmatch(str(origin.get("domain_name", "")))
        if api is None:
            return await own(origin, method, uri, query, headers, body, *rest)
        _by_tls, client_ip, forwarded_for, *_ = rest
        sent = cloudfront._origin_request_headers(origin, headers, client_ip, forwarded_for)
        path = f"{origin.get('origin_path') or ''}{uri}"
        status, answered, data = await app._handle_execute_api_request(
            "",
            f"/_aws/execute-api/{api.group(1)}{path}",
            method,
            {name.lower(): value for name, value in sent.items()},
            body or b"",
            parse_qs(query, keep_blank_values=True),
        )
        reason = http.client.responses.get(status, "")
        return status, reason, cloudfront._multidict_from_pairs(answered.items()), data

    return fetch
