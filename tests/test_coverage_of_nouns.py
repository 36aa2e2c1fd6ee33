"""Everything that the architecture draws stands in the committed templates, one assertion for each noun.

Typed by hand from the drawing: nothing that emits may produce what is expected here. The nouns that a layer's
own tests assert are not repeated; docs/architecture-coverage.md says which test holds which.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
COVERAGE = ROOT / "docs" / "architecture-coverage.md"
CELL = re.compile(r"`([^`]+)`")

CLINICAL = ("CustomersService", "VetsService", "VisitsService")
SERVICES = (*CLINICAL, "AdminServer")
PORTS = {"CustomersService": 8080, "VetsService": 8080, "VisitsService": 8080, "AdminServer": 9090}
PREFIXES = {
    "CustomersService": "/api/customers",
    "VetsService": "/api/vets",
    "VisitsService": "/api/visits",
    "AdminServer": "/admin",
}
NAMES = {
    "CustomersService": "customers-service",
    "VetsService": "vets-service",
    "VisitsService": "visits-service",
    "AdminServer": "admin-server",
}
LAYERS = (
    "01-network",
    "02-security",
    "03-database",
    "04-parameter-store",
    "05-cloud-map",
    "06-lambda-genai",
    "07-application",
    "08-api-gateway",
    "09-aws-native",
    "10-monitoring",
    "11-frontend",
    "12-notification",
)


@cache
def template(stage: str, layer: str) -> Any:
    (file,) = (ROOT / "generated" / stage).glob(f"{layer}*.yaml")
    return yaml.load(file.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def of_type(stage: str, layer: str, kind: str) -> dict[str, Any]:
    found = template(stage, layer)["Resources"]
    return {name: item["Properties"] for name, item in found.items() if item["Type"] == kind}


def dev(layer: str, name: str) -> Any:
    return template("dev", layer)["Resources"][name]["Properties"]


def prod(layer: str, name: str) -> Any:
    return template("prod", layer)["Resources"][name]["Properties"]


def statements(policy: Any) -> dict[str, Any]:
    return {item["Sid"]: item for item in policy["PolicyDocument"]["Statement"]}


def imported(name: str) -> dict[str, str]:
    return {"Fn::ImportValue": f"petclinic-dev-{name}"}


def container(name: str) -> Any:
    return dev("07", f"TaskDefinition{name}")["ContainerDefinitions"][0]


def secrets(name: str) -> dict[str, str]:
    """Return where each variable of a service is read from, as JSON text."""
    return {item["Name"]: json.dumps(item["ValueFrom"]) for item in container(name)["Secrets"]}


def opens(egress: str, ingress: str, port: int) -> None:
    """Assert that a connection is let out of one group and into the other, by TCP on exactly this port."""
    for rule in (dev("02", egress), dev("02", ingress)):
        assert (rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) == ("tcp", port, port)


# The arrows of the diagram, in its order.


def test_users_reach_cloudfront_by_https() -> None:
    distribution = dev("11", "Distribution")["DistributionConfig"]
    behaviours = [distribution["DefaultCacheBehavior"], *distribution["CacheBehaviors"]]

    assert distribution["Enabled"] is True
    assert {item["ViewerProtocolPolicy"] for item in behaviours} == {"redirect-to-https"}


def test_cloudfront_reads_the_static_files_from_s3() -> None:
    read = statements(dev("11", "SitePolicy"))["ReadFiles"]
    origins = {item["Id"]: item for item in dev("11", "Distribution")["DistributionConfig"]["Origins"]}

    assert read["Principal"] == {"Service": ["cloudfront.amazonaws.com"]}
    assert "Distribution" in json.dumps(read["Condition"])
    assert origins["files"]["OriginAccessControlId"] == {"Ref": "AccessControl"}


def test_users_call_the_api() -> None:
    api = dev("08", "Api")
    opened = {item["Sid"]: item for item in api["Policy"]["Statement"]}["Open"]

    assert api["EndpointConfiguration"]["Types"] == ["REGIONAL"]
    assert opened["Principal"] == "*"
    assert "execute-api:/v1/????/api/*" in opened["Resource"]


@pytest.mark.parametrize("name", SERVICES)
def test_api_gateway_calls_the_load_balancer(name: str) -> None:
    method = f"Any{''.join(part.capitalize() for part in PREFIXES[name].split('/'))}"
    uri, host = dev("08", f"ProxyMethod{method}")["Integration"]["Uri"]["Fn::Sub"]

    assert uri == f"http://${{Host}}{PREFIXES[name]}/{{proxy}}"
    assert host == {"Host": imported("application-LoadBalancerDns")}


def test_api_gateway_calls_the_genai_function() -> None:
    integration = dev("08", "MethodPostApiGenai")["Integration"]
    permission = dev("08", "InvokePostApiGenai")

    assert integration["Type"] == "AWS_PROXY"
    assert integration["Uri"]["Fn::Sub"][1] == {"Arn": imported("lambda-genai-FunctionArnGenai")}
    assert permission["FunctionName"] == imported("lambda-genai-FunctionArnGenai")


def test_the_internet_gateway_leads_to_the_load_balancer() -> None:
    balancer, door = dev("07", "LoadBalancer"), dev("02", "IngressLoadBalancerFromInternet80")

    assert dev("01", "RoutePublicToInternet")["GatewayId"] == {"Ref": "InternetGateway"}
    assert balancer["Subnets"]["Fn::Split"][1] == imported("network-PublicSubnets")
    assert (door["CidrIp"], door["FromPort"], door["ToPort"]) == ("0.0.0.0/0", 80, 80)


@pytest.mark.parametrize("name", SERVICES)
def test_the_load_balancer_forwards_to_each_service_by_path(name: str) -> None:
    rule, service = dev("07", f"Forward{name}"), dev("07", f"Service{name}")
    paths = next(item for item in rule["Conditions"] if item["Field"] == "path-pattern")
    group = {"Ref": f"TargetGroup{name}"}

    assert f"^{PREFIXES[name]}(/.*)?$" in paths["PathPatternConfig"]["RegexValues"]
    assert rule["Actions"][-1]["TargetGroupArn"] == group
    assert service["LoadBalancers"][0]["TargetGroupArn"] == group
    opens(
        f"EgressLoadBalancerTo{name}{PORTS[name]}", f"Ingress{name}FromLoadBalancer{PORTS[name]}", PORTS[name]
    )


@pytest.mark.parametrize("name", CLINICAL)
def test_services_reach_the_writer_on_3306(name: str) -> None:
    url, names = dev("04", f"Parameter{name}SpringDatasourceUrl")["Value"]["Fn::Sub"]

    opens(f"Egress{name}ToClinic3306", f"IngressClinicFrom{name}3306", 3306)
    assert url.startswith("jdbc:mysql://${host}:3306/petclinic?")
    assert names == {"host": imported("database-WriterHostClinic")}


def test_genai_calls_bedrock() -> None:
    grants = statements(dev("06", "GrantFunctionGenai"))
    models = json.dumps(grants["ConverseAssistant"]["Resource"])

    assert grants["ConverseProfile"]["Action"] == ["bedrock:InvokeModel"]
    assert re.findall(r":bedrock:([a-z0-9-]+)::foundation-model/", models) == [
        "us-east-1",
        "us-east-2",
        "us-west-2",
    ]
    assert dev("06", "FunctionGenai")["Environment"]["Variables"]["ASSISTANT_MODEL_ID"]


def test_genai_reaches_the_writer_on_3306() -> None:
    variables = dev("06", "FunctionGenai")["Environment"]["Variables"]

    opens("EgressGenaiToClinic3306", "IngressClinicFromGenai3306", 3306)
    assert variables["CLINIC_HOST"] == imported("database-WriterHostClinic")


def test_the_writer_is_replicated_to_a_reader() -> None:
    resources = template("dev", "03")["Resources"]
    cluster = {"Ref": "DatabaseClinic"}

    assert resources["WriterClinic"]["Properties"]["DBClusterIdentifier"] == cluster
    assert resources["ReaderClinic1"]["Properties"]["DBClusterIdentifier"] == cluster
    assert resources["ReaderClinic1"]["DependsOn"] == ["WriterClinic"]


@pytest.mark.parametrize("name", SERVICES)
def test_services_read_their_configuration_from_parameter_store(name: str) -> None:
    grant = statements(dev("04", f"GrantExecution{name}"))["ReadParameters"]

    assert ":ssm:" in secrets(name)["SPRING_PROFILES_ACTIVE"]
    assert "/shared/spring.profiles.active" in secrets("CustomersService")["SPRING_PROFILES_ACTIVE"]
    assert grant["Action"] == ["ssm:GetParameters"]
    assert all(":parameter" in json.dumps(arn) for arn in grant["Resource"])


@pytest.mark.parametrize("name", SERVICES)
def test_services_are_registered_in_cloud_map(name: str) -> None:
    (registry,) = dev("07", f"Service{name}")["ServiceRegistries"]

    assert registry["RegistryArn"] == imported(f"cloud-map-DiscoveryServiceArn{name}")
    assert dev("05", f"Discovery{name}")["Name"] == NAMES[name]


@pytest.mark.parametrize("name", CLINICAL)
def test_services_get_their_credentials_from_secrets_manager(name: str) -> None:
    grant = statements(dev("03", f"GrantExecution{name}"))["ReadDatabaseCredentials"]

    assert "${Arn}:password::" in secrets(name)["SPRING_DATASOURCE_PASSWORD"]
    assert "${Arn}:username::" in secrets(name)["SPRING_DATASOURCE_USERNAME"]
    assert grant["Resource"] == [{"Fn::GetAtt": ["DatabaseClinic", "MasterUserSecret.SecretArn"]}]


def test_genai_gets_its_credentials_from_secrets_manager() -> None:
    grant = statements(dev("03", "GrantFunctionGenai"))["ReadDatabaseCredentials"]

    assert grant["Action"] == ["secretsmanager:GetSecretValue"]
    assert dev("06", "FunctionGenai")["Environment"]["Variables"]["CLINIC_SECRET_ARN"] == imported(
        "database-MasterSecretArnClinic"
    )


@pytest.mark.parametrize("name", SERVICES)
def test_services_write_logs_and_metrics_to_cloudwatch(name: str) -> None:
    options = container(name)["LogConfiguration"]["Options"]

    assert options["awslogs-group"] == {"Ref": f"LogGroup{name}"}
    assert dev("10", f"ServiceCpuAlarm{name}")["Namespace"] == "AWS/ECS"
    assert dev("10", f"ServiceMemoryAlarm{name}")["MetricName"] == "MemoryUtilization"


def test_genai_writes_logs_and_metrics_to_cloudwatch() -> None:
    assert dev("06", "FunctionGenai")["LoggingConfig"]["LogGroup"] == {"Ref": "LogGroupGenai"}
    assert dev("10", "FunctionErrorsAlarmGenai")["Namespace"] == "AWS/Lambda"


def test_metrics_of_load_balancer_and_writer_are_watched() -> None:
    balancer, writer = dev("10", "LoadBalancerErrorsAlarm"), dev("10", "DatabaseCpuAlarmClinic")

    assert balancer["Dimensions"][0]["Value"] == imported("application-LoadBalancerFullName")
    assert writer["Dimensions"][0]["Value"] == imported("database-ClusterIdClinic")


@pytest.mark.parametrize("name", [*SERVICES, "Genai"])
def test_cluster_and_genai_reach_the_endpoints(name: str) -> None:
    opens(f"Egress{name}ToEndpoints443", f"IngressEndpointsFrom{name}443", 443)


@pytest.mark.parametrize("name", SERVICES)
def test_the_cluster_pulls_images_from_ecr(name: str) -> None:
    pull = statements(dev("07", f"GrantExecution{name}"))["PullImages"]

    assert pull["Resource"] == [{"Fn::GetAtt": [f"Repository{name}", "Arn"]}]
    assert container(name)["Image"]["Fn::Sub"][1]["Repository"] == {
        "Fn::GetAtt": [f"Repository{name}", "RepositoryUri"]
    }


@pytest.mark.parametrize("zone", [1, 2])
def test_the_app_subnet_of_each_zone_leaves_by_its_own_nat_gateway(zone: int) -> None:
    route = dev("01", f"RouteApp{zone}ToInternet")

    assert route["DestinationCidrBlock"] == "0.0.0.0/0"
    assert route["NatGatewayId"] == {"Ref": f"NatGateway{zone}"}
    assert dev("01", f"NatGateway{zone}")["SubnetId"] == {"Ref": f"SubnetPublic{zone}"}


@pytest.mark.parametrize("name", [*SERVICES, "Genai"])
def test_the_cluster_and_genai_may_leave(name: str) -> None:
    rule = dev("02", f"Egress{name}ToInternet443")

    assert (rule["CidrIp"], rule["FromPort"], rule["ToPort"]) == ("0.0.0.0/0", 443, 443)


@pytest.mark.parametrize("name", CLINICAL)
def test_admin_server_reaches_the_actuator_of_each_service(name: str) -> None:
    found, _ = dev("04", "ParameterAdminServerSPRINGAPPLICATIONJSON")["Value"]["Fn::Sub"]
    instances = json.loads(found)["spring"]["cloud"]["discovery"]["client"]["simple"]["instances"]

    opens(f"EgressAdminServerTo{name}8080", f"Ingress{name}FromAdminServer8080", 8080)
    assert instances[NAMES[name]][0]["uri"] == f"http://{NAMES[name]}.${{namespace}}:8080"


# The parts.


def test_the_network_as_drawn() -> None:
    subnets = {name: item["CidrBlock"] for name, item in of_type("dev", "01", "AWS::EC2::Subnet").items()}

    assert dev("01", "Vpc")["CidrBlock"] == "10.0.0.0/16"
    assert subnets == {
        "SubnetPublic1": "10.0.1.0/24",
        "SubnetPublic2": "10.0.2.0/24",
        "SubnetApp1": "10.0.3.0/24",
        "SubnetApp2": "10.0.4.0/24",
        "SubnetDatabase1": "10.0.5.0/24",
        "SubnetDatabase2": "10.0.6.0/24",
    }


def test_endpoints_of_the_drawing() -> None:
    services = {
        item["ServiceName"]["Fn::Sub"].partition("${AWS::Region}.")[2]
        for item in of_type("dev", "01", "AWS::EC2::VPCEndpoint").values()
    }

    assert services >= {"ecr.api", "ecr.dkr", "logs", "ssm", "secretsmanager", "kms", "xray"}


@pytest.mark.parametrize("name", SERVICES)
def test_services_of_the_drawn_size(name: str) -> None:
    task = dev("07", f"TaskDefinition{name}")

    assert (task["Cpu"], task["Memory"]) == ("256", "512")
    assert task["RequiresCompatibilities"] == ["FARGATE"]


def test_the_genai_function_as_drawn() -> None:
    function = dev("06", "FunctionGenai")

    assert function["Runtime"] == "python3.11"
    assert function["VpcConfig"]["SubnetIds"]["Fn::Split"][1] == imported("network-AppSubnets")


def test_the_database_as_drawn() -> None:
    cluster = dev("03", "DatabaseClinic")
    instances = of_type("dev", "03", "AWS::RDS::DBInstance").values()

    assert cluster["Engine"] == "aurora-mysql"
    assert cluster["ServerlessV2ScalingConfiguration"] == {"MinCapacity": 0.5, "MaxCapacity": 1}
    assert [item["DBInstanceClass"] for item in instances] == ["db.serverless", "db.serverless"]
    assert dev("03", "DatabaseSubnetsClinic")["SubnetIds"]["Fn::Split"][1] == imported(
        "network-DatabaseSubnets"
    )


def test_configuration_lies_below_one_path() -> None:
    names = [item["Name"] for item in of_type("dev", "04", "AWS::SSM::Parameter").values()]

    assert len(names) > 20
    assert all(name.startswith("/petclinic/dev/") for name in names)


def test_credentials_are_managed_and_rotated_every_30_days() -> None:
    rotation = dev("09", "MasterRotationClinic")

    assert dev("03", "DatabaseClinic")["ManageMasterUserPassword"] is True
    assert rotation["RotationRules"] == {"AutomaticallyAfterDays": 30}
    assert not [key for key in rotation if "Lambda" in key]


def test_a_repository_and_a_log_group_for_each_service() -> None:
    repositories = of_type("dev", "07", "AWS::ECR::Repository")
    groups = of_type("dev", "07", "AWS::Logs::LogGroup")

    assert set(repositories) == {f"Repository{name}" for name in SERVICES}
    assert {item["LogGroupName"] for item in groups.values()} == {
        f"/petclinic/dev/service/{name}" for name in NAMES.values()
    }


def test_slack_is_told() -> None:
    subscription = dev("12", "SubscriptionSlackNotifier")

    assert (subscription["Protocol"], subscription["TopicArn"]) == ("lambda", {"Ref": "Topic"})
    assert "WEBHOOK_SECRET_ARN" in dev("12", "FunctionSlackNotifier")["Environment"]["Variables"]


# Security.


def test_groups_open_nothing_but_what_is_drawn() -> None:
    """Ingress of the load balancer, the services and the database, of all templates of dev together."""
    doors = {
        name
        for layer in LAYERS
        for name in of_type("dev", layer, "AWS::EC2::SecurityGroupIngress")
        if not name.startswith("IngressEndpoints")
    }

    assert doors == {
        "IngressLoadBalancerFromInternet80",
        *(f"Ingress{name}FromLoadBalancer{port}" for name, port in PORTS.items()),
        *(f"Ingress{name}FromAdminServer8080" for name in CLINICAL),
        *(f"Ingress{name}FromOwnerDetails8080" for name in ("CustomersService", "VisitsService")),
        *(f"IngressClinicFrom{name}3306" for name in (*CLINICAL, "Genai")),
    }


def test_a_network_acl_for_each_tier() -> None:
    assert set(of_type("dev", "02", "AWS::EC2::NetworkAcl")) == {
        "NetworkAclPublic",
        "NetworkAclApp",
        "NetworkAclDatabase",
    }
    assert len(of_type("dev", "02", "AWS::EC2::SubnetNetworkAclAssociation")) == 6


def test_in_transit_by_tls() -> None:
    assert dev("08", "Api")["SecurityPolicy"].startswith("SecurityPolicy_TLS13_1_2")
    assert prod("07", "HttpsListener")["Protocol"] == "HTTPS"
    assert dev("03", "ClusterParametersClinic")["Parameters"]["require_secure_transport"] == "ON"


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_at_rest_encrypted(stage: str) -> None:
    cluster = template(stage, "03")["Resources"]["DatabaseClinic"]["Properties"]
    buckets = [item for layer in LAYERS for item in of_type(stage, layer, "AWS::S3::Bucket").values()]
    kept = [
        item for layer in LAYERS for item in of_type(stage, layer, "AWS::SecretsManager::Secret").values()
    ]

    assert cluster["StorageEncrypted"] is True
    assert cluster["KmsKeyId"] == {"Fn::GetAtt": ["DataKey", "Arn"]}
    assert cluster["MasterUserSecret"] == {"KmsKeyId": {"Fn::GetAtt": ["DataKey", "Arn"]}}
    assert buckets and all("BucketEncryption" in item for item in buckets)
    assert kept and all("KmsKeyId" in item for item in kept)


# Availability, scaling, recovery.


def test_tasks_run_in_two_zones() -> None:
    zones = [dev("01", f"SubnetApp{number}")["AvailabilityZone"]["Fn::Select"][0] for number in (1, 2)]

    assert zones == [0, 1]
    for name in SERVICES:
        network = dev("07", f"Service{name}")["NetworkConfiguration"]["AwsvpcConfiguration"]
        assert network["Subnets"]["Fn::Split"][1] == imported("network-AppSubnets")


@pytest.mark.parametrize("name", CLINICAL)
def test_services_scale_on_cpu_from_one_to_four(name: str) -> None:
    tracking = dev("07", f"ScalingPolicy{name}")["TargetTrackingScalingPolicyConfiguration"]
    manifest = json.loads((ROOT / "generated" / "dev" / "manifest.json").read_text("utf-8"))
    fewest = {
        item["name"]: item["full_value"]
        for layer in manifest["layers"]
        for item in layer["parameters"]
        if item["name"].startswith("Tasks")
    }

    assert tracking["TargetValue"] == 70
    assert dev("07", f"ScalableTarget{name}")["MaxCapacity"] == 4
    assert dev("07", f"ScalableTarget{name}")["MinCapacity"] == {"Ref": f"Tasks{name}"}
    assert fewest[f"Tasks{name}"] == "1"


def test_backups_are_kept_seven_days() -> None:
    assert dev("03", "DatabaseClinic")["BackupRetentionPeriod"] == 7


# Operations.


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_twelve_layers(stage: str) -> None:
    assert [path.stem for path in sorted((ROOT / "generated" / stage).glob("*.yaml"))] == list(LAYERS)


def test_everything_that_runs_has_a_log_group_of_its_own() -> None:
    groups = [
        json.dumps(item["LogGroupName"])
        for layer in LAYERS
        for item in of_type("dev", layer, "AWS::Logs::LogGroup").values()
    ]

    assert len(groups) == len(set(groups))
    for part in (*(f"service/{name}" for name in NAMES.values()), "function/genai", "gateway", "flow-logs"):
        assert f'"/petclinic/dev/{part}"' in groups


def test_alarms_on_cpu_memory_and_error_rate_of_every_service() -> None:
    alarms = of_type("dev", "10", "AWS::CloudWatch::Alarm")

    assert {f"Service{kind}Alarm{name}" for kind in ("Cpu", "Memory", "Errors") for name in SERVICES} <= set(
        alarms
    )
    for alarm in alarms.values():
        assert alarm["AlarmActions"] == [imported("notification-TopicArn")]


def test_x_ray_maps_and_measures_latency() -> None:
    assert dev("08", "Stage")["TracingEnabled"] is True
    assert "responsetime > 2" in dev("09", "TraceGroupSlow")["FilterExpression"]
    for name in CLINICAL:
        sidecar = prod("07", f"TaskDefinition{name}")["ContainerDefinitions"][1]
        assert "awsxray" in json.dumps(sidecar["Environment"])


def test_container_insights_and_a_dashboard() -> None:
    assert dev("07", "Cluster")["ClusterSettings"] == [{"Name": "containerInsights", "Value": "enabled"}]
    assert dev("10", "Dashboard")["DashboardBody"]


def test_admin_server_may_change_log_levels() -> None:
    exposed = dev("04", "ParameterSharedManagementEndpointsWebExposureInclude")["Value"].split(",")

    assert {"loggers", "metrics"} <= set(exposed)


def test_github_actions_build_it() -> None:
    assert (ROOT / ".github" / "workflows" / "ci.yml").is_file()


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_tags_wherever_there_are_tags(stage: str) -> None:
    for layer in LAYERS:
        for name, item in template(stage, layer)["Resources"].items():
            tags = item.get("Properties", {}).get("Tags")
            if tags is None:
                continue
            keys = set(tags) if isinstance(tags, dict) else {tag["Key"] for tag in tags}
            assert {"project", "stage", "layer", "owner", "cost-centre"} <= keys, name


# What two services must agree on, and no checker of one resource sees.


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_each_encrypted_log_group_is_one_that_its_key_admits(stage: str) -> None:
    """CloudWatch Logs refuses a group whose key's policy does not name it."""
    key, data = template(stage, "02")["Resources"]["Key"], template(stage, "03")["Resources"]["DataKey"]
    admitted = [*named_groups(key["Properties"]), *named_groups(data["Properties"])]
    for layer in LAYERS:
        for group in of_type(stage, layer, "AWS::Logs::LogGroup").values():
            name = group["LogGroupName"]
            name = name if isinstance(name, str) else name["Fn::Sub"]
            assert any(name.startswith(pattern) for pattern in admitted), name


def named_groups(key: Any) -> Iterator[str]:
    """Yield what the log groups' names may begin with, by the key's policy."""
    for statement in key["KeyPolicy"]["Statement"]:
        groups = (
            statement.get("Condition", {}).get("ArnLike", {}).get("kms:EncryptionContext:aws:logs:arn", [])
        )
        for group in groups if isinstance(groups, list) else [groups]:
            yield group["Fn::Sub"].rpartition(":log-group:")[2].removesuffix("*")


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_no_condition_that_eventbridge_never_meets_stands_before_the_topic(stage: str) -> None:
    """EventBridge tells neither the topic nor the key where an event comes from."""
    topic = statements(template(stage, "12")["Resources"]["TopicPolicy"]["Properties"])["Events"]
    key = template(stage, "02")["Resources"]["Key"]["Properties"]["KeyPolicy"]["Statement"]
    uses = [item for item in key if "events.amazonaws.com" in item["Principal"].get("Service", [])]

    assert "Condition" not in topic
    assert len(uses) == 2
    assert "aws:Source" not in json.dumps(uses)


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_a_gateway_that_waits_longer_than_its_load_balancer_is_not_there(stage: str) -> None:
    listed = template(stage, "07")["Resources"]["LoadBalancer"]["Properties"]["LoadBalancerAttributes"]
    idle = {item["Key"]: item["Value"] for item in listed}["idle_timeout.timeout_seconds"]
    waits = [
        item["Integration"].get("TimeoutInMillis", 29_000)
        for item in of_type(stage, "08", "AWS::ApiGateway::Method").values()
    ]

    assert max(waits) <= 29_000 < int(idle) * 1000


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_a_listener_rule_has_no_more_values_than_elb_takes(stage: str) -> None:
    """Five values a rule, 128 characters a value; Elastic Load Balancing, "Quotas"."""
    for name, rule in of_type(stage, "07", "AWS::ElasticLoadBalancingV2::ListenerRule").items():
        values = [
            value
            for condition in rule["Conditions"]
            for config in condition.values()
            if isinstance(config, dict)
            for key in ("Values", "RegexValues")
            for value in config.get(key, [])
        ]
        assert 1 <= len(values) <= 5, name
        assert all(len(value) <= 128 for value in values if isinstance(value, str)), name


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_a_dashboard_is_json_and_its_widgets_fit(stage: str) -> None:
    body, _ = template(stage, "10")["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    widgets = json.loads(re.sub(r"\$\{[^}]*\}", "value", body))["widgets"]

    assert len(widgets) > 20
    assert all(item["x"] + item["width"] <= 24 for item in widgets)


# The table in the documentation.


def rows() -> Iterator[tuple[str, str, str, str]]:
    """Yield the rows of every table: what is drawn, the layer, the logical ids, the test."""
    for line in COVERAGE.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if line.startswith("|") and len(cells) == 4 and cells[1][:2].isdigit():
            drawn, layer, ids, test = cells
            yield drawn, layer, ids, test


def test_every_logical_id_of_the_table_exists() -> None:
    found = list(rows())

    assert len(found) > 60
    for drawn, layer, ids, _ in found:
        stage = "prod" if "(prod)" in ids else "dev"
        for name in CELL.findall(ids):
            assert name in template(stage, layer[:2])["Resources"], f"{drawn}: {name}"


def test_every_test_of_the_table_exists() -> None:
    for drawn, _, _, cell in rows():
        file, name = CELL.findall(cell)
        assert f"def {name}(" in (ROOT / file).read_text("utf-8"), f"{drawn}: {file}: {name}"
