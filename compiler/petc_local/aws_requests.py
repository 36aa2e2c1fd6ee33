"""What an HTTP request asks of AWS: service, action, account and region.

Source: AWS General Reference, "Signature Version 4" (the scope of a credential), and the Smithy AWS protocols
(where each protocol writes the action).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any
from urllib.parse import parse_qs

from ministack.core import iam_actions, router

_SCOPE = re.compile(r"Credential=([^/,\s]+)/\d{8}/([^/]+)/([^/]+)/aws4_request")
_CBOR = re.compile(r"/service/[^/]+/operation/([A-Za-z0-9]+)$")
_FORM = "application/x-www-form-urlencoded"
_EC2 = "ec2"
_XML_SERVICES = ("cloudfront", "route53")
_PERMITTED = {
    ("GET", "ListAllMyBuckets"): "ListBuckets",
    ("GET", "ListBucket"): "ListObjectsV2",
    ("HEAD", "ListBucket"): "HeadBucket",
    ("HEAD", "GetObject"): "HeadObject",
    ("POST", "DeleteObject"): "DeleteObjects",
    ("POST", "InvokeFunction"): "Invoke",
}
"""Actions whose permission has another name (Service Authorization Reference, "Actions, resources, and
condition keys for Amazon S3" and "for AWS Lambda")."""

_READS = re.compile(r"(Describe|List|Get|Head|Lookup|Search|Validate|Estimate|BatchGet|Query|Scan)")


class Protocol(Enum):
    """How a service writes errors (Smithy, "AWS protocols")."""

    QUERY = "query"
    EC2 = "ec2"
    JSON = "json"
    REST_JSON = "rest-json"
    REST_XML = "rest-xml"
    S3 = "s3"
    CBOR = "cbor"


@dataclass(frozen=True, slots=True)
class AwsCall:
    """One request to AWS.

    `service` is the name that signatures use ("cloudformation", "elasticloadbalancing", "monitoring").
    `account` is the access key when it is a 12-digit number, which MiniStack takes for the account, else "".
    """

    service: str
    action: str
    account: str
    region: str
    protocol: Protocol
    method: str

    @property
    def name(self) -> str:
        """Service and action, as `cloudformation:CreateStackSet`."""
        return f"{self.service}:{self.action}"

    @property
    def reads_only(self) -> bool:
        """Whether the name says that nothing changes by it."""
        return self.method in ("GET", "HEAD") or self.is_read

    @property
    def is_read(self) -> bool:
        """Whether the action's own name says so; a call of the query protocol may change something by GET too."""
        return _READS.match(self.action) is not None


def is_form(headers: Mapping[str, str]) -> bool:
    """Whether the action of the request stands in its body."""
    return headers.get("content-type", "").startswith(_FORM)


def call_of(method: str, path: str, headers: Mapping[str, str], query: str, body: bytes) -> AwsCall | None:
    """Return what a request asks of AWS; None when it is no AWS request but one to a site or an API.

    `headers` have names in lower case. `body` may be empty unless `is_form`.
    """
    parameters = parse_qs(query, keep_blank_values=True)
    scope = _SCOPE.search(headers.get("authorization", "")) or _SCOPE.search(
        "Credential=" + "".join(parameters.get("X-Amz-Credential", ()))
    )
    if is_form(headers):
        parameters = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True) | parameters
    if scope is None and "Action" not in parameters:
        return None
    key, region, service = scope.groups() if scope else ("", "", "sts")
    account = key if re.fullmatch(r"\d{12}", key) else ""
    action, protocol = _action(method, path, headers, parameters, service)
    return AwsCall(service, action, account, region, protocol, method)


def _action(
    method: str, path: str, headers: Mapping[str, str], parameters: dict[str, list[str]], service: str
) -> tuple[str, Protocol]:
    if (found := _CBOR.search(path)) and "smithy-protocol" in headers:
        return found.group(1), Protocol.CBOR
    if "x-amz-target" in headers:
        return headers["x-amz-target"].rpartition(".")[2], Protocol.JSON
    if "Action" in parameters and service != "s3":
        return parameters["Action"][0], Protocol.EC2 if service == _EC2 else Protocol.QUERY
    protocol = (
        Protocol.S3
        if service == "s3"
        else Protocol.REST_XML
        if service in _XML_SERVICES
        else Protocol.REST_JSON
    )
    return _rest_action(method, path, headers, parameters) or f"{method} {path}", protocol


def _rest_action(
    method: str, path: str, headers: Mapping[str, str], parameters: dict[str, list[str]]
) -> str | None:
    service = router.detect_service(method, path, dict(headers), parameters)
    if matched := iam_actions._match_rest_action(service, method, path, parameters):
        return str(matched)
    named = iam_actions.extract_iam_action(service, method, path, dict(headers), b"", parameters)
    permission = (named or "").partition(":")[2]
    return _PERMITTED.get((method, permission), permission) or None


def first_value(params: Mapping[str, Any], name: str) -> str:
    """Return a parameter of the query protocol, as MiniStack has read it: a text, or a list of texts; empty without."""
    found = params.get(name, "")
    return str(found[0]) if isinstance(found, list) and found else str(found or "")
