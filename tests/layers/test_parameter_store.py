"""Layer parameter-store: all that the services need, typed and validated, each read by its service alone."""

from __future__ import annotations

import re
from typing import Any

import pytest

from petc.layers import application, parameter_store
from petc.layers.base import LayerTemplate
from petc.model import settings
from petc.model.types import Stage
from tests import specs
from tests.layers.rendered import properties, resources, sids, statement

PRESS = """
petc: 1
name: press
tags: {owner: press-team, cost-centre: press}
configuration: {LOG_FORMAT: json, REGION_NAME: north}
services:
  print:
    image: {tag: "1"}
    port: 8000
    uses: {configuration: {}, bind: {}}
    configuration: {LOG_FORMAT: text}
  bind: {image: {tag: "1"}, port: 8000, uses: {configuration: {}}}
  sell: {image: {tag: "1"}, port: 8000, configuration: {COLOUR: red}}
stages:
  dev: {targets: {accounts: ["123456789012"], regions: {eu-west-1: {}}}}
"""

DATABASE_SERVICES = ("customers-service", "vets-service", "visits-service")

EVERYWHERE = {
    "SPRING_CLOUD_CONFIG_ENABLED": "false",
    "EUREKA_CLIENT_ENABLED": "false",
    "SERVER_SHUTDOWN": "graceful",
    "MANAGEMENT_ENDPOINT_HEALTH_PROBES_ENABLED": "true",
    "MANAGEMENT_ENDPOINTS_WEB_EXPOSURE_INCLUDE": "health,info,metrics,prometheus,loggers,env",
}
"""What every stock image needs to run without Config Server and Eureka."""

WITH_DATABASE = {
    "SPRING_SQL_INIT_MODE": "always",
    "SPRING_SQL_INIT_SCHEMALOCATIONS": "classpath*:db/mysql/schema.sql",
    "SPRING_SQL_INIT_DATALOCATIONS": "classpath*:db/mysql/data.sql",
    "SPRING_JPA_HIBERNATE_DDLAUTO": "none",
    "SPRING_JPA_OPENINVIEW": "false",
    "SPRING_DATASOURCE_HIKARI_MAXIMUMPOOLSIZE": "3",
    "SERVER_PORT": "8080",
}
"""What those need besides that keep their tables in the database."""


def given(stage: Stage, service: str) -> dict[str, Any]:
    """Return the values that reach a service, by variable, as the rendered parameters hold them."""
    layer = parameter_store.emit(stage)
    by_path = {item["Properties"]["Name"]: item["Properties"]["Value"] for item in parameters(layer).values()}
    items = settings.service_settings(stage, stage.services[service])
    key = stage.services[service].key
    return {
        item.variable: by_path[f"{stage.root}/{'shared' if item.shared else key}/{item.key}"]
        for item in items
    }


def parameters(layer: LayerTemplate) -> dict[str, Any]:
    return resources(layer, "AWS::SSM::Parameter")


def press() -> LayerTemplate:
    return parameter_store.emit(specs.stage_of(PRESS))


@pytest.mark.parametrize("name", [*DATABASE_SERVICES, "admin-server"])
@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_stock_images_run_without_config_server_and_eureka(stage: str, name: str) -> None:
    found = given(specs.reference(stage), name)

    assert EVERYWHERE.items() <= found.items()
    assert "docker" not in found["SPRING_PROFILES_ACTIVE"]
    assert "MaxRAMPercentage" in found["JAVA_TOOL_OPTIONS"]


@pytest.mark.parametrize("name", DATABASE_SERVICES)
def test_stock_images_find_their_tables(dev: Stage, name: str) -> None:
    found = given(dev, name)
    host = {"host": {"Fn::ImportValue": "petclinic-dev-database-WriterHostClinic"}}
    secrets = settings.service_secrets(dev, dev.services[name])

    assert WITH_DATABASE.items() <= found.items()
    assert "mysql" in found["SPRING_PROFILES_ACTIVE"].split(",")
    assert found["SPRING_DATASOURCE_URL"] == {
        "Fn::Sub": ["jdbc:mysql://${host}:3306/petclinic?sslMode=REQUIRED", host]
    }
    assert [secret.variable for secret in secrets] == [
        "SPRING_DATASOURCE_USERNAME",
        "SPRING_DATASOURCE_PASSWORD",
    ]


def test_vets_run_with_their_cache(dev: Stage) -> None:
    assert given(dev, "vets-service")["SPRING_PROFILES_ACTIVE"] == "mysql,production"


def test_admin_server_has_its_path_port_and_instances(dev: Stage) -> None:
    found = given(dev, "admin-server")
    listed, variables = found["SPRING_APPLICATION_JSON"]["Fn::Sub"]

    assert found["SERVER_PORT"] == "9090"
    assert found["SERVER_SERVLET_CONTEXTPATH"] == "/admin"
    assert found["SERVER_FORWARDHEADERSSTRATEGY"] == "framework"
    for name in DATABASE_SERVICES:
        assert f'"uri":"http://{name}.${{namespace}}:8080"' in listed
    assert variables == {"namespace": {"Fn::ImportValue": "petclinic-dev-cloud-map-NamespaceName"}}


def test_spans_go_to_the_collector_or_nowhere(dev: Stage, prod: Stage) -> None:
    untraced, traced = given(dev, "vets-service"), given(prod, "vets-service")

    assert untraced["MANAGEMENT_TRACING_EXPORT_ZIPKIN_ENABLED"] == "false"
    assert traced["MANAGEMENT_TRACING_EXPORT_ZIPKIN_ENDPOINT"] == "http://localhost:9411/api/v2/spans"
    assert float(traced["MANAGEMENT_TRACING_SAMPLING_PROBABILITY"]) <= 1


def test_parameters_are_typed(dev: Stage) -> None:
    found = parameters(parameter_store.emit(dev))

    for item in found.values():
        assert item["Properties"]["Type"] == "String"
        assert item["Properties"]["DataType"] == "text"
        assert item["Properties"]["Tier"] == "Standard"


def test_parameters_are_validated(dev: Stage) -> None:
    layer = parameter_store.emit(dev)
    enabled = properties(layer, "ParameterSharedEurekaClientEnabled")

    assert enabled["AllowedPattern"] == "^(true|false)$"
    assert enabled["Value"] == "false"


def test_every_value_that_is_known_passes_its_own_validation(prod: Stage) -> None:
    found = [item["Properties"] for item in parameters(parameter_store.emit(prod)).values()]
    known = [item for item in found if isinstance(item["Value"], str) and "AllowedPattern" in item]

    assert len(known) > 10
    for item in known:
        assert re.search(item["AllowedPattern"], item["Value"]), item["Name"]


def test_shared_settings_stand_once() -> None:
    names = [item["Properties"]["Name"] for item in parameters(press()).values()]

    assert sorted(names) == [
        "/press/dev/bind/PORT",
        "/press/dev/print/BIND_URL",
        "/press/dev/print/LOG_FORMAT",
        "/press/dev/print/PORT",
        "/press/dev/shared/LOG_FORMAT",
        "/press/dev/shared/REGION_NAME",
    ]


def test_a_shared_setting_that_all_services_replace_is_not_stored() -> None:
    text = PRESS.replace(
        'bind: {image: {tag: "1"}, port: 8000, uses: {configuration: {}}}',
        'bind: {image: {tag: "1"}, port: 8000}',
    )
    found = parameters(parameter_store.emit(specs.stage_of(text)))

    assert "ParameterSharedLOGFORMAT" not in found


def test_a_service_reads_exactly_what_it_is_given() -> None:
    layer = press()
    read = statement(layer, "GrantExecutionBind", "ReadParameters")
    arn = "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter"

    assert read["Action"] == ["ssm:GetParameters"]
    assert read["Resource"] == [
        {"Fn::Sub": f"{arn}${{{name}}}"}
        for name in ("ParameterSharedLOGFORMAT", "ParameterBindPORT", "ParameterSharedREGIONNAME")
    ]


def test_a_service_that_replaces_a_setting_cannot_read_the_shared_one() -> None:
    read = statement(press(), "GrantExecutionPrint", "ReadParameters")
    shown = str(read["Resource"])

    assert "ParameterPrintLOGFORMAT" in shown
    assert "ParameterSharedLOGFORMAT" not in shown


def test_many_settings_are_granted_by_folder_with_a_reason() -> None:
    many = ", ".join(f"SETTING_{number}: {number}" for number in range(80))
    text = PRESS.replace("configuration: {LOG_FORMAT: text}", f"configuration: {{{many}}}")
    layer = parameter_store.emit(specs.stage_of(text))
    arn = "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter"

    assert statement(layer, "GrantExecutionPrint", "ReadFolders")["Resource"] == [
        {"Fn::Sub": f"{arn}/press/dev/print/*"},
        {"Fn::Sub": f"{arn}/press/dev/shared/*"},
    ]
    assert "ReadFolders" in resources(layer)["GrantExecutionPrint"]["Metadata"]["petc"]["reasons"]
    assert sids(layer, "GrantExecutionBind") == ["ReadParameters"]


def test_long_values_leave_the_standard_tier() -> None:
    text = PRESS.replace("LOG_FORMAT: text", "LOG_FORMAT: " + "é" * 2100)
    layer = parameter_store.emit(specs.stage_of(text))

    assert properties(layer, "ParameterPrintLOGFORMAT")["Tier"] == "Intelligent-Tiering"
    assert properties(layer, "ParameterPrintPORT")["Tier"] == "Standard"


def test_the_root_depends_on_nothing(dev: Stage) -> None:
    outputs: Any = parameter_store.emit(dev).template["Outputs"]

    assert outputs["Root"]["Value"] == "/petclinic/dev"
    assert outputs["Root"]["Export"] == {"Name": "petclinic-dev-parameter-store-Root"}


def test_without_configuration_there_is_no_layer() -> None:
    text = PRESS.replace("configuration: {}, ", "").replace("uses: {configuration: {}}", "uses: {}")
    layer = parameter_store.emit(specs.stage_of(text))

    assert not resources(layer)
    assert not layer.exports


def test_forty_services_fit_into_one_template() -> None:
    head, tail = PRESS.split("  print:")[0], "stages:" + PRESS.split("stages:")[1]
    one = "{{image: {{tag: '1'}}, uses: {{configuration: {{}}}}, configuration: {{{}}}}}"
    own = ", ".join(f"SETTING_{number}: {number}" for number in range(6))
    services = "".join(f"  service-{number}: {one.format(own)}\n" for number in range(40))
    layer = parameter_store.emit(specs.stage_of(head + services + tail))

    assert len(resources(layer)) <= 500 * 0.8


LISTS = """
petc: 1
name: kites
tags: {owner: kite-team, cost-centre: kites}
configuration: {"winds[0]": north, "winds[1].name": south}
services:
  shop: {image: {tag: "1"}, uses: {configuration: {}}, configuration: {"kites[0].tails[1]": long}}
stages:
  dev: {targets: {accounts: ["123456789012"], regions: {eu-west-1: {}}}}
moved: {shop: stall}
"""


@pytest.mark.parametrize("stage", [specs.reference("dev"), specs.reference("prod"), specs.stage_of(LISTS)])
def test_every_parameter_that_a_task_reads_is_stored(stage: Stage) -> None:
    read = {
        stage.root + item["ValueFrom"]["Fn::Sub"][0].partition("${Root}")[2]
        for task in resources(application.emit(stage), "AWS::ECS::TaskDefinition").values()
        for container in task["Properties"]["ContainerDefinitions"]
        for item in container.get("Secrets", ())
        if "${Root}" in str(item["ValueFrom"])
    }
    parameters = resources(parameter_store.emit(stage), "AWS::SSM::Parameter").values()
    stored = {item["Properties"]["Name"] for item in parameters}

    assert read
    assert read <= stored
