"""How the gateway reaches the services: over the internet with a secret header, or by a VPC link."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from troposphere import AWSObject, Ref, Sub, apigateway, apigatewayv2

from petc.layers import contracts, gateway_paths
from petc.layers.base import Draft
from petc.layers.contracts import GATEWAY_HEADER, ROUTE_HEADER
from petc.layers.gateway_paths import PublicPath
from petc.model import parts

LONGEST_MILLISECONDS = 29_000
"""Longest wait for an answer without a raised quota; API Gateway Developer Guide, "Quotas for REST APIs"."""

SECRET_VARIABLE = "gatewaySecret"

QUOTED_AT_MOST = 50
"""Methods that may hold the secret themselves, of the 60 dynamic references that a template may have.

Source: AWS CloudFormation User Guide, "Considerations when using dynamic references".
"""


@dataclass(frozen=True, slots=True)
class Backend:
    """The load balancer as the gateway calls it.

    Without a `domain` of its own, `host` is the expression for its name. `variables` are the API stage's;
    `parts` is what a deployment depends on besides the methods.
    """

    scheme: str
    domain: str
    host: Any
    headers: dict[str, Any]
    connection: dict[str, Any]
    variables: dict[str, Any]
    parts: tuple[AWSObject, ...]

    def integration(self, path: PublicPath, rest: str) -> apigateway.Integration:
        """Return the integration of a service's path; `rest` is what follows the prefix."""
        headers = {**self.headers, ROUTE_HEADER: f"'{path.route}'"}
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


def backend(draft: Draft) -> Backend | None:
    """Add what the gateway needs to reach the load balancer; None when no service has a route."""
    stage = draft.stage
    if not parts.routed_services(stage):
        return None
    balancer = stage.load_balancer
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
        return Backend(scheme, domain, host, {}, connection, {}, (link,))
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
        return Backend(scheme, domain, host, {GATEWAY_HEADER: quoted}, connection, {}, ())
    # One reference for all; functions behind the gateway then find the secret in their events.
    headers = {GATEWAY_HEADER: f"stageVariables.{SECRET_VARIABLE}"}
    return Backend(scheme, domain, host, headers, connection, {SECRET_VARIABLE: reference}, ())


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
