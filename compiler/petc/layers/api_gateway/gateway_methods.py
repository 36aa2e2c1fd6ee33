"""The tree of the REST API: a resource for each path segment, methods on each public path and below it.

A service's path takes every method and passes it on to the load balancer; a function's path takes the methods
that the spec names and invokes the function.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from troposphere import AWSObject, GetAtt, Ref, Sub, apigateway, awslambda

from petc import naming
from petc.layers import contracts, injection
from petc.layers.api_gateway import gateway_paths
from petc.layers.api_gateway.gateway_paths import PublicPath
from petc.layers.api_gateway.gateway_services import LONGEST_MILLISECONDS, Backend
from petc.layers.base import Draft
from petc.model import queries
from petc.model.components import Function

GRACE_MILLISECONDS = 1_000
"""How much longer than a function's own timeout the gateway waits: Lambda needs a moment around the call."""


@dataclass(slots=True)
class Tree:
    """The API's resources and methods while they are added."""

    draft: Draft
    api: apigateway.RestApi
    backend: Backend | None
    added: list[AWSObject] = field(default_factory=list)
    _resources: dict[tuple[str, ...], Any] = field(default_factory=dict)

    def add(self, path: PublicPath) -> None:
        """Add a public path: what lies at it and, by a greedy segment, all that lies below."""
        here = self._resource(path.segments, path)
        below = self._keep(
            apigateway.Resource(
                gateway_paths.path_id("ProxyPath", path.segments),
                RestApiId=Ref(self.api),
                ParentId=here,
                PathPart="{proxy+}",
            ),
            path,
            f"everything below {path.text or '/'}",
        )
        self._methods(path, "Method", here, "")
        self._methods(path, "ProxyMethod", Ref(below), "/{proxy}")

    def _resource(self, segments: tuple[str, ...], path: PublicPath) -> Any:
        """Return the expression for a path's resource, adding it and its parents once."""
        if not segments:
            return GetAtt(self.api, "RootResourceId")
        if segments not in self._resources:
            parent = self._resource(segments[:-1], path)
            title = gateway_paths.path_id("Path", segments)
            resource = apigateway.Resource(
                title, RestApiId=Ref(self.api), ParentId=parent, PathPart=segments[-1]
            )
            self._resources[segments] = Ref(self._keep(resource, path, f"path /{'/'.join(segments)}"))
        return self._resources[segments]

    def _methods(self, path: PublicPath, role: str, resource: Any, rest: str) -> None:
        if isinstance(path.target, Function):
            assert path.target.route
            methods = path.target.route.methods
            integration = _invocation(self.draft, path.target)
        else:
            assert self.backend
            methods = ("ANY",)
            integration = self.backend.integration(path, rest)
        parameters = {"method.request.path.proxy": True} if rest else {}
        for method in methods:
            self._method(path, role, method, resource, integration, parameters)
        if queries.allowed_origin(self.draft.stage):
            self._preflight(path, role, methods, resource, parameters)

    def _method(
        self,
        path: PublicPath,
        role: str,
        method: str,
        resource: Any,
        integration: apigateway.Integration,
        parameters: Mapping[str, bool],
        responses: list[apigateway.MethodResponse] | None = None,
    ) -> None:
        optional: dict[str, Any] = {}
        if parameters:
            optional["RequestParameters"] = dict(parameters)
        if responses:
            optional["MethodResponses"] = responses
        self._keep(
            apigateway.Method(
                gateway_paths.path_id(role + naming.pascal(method.lower()), path.segments),
                RestApiId=Ref(self.api),
                ResourceId=resource,
                HttpMethod=method,
                AuthorizationType="NONE",
                Integration=integration,
                **optional,
            ),
            path,
            f"{method} {path.text or '/'}{'/*' if parameters else ''} leads to {path.target.name}",
        )

    def _preflight(
        self,
        path: PublicPath,
        role: str,
        methods: tuple[str, ...],
        resource: Any,
        parameters: Mapping[str, bool],
    ) -> None:
        """Add the answer to the question that browsers ask before they call another origin."""
        allowed = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE") if methods == ("ANY",) else methods
        headers = {
            "Access-Control-Allow-Origin": queries.allowed_origin(self.draft.stage),
            "Access-Control-Allow-Methods": ",".join((*allowed, "OPTIONS")),
            "Access-Control-Allow-Headers": "cache-control,content-type",
            "Access-Control-Max-Age": "600",
        }
        named = {f"method.response.header.{name}": value for name, value in headers.items()}
        answer = apigateway.IntegrationResponse(
            StatusCode="204",
            ResponseParameters={name: f"'{value}'" for name, value in named.items()},
        )
        mock = apigateway.Integration(
            Type="MOCK",
            RequestTemplates={"application/json": '{"statusCode": 204}'},
            IntegrationResponses=[answer],
        )
        response = apigateway.MethodResponse(StatusCode="204", ResponseParameters=dict.fromkeys(named, True))
        self._method(path, role, "OPTIONS", resource, mock, parameters, [response])

    def _keep(self, resource: AWSObject, path: PublicPath, why: str) -> AWSObject:
        self.added.append(self.draft.add(resource, path.at, why=why))
        return resource


def add_permissions(draft: Draft, api: Any, function: Function, name: Any) -> None:
    """Let the API invoke a function, by the methods and paths of its route and from nowhere else.

    `api` is the expression for the API's id, `name` that for the function's name or ARN.
    To be called in the layer that makes the function, or in one that comes later.
    """
    paths = [path for path in gateway_paths.public_paths(draft.stage) if path.target == function]
    stage_name = draft.stage.gateway.stage_name
    assert function.route
    for path in paths:
        for role, rest in (("Invoke", ""), ("InvokeProxy", "/*")):
            for method in function.route.methods:
                source = (
                    "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/"
                    f"{stage_name}/{method}{path.text + rest or '/'}"
                )
                draft.add(
                    awslambda.Permission(
                        gateway_paths.path_id(role + naming.pascal(method.lower()), path.segments),
                        Action="lambda:InvokeFunction",
                        FunctionName=name,
                        Principal="apigateway.amazonaws.com",
                        SourceAccount=Ref("AWS::AccountId"),
                        SourceArn=Sub(source, Api=api),
                    ),
                    path.at,
                    why=f"{method} {path.text or '/'}{rest} may invoke {function.name}",
                )


def _invocation(draft: Draft, function: Function) -> apigateway.Integration:
    """Return how the gateway invokes a function, by its fixed name where it is made in another layer."""
    if queries.function_layer(function) == "functions":
        arn = draft.imported(contracts.FUNCTION_ARN, function.key)
    else:
        name = injection.function_name(draft.stage, function.name)
        arn = Sub("arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:${Name}", Name=name)
    waits = function.timeout_seconds * 1000 + GRACE_MILLISECONDS
    return apigateway.Integration(
        Type="AWS_PROXY",
        IntegrationHttpMethod="POST",
        TimeoutInMillis=min(LONGEST_MILLISECONDS, waits),
        Uri=Sub(
            "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Arn}/invocations",
            Arn=arn,
        ),
    )
