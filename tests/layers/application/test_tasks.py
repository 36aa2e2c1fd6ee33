from __future__ import annotations

from typing import Any

from tests.layers import shop
from tests.layers.rendered import properties

LAYER = shop.layer("""
configuration: {shared.one: 1}
databases: {stock: {schema: stock, user: seller}}
secrets: {seller: {description: application user}, token: {description: of the bank}}
buckets: {photos: {}}
functions: {quotes: {source: ../quotes}}
services:
  plain: {
    uses: {stock: {}, token: {as: BANK}, photos: {}, quotes: {}, stored: {}},
    configuration: {OPEN: true},
  }
  stored: {
    architecture: arm64, stop_seconds: 90, uses: {configuration: {}},
    configuration: {OWN: x, "kites[0].name": y},
  }
  loud: {uses: {token: {as: BANK}}, configuration: {BANK: written}}
""")


def container(name: str) -> Any:
    return properties(LAYER, f"TaskDefinition{name}")["ContainerDefinitions"][0]


def environment(name: str) -> dict[str, Any]:
    return {item["Name"]: item["Value"] for item in container(name)["Environment"]}


def secrets(name: str) -> dict[str, Any]:
    return {item["Name"]: item["ValueFrom"] for item in container(name)["Secrets"]}


def test_without_configuration_settings_are_plain_variables() -> None:
    given = environment("Plain")

    assert given["OPEN"] == "true"
    assert given["PORT"] == "8080"
    assert given["STOCK_HOST"] == {"Fn::ImportValue": "shop-dev-database-WriterHostStock"}
    assert given["PHOTOS_BUCKET"] == {"Fn::ImportValue": "shop-dev-database-BucketNamePhotos"}
    assert given["QUOTES_FUNCTION"] == "shop-dev-quotes"
    assert given["STORED_URL"]["Fn::Sub"][0] == "http://stored.${namespace}:8080"


def test_with_configuration_settings_are_read_from_parameter_store() -> None:
    read = secrets("Stored")

    assert read["OWN"]["Fn::Sub"][0].endswith("parameter${Root}/stored/OWN")
    assert read["SHARED_ONE"]["Fn::Sub"][0].endswith("parameter${Root}/shared/shared.one")
    assert environment("Stored") == {}


def label(configuration: str = "OWN: x", shared: str = "1", used: str = "") -> Any:
    """Return the label of a service's settings; see `test_another_value_is_another_task_definition`."""
    made = shop.layer(f"""
configuration: {{shared.one: {shared}}}
databases: {{stock: {{schema: stock, user: seller}}}}
secrets: {{seller: {{description: application user}}}}
services:
  stored: {{uses: {{configuration: {{}}{used}}}, configuration: {{{configuration}}}}}
""")
    (main,) = properties(made, "TaskDefinitionStored")["ContainerDefinitions"]
    return main["DockerLabels"]["petc.settings"]


def test_another_value_is_another_task_definition() -> None:
    """ECS reads parameters when a task starts: with the same task definition no running task would change."""
    assert label() == label()
    assert len({label(), label("OWN: y"), label(shared="2"), label("OTHER: x")}) == 4


def test_another_host_behind_a_setting_is_another_task_definition() -> None:
    text, values = label(used=", stock: {}")["Fn::Sub"]

    assert {"Fn::ImportValue": "shop-dev-database-WriterHostStock"} in values.values()
    assert text.split()[1:] == [f"${{{name}}}" for name in values]


def test_plain_variables_need_no_label() -> None:
    assert "DockerLabels" not in container("Plain")


def test_credentials_come_by_field_and_other_secrets_whole() -> None:
    read = secrets("Plain")

    arn = {"Arn": {"Fn::ImportValue": "shop-dev-security-SecretArnSeller"}}
    assert read["STOCK_USERNAME"] == {"Fn::Sub": ["${Arn}:username::", arn]}
    assert read["STOCK_PASSWORD"] == {"Fn::Sub": ["${Arn}:password::", arn]}
    assert read["BANK"] == {"Fn::ImportValue": "shop-dev-security-SecretArnToken"}


def test_no_variable_is_given_twice() -> None:
    assert environment("Loud")["BANK"] == "written"
    assert "BANK" not in secrets("Loud")


def test_a_task_is_a_fargate_task_with_its_own_network_interface() -> None:
    task = properties(LAYER, "TaskDefinitionStored")

    assert (task["RequiresCompatibilities"], task["NetworkMode"]) == (["FARGATE"], "awsvpc")
    assert task["RuntimePlatform"] == {"CpuArchitecture": "ARM64", "OperatingSystemFamily": "LINUX"}
    assert (task["Cpu"], task["Memory"]) == ("256", "512")


def test_the_container_is_essential_and_not_privileged() -> None:
    main = container("Stored")

    assert (main["Essential"], main["Privileged"], main["StopTimeout"]) == (True, False, 90)
    assert main["LinuxParameters"]["InitProcessEnabled"] is True


def test_output_goes_to_the_services_log_group() -> None:
    options = container("Stored")["LogConfiguration"]["Options"]

    assert options["awslogs-group"] == {"Ref": "LogGroupStored"}
    assert options["mode"] == "non-blocking"


def test_roles_come_from_layer_security() -> None:
    task = properties(LAYER, "TaskDefinitionStored")

    assert "shop-dev-security-ExecutionRoleStored" in str(task["ExecutionRoleArn"])
    assert "shop-dev-security-TaskRoleStored" in str(task["TaskRoleArn"])


def test_a_list_is_read_where_parameter_store_holds_it() -> None:
    (read,) = [value for name, value in secrets("Stored").items() if name.startswith("KITES")]

    assert read["Fn::Sub"][0].endswith("parameter${Root}/stored/kites.0.name")


def capabilities(options: str) -> Any:
    made = shop.layer(f"services: {{one: {{{options}}}}}")
    (main,) = properties(made, "TaskDefinitionOne")["ContainerDefinitions"]
    return main["LinuxParameters"].get("Capabilities")


def test_a_container_has_no_capabilities_unless_its_image_needs_them() -> None:
    assert capabilities("port: 8080") == {"Drop": ["ALL"]}
    assert capabilities("capabilities: default") is None


def test_a_low_port_can_still_be_opened() -> None:
    dropped = capabilities("port: 80")["Drop"]

    assert "ALL" not in dropped
    assert "NET_BIND_SERVICE" not in dropped
    assert {"NET_RAW", "SETUID", "CHOWN"} <= set(dropped)
