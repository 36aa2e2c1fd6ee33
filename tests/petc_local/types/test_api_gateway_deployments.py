"""A stage of the local AWS serves the snapshot of its deployment, as API Gateway does."""

from __future__ import annotations

import urllib.request
from typing import Any

from tests.petc_local.running import LocalAws
from tests.petc_local.types.deploying import att, create, delete, events, ref, resource, update
from tests.petc_local.types.networking import group, network

LINK = "AWS::ApiGatewayV2::VpcLink"


def api(answer: str, deployment: str = "DeploymentA", link: str = "") -> dict[str, Any]:
    """Return an API whose only method answers with a status, or leads to a link."""
    integration: dict[str, Any] = {
        "Type": "MOCK",
        "RequestTemplates": {"application/json": f'{{"statusCode": {answer}}}'},
        "IntegrationResponses": [{"StatusCode": answer}],
    }
    if link:
        integration = {
            "Type": "HTTP_PROXY",
            "IntegrationHttpMethod": "ANY",
            "Uri": "http://example.com/",
            "ConnectionType": "VPC_LINK",
            "ConnectionId": ref(link),
        }
    method = resource(
        "AWS::ApiGateway::Method",
        RestApiId=ref("Api"),
        ResourceId=att("Api", "RootResourceId"),
        HttpMethod="GET",
        AuthorizationType="NONE",
        Integration=integration,
        MethodResponses=[{"StatusCode": answer}],
    )
    return {
        "Api": resource("AWS::ApiGateway::RestApi", Name="api"),
        "Method": method,
        deployment: {
            **resource("AWS::ApiGateway::Deployment", RestApiId=ref("Api")),
            "DependsOn": ["Method", link] if link else "Method",
        },
        "Stage": resource(
            "AWS::ApiGateway::Stage", RestApiId=ref("Api"), DeploymentId=ref(deployment), StageName="v1"
        ),
    }


def linked(subnet: str, deployment: str) -> dict[str, Any]:
    link = resource(LINK, Name="link", SubnetIds=[ref(subnet)], SecurityGroupIds=[ref("Group")])
    return {**network(), "Group": group("link"), "Link": link, **api("200", deployment, "Link")}


def served(aws: LocalAws, api_id: str) -> int:
    address = f"{aws.endpoint}/_aws/execute-api/{api_id}/v1/"
    credential = f"AWS4-HMAC-SHA256 Credential={aws.account}/20261130/{aws.region}/execute-api/aws4_request"
    asked = urllib.request.Request(address, headers={"Authorization": credential})
    with urllib.request.urlopen(asked) as answer:
        return int(answer.status)


def test_a_changed_method_is_served_with_the_next_deployment_only(aws: LocalAws) -> None:
    made = create(aws, api("200"))
    before = served(aws, made.ids["Api"])
    update(aws, api("202"))
    same = served(aws, made.ids["Api"])
    update(aws, api("202", "DeploymentB"))
    other = served(aws, made.ids["Api"])

    assert (before, same, other) == (200, 200, 202)


def test_a_link_that_a_stage_leads_to_cannot_be_deleted(aws: LocalAws) -> None:
    """The replaced link stays behind, as in the cleanup of an update on AWS."""
    create(aws, linked("SubnetA", "DeploymentA"))
    update(aws, linked("SubnetB", "DeploymentA"))
    refused = [
        event["ResourceStatusReason"]
        for event in events(aws, "probe")
        if event["ResourceType"] == LINK and event["ResourceStatus"] == "DELETE_FAILED"
    ]

    assert refused and "in format of [Method:Resource:Stage]" in refused[0]


def test_a_replaced_link_goes_when_the_stage_gets_another_deployment(aws: LocalAws) -> None:
    create(aws, linked("SubnetA", "DeploymentA"))
    moved = update(aws, linked("SubnetB", "DeploymentB"))
    statuses = {event["ResourceStatus"] for event in events(aws, "probe") if event["ResourceType"] == LINK}

    assert moved.status == "UPDATE_COMPLETE"
    assert "DELETE_FAILED" not in statuses
    assert delete(aws).status == "DELETE_COMPLETE"


def test_a_deployment_that_a_stage_serves_cannot_be_deleted(aws: LocalAws) -> None:
    made = create(aws, api("200"))
    client = aws.client("apigateway")

    try:
        client.delete_deployment(restApiId=made.ids["Api"], deploymentId=made.ids["DeploymentA"])
    except client.exceptions.BadRequestException as refused:
        assert "must be moved or deleted" in str(refused)
    else:
        raise AssertionError("the deployment was deleted")
