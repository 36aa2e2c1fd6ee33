"""Tests of layer api-gateway: every noun of its list, both options of each switch, other architectures."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

from petc.layers import snapshots
from petc.layers.api_gateway import layer as api_gateway
from petc.layers.table import LAYERS
from petc.model.types import Stage
from tests import specs

SHOP = """
petc: 1
name: shop
tags: {owner: sales, cost-centre: shops}
services:
  orders:
    image: {tag: "1"}
    port: 9000
    route: {path: /orders, prefix: keep}
  desk:
    image: {tag: "1"}
    route: {path: /api/desk, admit: [192.0.2.0/24, 198.51.100.0/24]}
  catalogue:
    image: {tag: "1"}
    route: {path: /api/catalogue}
functions:
  quotes:
    source: quotes
    runtime: python3.13
    timeout_seconds: 5
    route: {path: /api/quotes, methods: [GET, PUT]}
stages:
  dev: {targets: {accounts: ["123456789012"], regions: {eu-west-1: {}}}}
"""

FUNCTION_ONLY = """
petc: 1
name: tiny
tags: {owner: sales, cost-centre: shops}
functions:
  echo: {source: echo, runtime: python3.13, route: /}
stages:
  dev: {targets: {accounts: ["123456789012"], regions: {eu-west-1: {}}}}
"""

SILENT = """
petc: 1
name: silent
tags: {owner: sales, cost-centre: shops}
buckets: {files: {}}
stages:
  dev: {targets: {accounts: ["123456789012"], regions: {eu-west-1: {}}}}
"""


def resources(stage: Stage, kind: str = "") -> dict[str, Any]:
    """Return the layer's resources by logical id, of one type if given."""
    found: Mapping[str, Any] = api_gateway.emit(stage).template.get("Resources", {})  # type: ignore[assignment]
    plain = json.loads(json.dumps(found))
    return {name: body for name, body in plain.items() if not kind or body["Type"] == kind}


def properties(stage: Stage, logical_id: str) -> dict[str, Any]:
    """Return a resource's properties."""
    found: dict[str, Any] = resources(stage)[logical_id]["Properties"]
    return found


def deployment_id(stage: Stage) -> str:
    """Return the logical id of the only deployment, once it follows what it holds."""
    layers = snapshots.followed(tuple(layer.emit(stage) for layer in LAYERS))
    (made,) = (layer for layer in layers if layer.layer == "api_gateway")
    found: Mapping[str, Any] = made.template["Resources"]  # type: ignore[assignment]
    (name,) = (name for name, body in found.items() if body["Type"] == "AWS::ApiGateway::Deployment")
    return name


def statements(stage: Stage) -> dict[str, Any]:
    """Return the statements of the resource policy by Sid."""
    found = properties(stage, "Api")["Policy"]["Statement"]
    return {statement["Sid"]: statement for statement in found}


def with_gateway(stage: Stage, **changes: Any) -> Stage:
    """Return the stage with other settings of the gateway."""
    return dataclasses.replace(stage, gateway=dataclasses.replace(stage.gateway, **changes))


def with_site(stage: Stage, **changes: Any) -> Stage:
    """Return the stage with another front end."""
    assert stage.frontend
    return dataclasses.replace(stage, frontend=dataclasses.replace(stage.frontend, **changes))


def test_rest_api_is_regional_and_refuses_old_tls(dev: Stage) -> None:
    api = properties(dev, "Api")

    assert api["EndpointConfiguration"] == {"Types": ["REGIONAL"], "IpAddressType": "ipv4"}
    assert api["SecurityPolicy"].startswith("SecurityPolicy_TLS13_1_2")
    assert api["EndpointAccessMode"] == "STRICT"
    assert api["DisableExecuteApiEndpoint"] is False


def test_every_public_path_has_a_resource_and_one_for_what_lies_below(dev: Stage) -> None:
    found = resources(dev, "AWS::ApiGateway::Resource")

    for path in ("Customers", "Customer", "Vets", "Vet", "Visits", "Visit", "Genai", "Gateway"):
        below = found[f"ProxyPathApi{path}"]["Properties"]
        assert found[f"PathApi{path}"]["Properties"]["ParentId"] == {"Ref": "PathApi"}
        assert below["ParentId"] == {"Ref": f"PathApi{path}"}
        assert below["PathPart"] == "{proxy+}"


def test_http_proxy_guarded_by_a_secret_header(dev: Stage) -> None:
    """An internet-facing load balancer is called over the internet, with the secret as a quoted constant."""
    integration = properties(dev, "ProxyMethodAnyApiCustomers")["Integration"]

    secret = integration["RequestParameters"]["integration.request.header.x-gateway-secret"]
    assert integration["Type"] == "HTTP_PROXY"
    assert integration["ConnectionType"] == "INTERNET"
    assert integration["TimeoutInMillis"] == 29000
    assert secret["Fn::Sub"][0] == "'{{resolve:secretsmanager:${Secret}:SecretString}}'"
    assert secret["Fn::Sub"][1] == {
        "Secret": {"Fn::ImportValue": "petclinic-dev-application-HeaderSecretArn"}
    }
    assert integration["Uri"]["Fn::Sub"][0] == "http://${Host}/api/customers/{proxy}"


def test_vpc_link_to_an_internal_load_balancer(prod: Stage) -> None:
    """The link ends in the app subnets, and a domain makes the hop TLS."""
    link = properties(prod, "Link")
    integration = properties(prod, "ProxyMethodAnyApiCustomers")["Integration"]

    assert resources(prod)["Link"]["Type"] == "AWS::ApiGatewayV2::VpcLink"
    assert link["SecurityGroupIds"] == [{"Fn::ImportValue": "petclinic-prod-security-SecurityGroupLink"}]
    assert link["SubnetIds"] == {"Fn::Split": [",", {"Fn::ImportValue": "petclinic-prod-network-AppSubnets"}]}
    assert integration["ConnectionType"] == "VPC_LINK"
    assert integration["ConnectionId"] == {"Ref": "Link"}
    assert integration["IntegrationTarget"] == {
        "Fn::ImportValue": "petclinic-prod-application-LoadBalancerArn"
    }
    assert integration["Uri"] == "https://lb.petclinic.example.com/api/customers/{proxy}"
    assert "integration.request.header.x-gateway-secret" not in integration["RequestParameters"]


def test_the_path_below_is_passed_on(dev: Stage) -> None:
    method = properties(dev, "ProxyMethodAnyApiVets")
    mapped = method["Integration"]["RequestParameters"]

    assert method["RequestParameters"] == {"method.request.path.proxy": True}
    assert mapped["integration.request.path.proxy"] == "method.request.path.proxy"


def test_the_load_balancer_learns_the_route_of_a_request(dev: Stage) -> None:
    """An alias counts as the route that it belongs to."""
    mapped = properties(dev, "MethodAnyApiVet")["Integration"]["RequestParameters"]

    assert mapped["integration.request.header.x-gateway-route"] == "'/api/vets'"


def test_function_proxy_for_the_methods_of_its_route(dev: Stage) -> None:
    genai = [name for name in resources(dev, "AWS::ApiGateway::Method") if name.endswith("Genai")]
    integration = properties(dev, "MethodPostApiGenai")["Integration"]

    assert sorted(genai) == ["MethodPostApiGenai", "ProxyMethodPostApiGenai"]
    assert integration["Type"] == "AWS_PROXY"
    assert integration["IntegrationHttpMethod"] == "POST"
    assert integration["TimeoutInMillis"] == 29000
    assert integration["Uri"]["Fn::Sub"][1]["Arn"] == {
        "Fn::ImportValue": "petclinic-dev-lambda-genai-FunctionArnGenai"
    }


def test_a_quick_function_is_not_waited_for_longer_than_it_may_take() -> None:
    shop = specs.stage_of(SHOP)

    assert properties(shop, "MethodGetApiQuotes")["Integration"]["TimeoutInMillis"] == 6000


def test_lambda_permission_names_api_stage_method_path_and_account(dev: Stage) -> None:
    exact = properties(dev, "InvokePostApiGenai")
    below = properties(dev, "InvokeProxyPostApiGenai")

    assert exact["Principal"] == "apigateway.amazonaws.com"
    assert exact["SourceAccount"] == {"Ref": "AWS::AccountId"}
    assert exact["SourceArn"]["Fn::Sub"][0].endswith(":${Api}/v1/POST/api/genai")
    assert exact["SourceArn"]["Fn::Sub"][1] == {"Api": {"Ref": "Api"}}
    assert below["SourceArn"]["Fn::Sub"][0].endswith(":${Api}/v1/POST/api/genai/*")


def test_function_of_a_later_layer_is_named_and_let_in_there() -> None:
    """A function that a rotation triggers does not exist yet when the API is made."""
    stage = specs.stage_of(FUNCTION_ONLY)
    echo = stage.functions["echo"]
    later = dataclasses.replace(echo, trigger=dataclasses.replace(echo.trigger, rotation_of="clinic"))
    stage = dataclasses.replace(stage, functions={"echo": later})

    arn = properties(stage, "MethodGet")["Integration"]["Uri"]["Fn::Sub"][1]["Arn"]["Fn::Sub"]

    assert arn[0].endswith(":function:${Name}")
    assert arn[1] == {"Name": "tiny-dev-echo"}
    assert not resources(stage, "AWS::Lambda::Permission")


def test_a_new_deployment_whenever_routes_change(dev: Stage) -> None:
    vets = dev.services["vets-service"]
    assert vets.route
    moved = dataclasses.replace(vets, route=dataclasses.replace(vets.route, path="/api/doctors"))

    changed = dataclasses.replace(dev, services={**dev.services, "vets-service": moved})

    assert deployment_id(changed) != deployment_id(dev)


def test_a_new_deployment_when_the_methods_of_a_function_change(dev: Stage) -> None:
    genai = dev.functions["genai"]
    assert genai.route
    wider = dataclasses.replace(genai, route=dataclasses.replace(genai.route, methods=("GET", "POST")))

    changed = dataclasses.replace(dev, functions={**dev.functions, "genai": wider})

    assert deployment_id(changed) != deployment_id(dev)


def test_a_new_deployment_when_an_integration_changes(dev: Stage) -> None:
    balancer = dataclasses.replace(dev.load_balancer, domain="lb.example.com")

    assert deployment_id(dataclasses.replace(dev, load_balancer=balancer)) != deployment_id(dev)


def test_a_new_deployment_when_the_answers_or_the_policy_change(dev: Stage) -> None:
    admin = dev.services["admin-server"]
    assert admin.route
    admitted = dataclasses.replace(admin, route=dataclasses.replace(admin.route, admit=("192.0.2.1/32",)))
    other_policy = dataclasses.replace(dev, services={**dev.services, "admin-server": admitted})

    ids = {deployment_id(dev), deployment_id(with_site(dev, api="direct")), deployment_id(other_policy)}

    assert len(ids) == 3


def test_the_same_deployment_when_nothing_that_it_holds_changes(dev: Stage) -> None:
    """Throttling takes effect without a new snapshot, and another line of the spec is no change at all."""
    throttled = with_gateway(dev, throttle=dataclasses.replace(dev.gateway.throttle, rate=7), tracing=False)
    vets = dev.services["vets-service"]
    assert vets.route
    larger = dataclasses.replace(vets, cpu=1024, route=dataclasses.replace(vets.route, at="/elsewhere"))
    scaled = dataclasses.replace(dev, services={**dev.services, "vets-service": larger})

    assert deployment_id(throttled) == deployment_id(dev)
    assert deployment_id(scaled) == deployment_id(dev)


def test_the_deployment_waits_for_all_that_it_freezes(dev: Stage) -> None:
    frozen = ("Resource", "Method", "GatewayResponse")
    expected = {name for kind in frozen for name in resources(dev, f"AWS::ApiGateway::{kind}")}

    waits = set(resources(dev)[api_gateway.DEPLOYMENT]["DependsOn"])

    assert waits == expected


def test_access_logs(dev: Stage) -> None:
    """One JSON line for each request, without paths or queries that could name people."""
    setting = properties(dev, "Stage")["AccessLogSetting"]
    line = json.loads(setting["Format"])

    assert properties(dev, "LogGroup")["LogGroupName"] == "/petclinic/dev/gateway"
    assert properties(dev, "LogGroup")["RetentionInDays"] == 30
    assert properties(dev, "LogGroup")["KmsKeyId"] == {"Fn::ImportValue": "petclinic-dev-security-KeyArn"}
    assert setting["DestinationArn"]["Fn::Sub"].endswith(":log-group:${LogGroup}")
    assert line["status"] == "$context.status"
    assert not {"$context.path", "$context.identity.userAgent"} & set(line.values())


def test_access_logs_can_be_left_out(dev: Stage) -> None:
    quiet = with_gateway(dev, access_logs=False)

    assert "AccessLogSetting" not in properties(quiet, "Stage")
    assert not resources(quiet, "AWS::Logs::LogGroup")


def test_access_logs_without_a_customer_key(dev: Stage) -> None:
    plain = dataclasses.replace(dev, encryption=dataclasses.replace(dev.encryption, key="aws"))

    assert "KmsKeyId" not in properties(plain, "LogGroup")


def test_tracing(dev: Stage) -> None:
    assert properties(dev, "Stage")["TracingEnabled"] is True
    assert properties(with_gateway(dev, tracing=False), "Stage")["TracingEnabled"] is False


def test_throttling_and_metrics_without_logging_bodies(dev: Stage) -> None:
    (setting,) = properties(dev, "Stage")["MethodSettings"]

    assert (setting["HttpMethod"], setting["ResourcePath"]) == ("*", "/*")
    assert (setting["ThrottlingRateLimit"], setting["ThrottlingBurstLimit"]) == (1000, 2000)
    assert setting["MetricsEnabled"] is True
    assert setting["DataTraceEnabled"] is False


def test_gateway_responses_that_the_pages_error_handler_can_read(dev: Stage) -> None:
    """The handler reads `error` and maps over `errors`, so both are there in every answer."""
    answers = {
        body["Properties"]["ResponseType"]: body["Properties"]
        for body in resources(dev, "AWS::ApiGateway::GatewayResponse").values()
    }

    for answer in answers.values():
        template = answer["ResponseTemplates"]["application/json"]
        filled = template.replace("$context.requestTimeEpoch", "1").replace(
            "$context.error.messageString", '"Bad Request"'
        )
        body = json.loads(filled)
        assert body["error"]
        assert body["errors"] == []
        assert body["path"] == "$context.path"
    assert {"DEFAULT_4XX", "DEFAULT_5XX", "ACCESS_DENIED", "INTEGRATION_TIMEOUT"} <= set(answers)
    assert answers["THROTTLED"]["StatusCode"] == "429"
    assert answers["MISSING_AUTHENTICATION_TOKEN"]["StatusCode"] == "404"


def test_admin_is_closed_but_for_admitted_addresses(dev: Stage) -> None:
    found = statements(dev)

    assert found["RefuseAdmin"]["Effect"] == "Deny"
    assert found["RefuseAdmin"]["Condition"] == {"NotIpAddress": {"aws:SourceIp": ["203.0.113.0/24"]}}
    assert {"execute-api:/v1/???/admin", "execute-api:/v1/???????/admin/*"} <= set(
        found["RefuseAdmin"]["Resource"]
    )
    assert found["AdmitAdmin"]["Condition"] == {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24"]}}


def test_another_spelling_of_a_closed_path_is_not_open(dev: Stage) -> None:
    """What is open is listed; `/%61dmin` or another stage of the API is in no statement."""
    allowed = statements(dev)["Open"]["Resource"]

    assert all(arn.startswith("execute-api:/v1/?") for arn in allowed)
    assert {arn.removesuffix("/*").rsplit("/", 1)[1] for arn in allowed} == {"api"}


def test_a_closed_path_beside_open_ones_is_not_covered_by_them() -> None:
    found = statements(specs.stage_of(SHOP))

    opened = {arn.split("?/", 1)[1] for arn in found["Open"]["Resource"]}
    assert opened == {
        "orders",
        "orders/*",
        "api/catalogue",
        "api/catalogue/*",
        "api/quotes",
        "api/quotes/*",
    }
    assert found["AdmitApiDesk"]["Condition"]["IpAddress"]["aws:SourceIp"] == [
        "192.0.2.0/24",
        "198.51.100.0/24",
    ]


def test_an_open_path_below_a_closed_one_stays_open() -> None:
    """A refusal of the closed path would refuse it as well, so there is none."""
    text = SHOP.replace("path: /api/catalogue", "path: /api/desk/catalogue")

    found = statements(specs.stage_of(text))

    assert "RefuseApiDesk" not in found
    assert "execute-api:/v1/???/api/desk/catalogue/*" in found["Open"]["Resource"]
    assert "execute-api:/v1/???/api/desk/*" not in found["Open"]["Resource"]


def test_a_closed_path_below_an_open_one_is_refused() -> None:
    text = SHOP.replace("path: /api/catalogue", "path: /api")

    found = statements(specs.stage_of(text))

    assert "execute-api:/v1/???/api/*" in found["Open"]["Resource"]
    assert "execute-api:/v1/???/api/desk/*" in found["RefuseApiDesk"]["Resource"]


def test_the_reason_for_each_star_of_the_policy_is_given(dev: Stage) -> None:
    reasons = resources(dev)["Api"]["Metadata"]["petc"]["reasons"]

    assert set(reasons) == set(statements(dev))


def test_calls_from_another_origin_are_answered_only_when_the_site_calls_directly(dev: Stage) -> None:
    direct = with_site(dev, api="direct", domain="www.example.com")
    question = properties(direct, "ProxyMethodOptionsApiGenai")["Integration"]

    headers = question["IntegrationResponses"][0]["ResponseParameters"]
    answer = properties(direct, "AnswerThrottled")["ResponseParameters"]
    assert question["Type"] == "MOCK"
    assert headers["method.response.header.Access-Control-Allow-Origin"] == "'https://www.example.com'"
    assert headers["method.response.header.Access-Control-Allow-Methods"] == "'POST,OPTIONS'"
    assert answer == {"gatewayresponse.header.Access-Control-Allow-Origin": "'https://www.example.com'"}
    assert not [name for name in resources(dev) if "Options" in name]
    assert "ResponseParameters" not in properties(dev, "AnswerThrottled")


def test_a_site_without_a_domain_may_be_any_origin_without_credentials(dev: Stage) -> None:
    direct = with_site(dev, api="direct")

    answer = properties(direct, "AnswerThrottled")["ResponseParameters"]

    assert answer == {"gatewayresponse.header.Access-Control-Allow-Origin": "'*'"}


def test_exports_for_other_layers_and_the_url_for_people(dev: Stage) -> None:
    emitted = api_gateway.emit(dev)
    outputs: Any = emitted.template["Outputs"]

    assert {"petclinic-dev-api-gateway-ApiId", "petclinic-dev-api-gateway-StageName"} <= set(emitted.exports)
    assert outputs["ApiUrl"]["Value"] == {
        "Fn::Sub": "https://${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}/${Stage}"
    }


def test_a_function_at_the_root_needs_no_load_balancer() -> None:
    stage = specs.stage_of(FUNCTION_ONLY)

    emitted = api_gateway.emit(stage)

    assert {producer for _, producer in emitted.imports} <= {"functions", "security"}
    assert properties(stage, "MethodGet")["ResourceId"] == {"Fn::GetAtt": ["Api", "RootResourceId"]}
    assert properties(stage, "InvokeGet")["SourceArn"]["Fn::Sub"][0].endswith("/v1/GET/")
    assert properties(stage, "InvokeProxyGet")["SourceArn"]["Fn::Sub"][0].endswith("/v1/GET/*")
    assert statements(stage)["Open"]["Resource"] == ["execute-api:/v1/*"]


def test_without_a_route_there_is_no_gateway() -> None:
    assert not resources(specs.stage_of(SILENT))


def test_paths_that_read_alike_keep_their_own_ids() -> None:
    """`/a-b`, `/a/b` and `/A/b` would all be `AB`."""
    text = SHOP.replace("{path: /orders, prefix: keep}", "{path: /a-b, aliases: [/a/b, /A/b, /ab]}")

    found = resources(specs.stage_of(text), "AWS::ApiGateway::Resource")

    assert sum(body["Properties"]["PathPart"] == "{proxy+}" for body in found.values()) == 7


def test_many_routes_hold_the_secret_once() -> None:
    """A template may have 60 dynamic references, and each method would be one."""
    services = "".join(f"  s{n}: {{image: {{tag: '1'}}, route: /s{n}}}\n" for n in range(40))
    text = SHOP[: SHOP.index("services:")] + f"services:\n{services}" + SHOP[SHOP.index("stages:") :]

    stage = specs.stage_of(text)

    mapped = properties(stage, "MethodAnyS7")["Integration"]["RequestParameters"]
    held = properties(stage, "Stage")["Variables"]["gatewaySecret"]["Fn::Sub"][0]
    assert mapped["integration.request.header.x-gateway-secret"] == "stageVariables.gatewaySecret"
    assert held == "{{resolve:secretsmanager:${Secret}:SecretString}}"
    assert json.dumps(resources(stage)).count("{{resolve:") == 1
