from __future__ import annotations

from tests.layers import shop
from tests.layers.rendered import properties, resources

LAYER = shop.layer("""
services:
  web: {route: /web, uses: {store: {}}, after: [store]}
  store: {port: 9000, deployment: {minimum_percent: 0, maximum_percent: 100}}
""")


def test_tasks_run_in_the_app_subnets_without_public_address() -> None:
    network = properties(LAYER, "ServiceStore")["NetworkConfiguration"]["AwsvpcConfiguration"]

    assert network["AssignPublicIp"] == "DISABLED"
    assert network["Subnets"]["Fn::Split"][1] == {"Fn::ImportValue": "shop-dev-network-AppSubnets"}
    assert network["SecurityGroups"] == [{"Fn::ImportValue": "shop-dev-security-SecurityGroupStore"}]


def test_services_run_on_fargate_and_nobody_enters_a_task() -> None:
    cluster = properties(LAYER, "Cluster")

    assert cluster["Configuration"]["ExecuteCommandConfiguration"] == {"Logging": "NONE"}
    assert properties(LAYER, "ServiceStore")["LaunchType"] == "FARGATE"
    assert properties(LAYER, "ServiceStore")["EnableExecuteCommand"] is False


def test_the_first_cluster_of_an_account_waits_for_no_role_of_ecs() -> None:
    """Capacity providers are attached with a service-linked role that does not exist in an empty account."""
    assert "CapacityProviders" not in properties(LAYER, "Cluster")
    assert "CapacityProviderStrategy" not in properties(LAYER, "ServiceStore")


def test_tasks_carry_the_tags_of_their_service() -> None:
    service = properties(LAYER, "ServiceStore")

    assert (service["EnableECSManagedTags"], service["PropagateTags"]) == (True, "SERVICE")


def test_a_service_that_another_calls_is_registered() -> None:
    assert "ServiceRegistries" in properties(LAYER, "ServiceStore")
    assert "ServiceRegistries" not in properties(LAYER, "ServiceWeb")


def test_a_routed_service_has_its_target_group() -> None:
    (balancer,) = properties(LAYER, "ServiceWeb")["LoadBalancers"]

    group = {"Ref": "TargetGroupWeb"}
    assert balancer == {"ContainerName": "web", "ContainerPort": 8080, "TargetGroupArn": group}


def test_a_service_waits_for_its_rules_its_grants_and_what_the_spec_names() -> None:
    waits = resources(LAYER)["ServiceWeb"]["DependsOn"]

    assert waits == ["ForwardWeb", "GrantExecutionWeb", "ServiceStore"]


def test_zones_are_rebalanced_where_there_is_room_for_one_more_task() -> None:
    assert properties(LAYER, "ServiceWeb")["AvailabilityZoneRebalancing"] == "ENABLED"
    assert properties(LAYER, "ServiceStore")["AvailabilityZoneRebalancing"] == "DISABLED"


def test_a_rollout_keeps_to_the_specs_percentages() -> None:
    rollout = properties(LAYER, "ServiceStore")["DeploymentConfiguration"]

    assert (rollout["MinimumHealthyPercent"], rollout["MaximumPercent"]) == (0, 100)


def test_names_are_generated() -> None:
    assert "ServiceName" not in properties(LAYER, "ServiceWeb")
    assert "ClusterName" not in properties(LAYER, "Cluster")
