"""Both stages of the reference spec deploy whole on the local AWS, and leave nothing behind."""

from __future__ import annotations

from typing import Any

import pytest

from tests.petc_local.running import LocalAws, fresh
from tests.petc_local.types.deploying import Deployed, delete, deploy_stage, stack_name


@pytest.fixture(scope="module")
def dev(shared_aws: LocalAws) -> tuple[LocalAws, dict[str, Deployed]]:
    aws = fresh(shared_aws)
    return aws, deploy_stage(aws, "dev")


def test_every_layer_of_dev_deploys(dev: tuple[LocalAws, dict[str, Deployed]]) -> None:
    _, deployed = dev

    assert {layer: end.reasons for layer, end in deployed.items() if end.status != "CREATE_COMPLETE"} == {}
    assert len(deployed) == 12


def test_every_layer_of_prod_deploys(aws: LocalAws) -> None:
    deployed = deploy_stage(aws, "prod")

    assert {layer: end.reasons for layer, end in deployed.items() if end.status != "CREATE_COMPLETE"} == {}
    assert len(deployed) == 12


def test_the_services_show_what_a_stage_is_made_of(
    dev: tuple[LocalAws, dict[str, Deployed]],
) -> None:
    aws, _ = dev
    ec2 = aws.client("ec2")
    rules = ec2.describe_security_group_rules()["SecurityGroupRules"]
    acls = [acl for acl in ec2.describe_network_acls()["NetworkAcls"] if not acl["IsDefault"]]

    assert len(ec2.describe_nat_gateways()["NatGateways"]) == 2
    assert len(ec2.describe_addresses()["Addresses"]) == 2
    assert sum(len(acl["Entries"]) for acl in acls) == 38
    assert {len(acl["Associations"]) for acl in acls} == {2}
    assert sum("ReferencedGroupInfo" in rule for rule in rules) > 20
    assert len(ec2.describe_flow_logs()["FlowLogs"]) == 1


def test_a_dynamic_reference_reaches_the_service_as_the_secret(
    dev: tuple[LocalAws, dict[str, Deployed]],
) -> None:
    aws, deployed = dev
    gateway, arn = aws.client("apigateway"), deployed["application"].outputs["HeaderSecretArn"]
    secret = aws.client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"]
    api = deployed["api_gateway"].outputs["ApiId"]
    resource = next(
        item for item in gateway.get_resources(restApiId=api, limit=100)["items"] if item["path"] == "/admin"
    )
    integration = gateway.get_integration(restApiId=api, resourceId=resource["id"], httpMethod="ANY")

    assert integration["requestParameters"]["integration.request.header.x-gateway-secret"] == f"'{secret}'"


def test_deleting_in_reverse_order_leaves_nothing(aws: LocalAws) -> None:
    deployed = deploy_stage(aws, "dev")
    ends = [delete(aws, stack_name(layer)) for layer in reversed(deployed)]

    assert {end.status for end in ends} == {"DELETE_COMPLETE"}
    assert _left(aws) == {}


def _left(aws: LocalAws) -> dict[str, Any]:
    """Return what is there beside defaults of an account, the test's own bucket and what AWS keeps too.

    AWS keeps keys that wait for their deletion, inactive services and old revisions of task definitions.
    """
    ec2, iam = aws.client("ec2"), aws.client("iam")
    held = {
        "vpcs": [vpc for vpc in ec2.describe_vpcs()["Vpcs"] if not vpc["IsDefault"]],
        "gateways": ec2.describe_nat_gateways()["NatGateways"],
        "addresses": ec2.describe_addresses()["Addresses"],
        "acls": [acl for acl in ec2.describe_network_acls()["NetworkAcls"] if not acl["IsDefault"]],
        "groups": [
            group
            for group in ec2.describe_security_groups()["SecurityGroups"]
            if group["GroupName"] != "default"
        ],
        "flow logs": ec2.describe_flow_logs()["FlowLogs"],
        "endpoints": ec2.describe_vpc_endpoints()["VpcEndpoints"],
        "roles": [
            role for role in iam.list_roles()["Roles"] if not role["Path"].startswith("/aws-service-role/")
        ],
        "functions": aws.client("lambda").list_functions()["Functions"],
        "log groups": aws.client("logs").describe_log_groups()["logGroups"],
        "parameters": aws.client("ssm").describe_parameters()["Parameters"],
        "secrets": aws.client("secretsmanager").list_secrets()["SecretList"],
        "alarms": aws.client("cloudwatch").describe_alarms()["MetricAlarms"],
        "dashboards": aws.client("cloudwatch").list_dashboards()["DashboardEntries"],
        "clusters": aws.client("rds").describe_db_clusters()["DBClusters"],
        "apis": aws.client("apigateway").get_rest_apis()["items"],
        "balancers": aws.client("elbv2").describe_load_balancers()["LoadBalancers"],
        "topics": aws.client("sns").list_topics()["Topics"],
        "queues": aws.client("sqs").list_queues().get("QueueUrls", []),
        "trails": aws.client("cloudtrail").list_trails()["Trails"],
        "repositories": aws.client("ecr").describe_repositories()["repositories"],
        "namespaces": aws.client("servicediscovery").list_namespaces()["Namespaces"],
        "distributions": aws.client("cloudfront").list_distributions()["DistributionList"].get("Items", []),
        "exports": aws.client("cloudformation").list_exports()["Exports"],
        "buckets": [
            bucket
            for bucket in aws.client("s3").list_buckets()["Buckets"]
            if not bucket["Name"].startswith("artifacts-")
        ],
    }
    return {name: value for name, value in held.items() if value}
