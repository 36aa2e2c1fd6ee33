"""Layer api-gateway: the REST API that is the only public entry to services and functions.

The role with which API Gateway writes to CloudWatch is one per account and region: `petc bootstrap` sets it.
"""

from __future__ import annotations

import json
from typing import Any

from troposphere import AWSObject, Ref, Sub, apigateway, secretsmanager

from petc.layers import contracts, key_use, log_groups
from petc.layers.api_gateway import gateway_methods, gateway_paths, gateway_policy, gateway_responses
from petc.layers.api_gateway.gateway_methods import Tree
from petc.layers.api_gateway.gateway_services import Backend, backend
from petc.layers.base import Draft, Layer, LayerTemplate
from petc.model import queries
from petc.model.types import Stage

TLS_POLICY = "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09"
"""TLS 1.2 and 1.3 with forward secrecy; API Gateway Developer Guide, "Supported security policies"."""

ACCESS_LOG = {
    "requestId": "$context.requestId",
    "traceId": "$context.xrayTraceId",
    "time": "$context.requestTimeEpoch",
    "ip": "$context.identity.sourceIp",
    "method": "$context.httpMethod",
    "resource": "$context.resourcePath",
    "status": "$context.status",
    "responseBytes": "$context.responseLength",
    "milliseconds": "$context.responseLatency",
    "integrationMilliseconds": "$context.integrationLatency",
    "integrationStatus": "$context.integration.status",
    "answer": "$context.error.responseType",
    "tls": "$context.tlsVersion",
}
"""One line per request. The path's pattern, not the path, and no query: those can name people.

`ip` is the other end of the connection, so CloudFront for calls through the site. Access logs of REST APIs have no
variable for a request header such as `X-Forwarded-For`; API Gateway Developer Guide, "Variables for access logging".
"""


_SECRET_LENGTH = 48

DEPLOYMENT = "Deployment"
"""How the deployment's logical id begins; overrides name it so."""


def emit(stage: Stage) -> LayerTemplate:
    """Emit the API with a resource tree over all public paths, one deployment of it and one stage."""
    draft = Draft(stage, LAYER.name, LAYER.number, LAYER.title)
    if not queries.has_gateway(stage):
        return draft.finish()
    api = _api(draft)
    services = backend(draft, api)
    tree = Tree(draft, api, services)
    for path in gateway_paths.public_paths(stage):
        tree.add(path)
    answers = gateway_responses.add_responses(draft, api)
    deployment = _deployment(draft, api, (*tree.added, *answers, *(services.parts if services else ())))
    served = _stage(draft, api, deployment, services)
    _permissions(draft, api)
    if queries.counts_viewers(stage):
        _site_secret(draft)
    draft.export(contracts.API_ID, Ref(api), description="id of the REST API")
    draft.export(contracts.API_NAME, api.Name, description="name of the REST API, as its metrics bear it")
    draft.export(contracts.API_STAGE, Ref(served), description="deployed stage of the REST API")
    draft.output(
        "ApiUrl",
        Sub(f"https://${{{api.title}}}.execute-api.${{AWS::Region}}.${{AWS::URLSuffix}}/${{{served.title}}}"),
        "URL of the API",
    )
    return draft.finish()


def _api(draft: Draft) -> apigateway.RestApi:
    stage = draft.stage
    return draft.add(
        apigateway.RestApi(
            "Api",
            Name=f"{stage.name}-{stage.stage}",
            Description=stage.description or f"Public paths of {stage.name} {stage.stage}",
            # Address ranges in the spec are IPv4; a caller over IPv6 would match none of them.
            EndpointConfiguration=apigateway.EndpointConfiguration(Types=["REGIONAL"], IpAddressType="ipv4"),
            SecurityPolicy=TLS_POLICY,
            EndpointAccessMode="STRICT",
            DisableExecuteApiEndpoint=False,
            Policy=json.loads(gateway_policy.policy(stage).to_json()),
        ),
        "/gateway",
        why="single public entry to services and functions",
        reasons=gateway_policy.reasons(stage),
    )


def _deployment(
    draft: Draft, api: apigateway.RestApi, frozen: tuple[AWSObject, ...]
) -> apigateway.Deployment:
    """Add the snapshot that the stage serves.

    `petc.layers.snapshots` completes its logical id, so that another content is a new snapshot.
    """
    return draft.add(
        apigateway.Deployment(
            DEPLOYMENT,
            RestApiId=Ref(api),
            Description=f"Routes of {draft.stage.name} {draft.stage.stage}",
        ),
        "/gateway",
        why="snapshot of routes, answers and policy; its id changes with them and with what they refer to",
        after=frozen,
    )


def _stage(
    draft: Draft, api: apigateway.RestApi, deployment: apigateway.Deployment, services: Backend | None
) -> apigateway.Stage:
    gateway = draft.stage.gateway
    optional: dict[str, Any] = {}
    if gateway.access_logs:
        optional["AccessLogSetting"] = _access_log(draft)
    if services and services.variables:
        optional["Variables"] = services.variables
    every = apigateway.MethodSetting(
        HttpMethod="*",
        ResourcePath="/*",
        ThrottlingRateLimit=gateway.throttle.rate,
        ThrottlingBurstLimit=gateway.throttle.burst,
        MetricsEnabled=True,
        # Bodies and headers of requests would stand in the log.
        DataTraceEnabled=False,
        LoggingLevel="OFF",
    )
    return draft.add(
        apigateway.Stage(
            "Stage",
            RestApiId=Ref(api),
            DeploymentId=Ref(deployment),
            StageName=gateway.stage_name,
            Description=f"What callers of {draft.stage.name} {draft.stage.stage} reach",
            TracingEnabled=gateway.tracing,
            MethodSettings=[every],
            **optional,
        ),
        "/gateway",
        why="serves the latest snapshot, throttled, measured and logged",
    )


def _access_log(draft: Draft) -> apigateway.AccessLogSetting:
    group = log_groups.add(
        draft,
        "LogGroup",
        gateway_paths.log_group_name(draft.stage),
        "/gateway/access_logs",
        why="one line for each request",
        key=key_use.message_key(draft),
    )
    # The group's own Arn attribute ends in `:*`, which is not the name of a destination.
    arn = f"arn:${{AWS::Partition}}:logs:${{AWS::Region}}:${{AWS::AccountId}}:log-group:${{{group.title}}}"
    return apigateway.AccessLogSetting(DestinationArn=Sub(arn), Format=json.dumps(ACCESS_LOG))


def _site_secret(draft: Draft) -> None:
    """Add the secret that the distribution sends and the web ACL asks for; both come after this layer."""
    secret = draft.add_stateful(
        secretsmanager.Secret(
            "SiteSecret",
            Description="What the distribution sends so that the web ACL knows it",
            GenerateSecretString=secretsmanager.GenerateSecretString(
                PasswordLength=_SECRET_LENGTH, ExcludePunctuation=True
            ),
            **key_use.given(key_use.message_key(draft), "KmsKeyId"),
        ),
        "/gateway/waf",
        why="keeps callers from choosing the address that they are counted by",
    )
    draft.export(contracts.SITE_SECRET_ARN, Ref(secret))


def _permissions(draft: Draft, api: apigateway.RestApi) -> None:
    """Let the API invoke the functions of the layers that come first.

    A function that a rotation triggers is made after the API, in layer aws-native, which lets the API in.
    """
    for function in queries.routed_functions(draft.stage):
        layer = queries.function_layer(function)
        if layer == "functions":
            name = draft.imported(contracts.FUNCTION_ARN, function.key)
        elif layer == "notification":
            name = draft.imported(contracts.function_name(layer), function.key)
        else:
            continue
        gateway_methods.add_permissions(draft, Ref(api), function, name)


LAYER = Layer("api_gateway", 8, "REST API in front of services and functions, throttled and logged", emit)
