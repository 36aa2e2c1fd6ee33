from __future__ import annotations

from typing import Any

from tests.petc_local.running import LocalAws
from tests.petc_local.types.deploying import att, create, ref, resource, update


def api(log: str = "one", **properties: Any) -> dict[str, Any]:
    integration = {
        "Type": "HTTP_PROXY",
        "IntegrationHttpMethod": "GET",
        "Uri": "http://example.com/",
        "ConnectionType": "VPC_LINK",
        "ConnectionId": "link000001",
    }
    arn = f"arn:aws:logs:us-west-2:123456789012:log-group:{log}"
    return {
        "Api": resource("AWS::ApiGateway::RestApi", Name="api", **properties),
        "Method": resource(
            "AWS::ApiGateway::Method",
            RestApiId=ref("Api"),
            ResourceId=att("Api", "RootResourceId"),
            HttpMethod="GET",
            AuthorizationType="NONE",
            Integration=integration,
        ),
        "Deployment": {
            **resource("AWS::ApiGateway::Deployment", RestApiId=ref("Api")),
            "DependsOn": "Method",
        },
        "Stage": resource(
            "AWS::ApiGateway::Stage",
            RestApiId=ref("Api"),
            DeploymentId=ref("Deployment"),
            StageName="v1",
            AccessLogSetting={"DestinationArn": arn, "Format": "$context.requestId"},
        ),
    }


def test_settings_of_an_api_are_shown_and_change_in_place(aws: LocalAws) -> None:
    made = create(aws, api(DisableExecuteApiEndpoint=True))
    client = aws.client("apigateway")
    before = client.get_rest_api(restApiId=made.ids["Api"])
    update(aws, api(DisableExecuteApiEndpoint=False))
    after = client.get_rest_api(restApiId=made.ids["Api"])

    assert before["disableExecuteApiEndpoint"] is True
    assert after["disableExecuteApiEndpoint"] is False


def test_a_method_shows_its_link(aws: LocalAws) -> None:
    made = create(aws, api(), outputs={"Root": att("Api", "RootResourceId")})
    shown = aws.client("apigateway").get_integration(
        restApiId=made.ids["Api"], resourceId=made.outputs["Root"], httpMethod="GET"
    )

    assert (shown["connectionType"], shown["connectionId"]) == ("VPC_LINK", "link000001")


def test_a_stage_shows_its_log_and_changes_it_in_place(aws: LocalAws) -> None:
    made = create(aws, api())
    client = aws.client("apigateway")
    before = client.get_stage(restApiId=made.ids["Api"], stageName="v1")["accessLogSettings"]
    update(aws, api("two"))
    after = client.get_stage(restApiId=made.ids["Api"], stageName="v1")["accessLogSettings"]

    assert before["format"] == "$context.requestId"
    assert (before["destinationArn"][-3:], after["destinationArn"][-3:]) == ("one", "two")


def test_settings_of_an_account_need_a_resource_of_api_gateway_first(aws: LocalAws) -> None:
    role = f"arn:aws:iam::{aws.account}:role/logs"
    settings = resource("AWS::ApiGateway::Account", CloudWatchRoleArn=role)
    refused = create(aws, {"Account": settings})
    key = resource("AWS::ApiGateway::ApiKey", Enabled=False)
    made = create(aws, {"First": key, "Account": {**settings, "DependsOn": ["First"]}}, "again")

    assert any("no resource of API Gateway" in reason for reason in refused.reasons)
    assert made.status == "CREATE_COMPLETE"
