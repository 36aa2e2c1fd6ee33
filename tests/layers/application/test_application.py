"""Each noun that the layer promises, on the reference spec."""

from __future__ import annotations

import json

import pytest

from petc.layers import application
from petc.layers.base import LayerTemplate
from petc.model.types import Stage
from tests import specs
from tests.layers.rendered import properties, resources

HEAD = """
petc: 1
name: shop
tags: {owner: shop-team, cost-centre: shop}
network:
  cidr: 10.0.0.0/16
  subnets: {public: [10.0.1.0/24], app: [10.0.2.0/24], database: [10.0.3.0/24]}
"""
TAIL = """
stages:
  dev: {on_delete: discard, targets: {accounts: ["123456789012"], regions: {us-west-2: {}}}}
"""
SERVICES = ["AdminServer", "CustomersService", "VetsService", "VisitsService"]


@pytest.fixture
def layer(dev: Stage) -> LayerTemplate:
    return application.emit(dev)


@pytest.fixture
def hardened(prod: Stage) -> LayerTemplate:
    return application.emit(prod)


def test_a_repository_for_each_service(layer: LayerTemplate) -> None:
    found = resources(layer, "AWS::ECR::Repository")

    assert sorted(found) == [f"Repository{name}" for name in SERVICES]
    assert properties(layer, "RepositoryVetsService")["RepositoryName"] == "petclinic-dev/vets-service"


def test_repositories_scan_what_is_pushed(layer: LayerTemplate) -> None:
    for name in SERVICES:
        assert properties(layer, f"Repository{name}")["ImageScanningConfiguration"] == {"ScanOnPush": True}


def test_repository_tags_are_immutable(layer: LayerTemplate) -> None:
    for name in SERVICES:
        assert properties(layer, f"Repository{name}")["ImageTagMutability"] == "IMMUTABLE"


def test_repository_lifecycle(layer: LayerTemplate) -> None:
    text = properties(layer, "RepositoryVetsService")["LifecyclePolicy"]["LifecyclePolicyText"]

    untagged, newest = json.loads(text)["rules"]
    assert untagged["selection"]["tagStatus"] == "untagged"
    assert untagged["selection"]["countNumber"] == 14
    assert newest["selection"]["countType"] == "imageCountMoreThan"


def test_container_insights(layer: LayerTemplate, hardened: LayerTemplate) -> None:
    values = [properties(item, "Cluster")["ClusterSettings"] for item in (layer, hardened)]

    assert values == [
        [{"Name": "containerInsights", "Value": "enabled"}],
        [{"Name": "containerInsights", "Value": "enhanced"}],
    ]


def test_circuit_breaker_with_rollback(layer: LayerTemplate) -> None:
    for name in SERVICES:
        rollout = properties(layer, f"Service{name}")["DeploymentConfiguration"]

        assert rollout["DeploymentCircuitBreaker"] == {"Enable": True, "Rollback": True}


def test_health_check_grace(layer: LayerTemplate) -> None:
    for name in SERVICES:
        assert properties(layer, f"Service{name}")["HealthCheckGracePeriodSeconds"] == 300


def test_secrets_are_injected(layer: LayerTemplate) -> None:
    container = properties(layer, "TaskDefinitionVetsService")["ContainerDefinitions"][0]

    secret = {item["Name"]: item["ValueFrom"] for item in container["Secrets"]}["SPRING_DATASOURCE_PASSWORD"]
    imported = {"Fn::ImportValue": "petclinic-dev-database-MasterSecretArnClinic"}
    assert secret == {"Fn::Sub": ["${Arn}:password::", {"Arn": imported}]}


def test_parameters_are_injected(layer: LayerTemplate) -> None:
    container = properties(layer, "TaskDefinitionVetsService")["ContainerDefinitions"][0]

    read = {item["Name"]: item["ValueFrom"] for item in container["Secrets"]}
    place = "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter${Root}"
    root = {"Root": {"Fn::ImportValue": "petclinic-dev-parameter-store-Root"}}
    assert read["SERVER_PORT"] == {"Fn::Sub": [f"{place}/vets-service/server.port", root]}
    assert read["EUREKA_CLIENT_ENABLED"] == {"Fn::Sub": [f"{place}/shared/eureka.client.enabled", root]}
    assert not container["Environment"]


def test_side_car_where_asked(layer: LayerTemplate, hardened: LayerTemplate) -> None:
    plain, traced = (
        properties(item, "TaskDefinitionVetsService")["ContainerDefinitions"] for item in (layer, hardened)
    )

    assert [item["Name"] for item in plain] == ["vets-service"]
    assert [item["Name"] for item in traced] == ["vets-service", "trace_collector"]
    assert traced[0]["Memory"] + traced[1]["Memory"] == 2048


def test_autoscaling_with_cool_downs(layer: LayerTemplate) -> None:
    policy = properties(layer, "ScalingPolicyVetsService")["TargetTrackingScalingPolicyConfiguration"]

    assert policy["TargetValue"] == 70
    assert (policy["ScaleInCooldown"], policy["ScaleOutCooldown"]) == (300, 180)
    assert properties(layer, "ScalableTargetVetsService")["MaxCapacity"] == 4


def test_schema_creation_order(layer: LayerTemplate) -> None:
    assert "ServiceCustomersService" in resources(layer)["ServiceVisitsService"]["DependsOn"]


def test_a_first_deployment_does_not_wait_for_an_image(layer: LayerTemplate) -> None:
    for name in SERVICES:
        count = properties(layer, f"Service{name}")["DesiredCount"]
        first = count["Fn::If"][1] if "Fn::If" in count else count
        assert first == {"Ref": f"Tasks{name}"}
        assert layer.template["Parameters"][f"Tasks{name}"]["Default"] == "0"  # type: ignore[index, call-overload]

    assert properties(layer, "ScalableTargetVetsService")["MinCapacity"] == {"Ref": "TasksVetsService"}


def test_services_wait_for_their_grants_and_rules(layer: LayerTemplate) -> None:
    waits = resources(layer)["ServiceVetsService"]["DependsOn"]

    assert waits == ["ForwardVetsService", "GrantExecutionVetsService"]


def test_every_service_is_registered_in_cloud_map(layer: LayerTemplate) -> None:
    registry = properties(layer, "ServiceAdminServer")["ServiceRegistries"]

    arn = {"Fn::ImportValue": "petclinic-dev-cloud-map-DiscoveryServiceArnAdminServer"}
    assert registry == [{"RegistryArn": arn}]


def test_a_log_group_for_each_service(layer: LayerTemplate) -> None:
    group = resources(layer)["LogGroupVetsService"]

    assert group["Properties"]["LogGroupName"] == "/petclinic/dev/service/vets-service"
    assert group["Properties"]["RetentionInDays"] == 30
    assert group["DeletionPolicy"] == "Delete"


def test_data_outlives_a_stack_that_keeps(hardened: LayerTemplate) -> None:
    for name in ("LogGroupVetsService", "RepositoryVetsService", "AccessLogs"):
        assert resources(hardened)[name]["DeletionPolicy"] == "RetainExceptOnCreate"


def test_exports_of_the_reference_spec(layer: LayerTemplate) -> None:
    names = {name.removeprefix("petclinic-dev-application-") for name in layer.exports}

    assert {"ClusterName", "LoadBalancerDns", "LoadBalancerFullName"} < names
    assert {"HeaderSecretArn", "ServiceNameVetsService", "TargetGroupFullNameVetsService"} < names


def test_it_imports_from_layers_one_to_five_only(layer: LayerTemplate) -> None:
    assert layer.producers == ("cloud_map", "database", "network", "parameter_store", "security")


def test_without_services_there_is_nothing(dev: Stage) -> None:
    assert not resources(application.emit(specs.stage_of(f"{HEAD}{TAIL}")))


def test_without_routes_there_is_no_load_balancer() -> None:
    layer = application.emit(specs.stage_of(f"{HEAD}services: {{worker: {{}}}}\n{TAIL}"))

    types = {item["Type"] for item in resources(layer).values()}
    assert not any("ElasticLoadBalancing" in item or "SecretsManager" in item for item in types)
    assert "LoadBalancers" not in properties(layer, "ServiceWorker")
    assert "HealthCheckGracePeriodSeconds" not in properties(layer, "ServiceWorker")
    assert "ServiceRegistries" not in properties(layer, "ServiceWorker")


def test_a_renamed_service_keeps_its_names() -> None:
    text = f"{HEAD}services: {{store: {{route: /x, private_paths: [/y]}}}}\n"
    before = application.emit(specs.stage_of(f"{text}{TAIL}"))
    after = application.emit(
        specs.stage_of(text.replace("store", "shelf") + f"moved: {{shelf: store}}\n{TAIL}")
    )

    assert sorted(resources(before)) == sorted(resources(after))
    assert properties(before, "ServiceStore") == properties(after, "ServiceStore")
    assert before.exports == after.exports


@pytest.mark.parametrize("count", [10, 40])
def test_forty_services_stay_below_500_resources(count: int) -> None:
    body = "".join(
        f"  s{number}: {{route: {{path: /s{number}, aliases: [/t{number}]}}, private_paths: [/actuator], "
        "memory: 1024, tracing: true, uses: {discovery: {}, configuration: {}}}\n"
        for number in range(count)
    )
    layer = application.emit(specs.stage_of(f"{HEAD}services:\n{body}{TAIL}"))

    assert 11 * count <= len(resources(layer)) < 11 * count + 10
    assert len(resources(layer)) < 500
    assert json.dumps(layer.template).count("{{resolve:") == count
