"""How the gateway reaches the services: over the internet with a secret header, or by a VPC link."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from troposphere import AWSObject, Ref, Sub, apigateway, apigatewayv2

from petc.layers import contracts
from petc.layers.api_gateway import gateway_paths
from petc.layers.api_gateway.gateway_paths import PublicPath
from petc.layers.base import Draft
from petc.layers.contracts import GATEWAY_HEADER, ROUTE_HEADER, SITE_HEADER
from petc.model import queries
from petc.model.components import Service
from petc.model.types import Stage

LONGEST_MILLISECONDS = 29_000
"""Longest wait for an answer without a raised quota; API Gateway Developer Guide, "Quotas for REST APIs"."""

SECRET_VARIABLE = "gatewaySecret"

QUOTED_AT_MOST = 50
"""Methods that may hold the secret themselves, of the 60 dynamic references that a template may have.

Source: AWS CloudFormation User Guide, "Considerations when using dynamic references".
"""


FORWARDED = "Forwarded"
"""RFC 7239; the load balancer leaves it alone, while it writes its own listener into `X-Forwarded-Proto`."""
FORWARDED_HOST = "X-Forwarded-Host"
FORWARDED_PREFIX = "X-Forwarded-Prefix"
"""Path at which callers see what the service takes for its own root."""


@dataclass(frozen=True, slots=True)
class Backend:
    """The load balancer as the gateway calls it.

    Without a `domain` of its own, `host` is the expression for its name. `headers` go with every request.
    `variables` are the API stage's; `parts` is what a deployment depends on besides the methods.
    """

    stage_name: str
    scheme: str
    domain: str
    host: Any
    headers: dict[str, Any]
    connection: dict[str, Any]
    variables: dict[str, Any]
    parts: tuple[AWSObject, ...]

    def integration(self, path: PublicPath, rest: str) -> apigateway.Integration:
        """Return the integration of a service's path; `rest` is what follows the prefix."""
        seen = f"/{self.stage_name}{_moved(path)}"
        headers = {**self.headers, ROUTE_HEADER: f"'{path.route}'", FORWARDED_PREFIX: f"'{seen}'"}
        parameters = {f"integration.request.header.{name}": value for name, value in headers.items()}
        if rest:
            parameters["integration.request.path.proxy"] = "method.request.path.proxy"
        return apigateway.Integration(
            Type="HTTP_PROXY",
            IntegrationHttpMethod="ANY",
            PassthroughBehavior="WHEN_NO_MATCH",
            RequestParameters=dict(sorted(parameters.items())),
            TimeoutInMillis=LONGEST_MILLISECONDS,
            Uri=self._uri(path.text + rest or "/"),
            **self.connection,
        )

    def _uri(self, path: str) -> Any:
        if self.domain:
            return f"{self.scheme}://{self.domain}{path}"
        return Sub(f"{self.scheme}://${{Host}}{path}", Host=self.host)


def _moved(path: PublicPath) -> str:
    """Return the part of a public path that the service does not count among its own paths.

    Spring's ForwardedHeaderFilter puts the prefix in the place of the context path, not before it, so the
    prefix holds the path of the route also where the service serves below it.
    """
    assert isinstance(path.target, Service) and path.target.route
    return "" if path.target.route.prefix == "keep" else path.text


def _address(stage: Stage, api: apigateway.RestApi) -> dict[str, Any]:
    """Return the headers that say how callers reach the API, which has TLS also where the load balancer has not.

    What a caller sends by these names is overwritten. Callers of a site of the same origin come by its name,
    but links to the API's own work for them too.
    """
    host = f"${{{api.title}}}.execute-api.${{AWS::Region}}.${{AWS::URLSuffix}}"
    headers = {FORWARDED: Sub(f"'proto=https;host={host}'"), FORWARDED_HOST: "context.domainName"}
    if queries.counts_viewers(stage):
        # The web ACL has read it before; a service has no use for the secret and might echo it.
        headers[SITE_HEADER] = "'-'"
    return headers


def backend(draft: Draft, api: apigateway.RestApi) -> Backend | None:
    """Add what the gateway needs to reach the load balancer; None when no service has a route."""
    stage = draft.stage
    if not queries.routed_services(stage):
        return None
    balancer, name, address = stage.load_balancer, stage.gateway.stage_name, _address(stage, api)
    domain = balancer.domain
    host = None if domain else draft.imported(contracts.BALANCER_DNS)
    scheme = "https" if balancer.tls else "http"
    if balancer.internal:
        link = _link(draft)
        connection = {
            "ConnectionType": "VPC_LINK",
            "ConnectionId": Ref(link),
            "IntegrationTarget": draft.imported(contracts.BALANCER_ARN),
        }
        return Backend(name, scheme, domain, host, address, connection, {}, (link,))
    reference = Sub(
        "{{resolve:secretsmanager:${Secret}:SecretString}}",
        Secret=draft.imported(contracts.HEADER_SECRET_ARN),
    )
    quoted = Sub(
        "'{{resolve:secretsmanager:${Secret}:SecretString}}'",
        Secret=draft.imported(contracts.HEADER_SECRET_ARN),
    )
    connection = {"ConnectionType": "INTERNET"}
    paths = gateway_paths.public_paths(stage)
    methods = 2 * sum(path.target.name in stage.services for path in paths)
    if methods <= QUOTED_AT_MOST:
        headers = {**address, GATEWAY_HEADER: quoted}
        return Backend(name, scheme, domain, host, headers, connection, {}, ())
    # One reference for all; functions behind the gateway then find the secret in their events.
    headers = {**address, GATEWAY_HEADER: f"stageVariables.{SECRET_VARIABLE}"}
    return Backend(name, scheme, domain, host, headers, connection, {SECRET_VARIABLE: reference}, ())


def _link(draft: Draft) -> apigatewayv2.VpcLink:
    stage = draft.stage
    return draft.add(
        apigatewayv2.VpcLink(
            "Link",
            Name=f"{stage.name}-{stage.stage}",
            SubnetIds=draft.imported(contracts.APP_SUBNETS),
            SecurityGroupIds=[draft.imported(contracts.SECURITY_GROUP, "link")],
        ),
        "/load_balancer",
        why="way from the gateway into the app subnets, to the internal load balancer",
    )
