from __future__ import annotations

import pytest

from petc.verify import names
from petc.verify.rendered import Json, View
from tests.verify import sample

ARN = "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter"


def parameter(name: Json = "/shop/greeting") -> sample.Template:
    return sample.template(
        Greeting=sample.resource("AWS::SSM::Parameter", Name=name, Type="String", Value="x")
    )


def task(value_from: Json = None, group: Json = None, **options: str) -> sample.Template:
    container: dict[str, Json] = {"Name": "app"}
    if value_from is not None:
        container["Secrets"] = [{"Name": "GREETING", "ValueFrom": value_from}]
    if group is not None:
        container["LogConfiguration"] = {
            "LogDriver": "awslogs",
            "Options": {"awslogs-group": group, **options},
        }
    return sample.template(
        Task=sample.resource("AWS::ECS::TaskDefinition", "/services/api", ContainerDefinitions=[container]),
        Role=sample.resource("AWS::IAM::Role"),
    )


def logs(name: Json = "/shop/api") -> sample.Template:
    return sample.template(
        outputs=sample.export("a", "Log", sample.ref("Log")),
        Log=sample.resource("AWS::Logs::LogGroup", LogGroupName=name),
    )


def codes(view: View) -> list[str]:
    return [item.code for item in names.check(view)]


def test_a_whole_stage_names_what_exists() -> None:
    assert codes(sample.stage()) == []


@pytest.mark.parametrize(
    "value",
    [
        {"Fn::Sub": f"{ARN}/shop/greeting"},
        {
            "Fn::Join": [
                ":",
                [
                    "arn",
                    {"Ref": "AWS::Partition"},
                    "ssm",
                    {"Ref": "AWS::Region"},
                    "1",
                    "parameter/shop/greeting",
                ],
            ]
        },
        "/shop/greeting",
        "arn:aws:ssm:us-west-2:111122223333:parameter/shop/greeting",
    ],
)
def test_a_parameter_of_an_earlier_layer_is_known_in_each_form(value: Json) -> None:
    assert codes(sample.view(parameter(), task(value))) == []


def test_a_misspelt_parameter_is_found_with_the_nearest_name() -> None:
    (found,) = names.check(sample.view(parameter(), task({"Fn::Sub": f"{ARN}/shop/greting"})))

    assert found.code == "unknown-parameter-name"
    assert found.pointer == "/services/api"
    assert "'/shop/greeting'" in found.help


def test_a_parameter_of_a_later_layer_is_too_late() -> None:
    assert codes(sample.view(task("/shop/greeting"), parameter())) == ["unknown-parameter-name"]


def test_a_secret_is_no_parameter() -> None:
    assert codes(sample.view(task("arn:aws:secretsmanager:us-west-2:1:secret:x:user::"))) == []


@pytest.mark.parametrize("group", ["/shop/api", sample.imported("a", "Log")])
def test_a_log_group_of_an_earlier_layer_is_known(group: Json) -> None:
    assert codes(sample.view(logs(), task(group=group))) == []


@pytest.mark.parametrize("group", ["/shop/apo", sample.ref("Role")])
def test_a_log_group_that_nothing_makes_is_missing(group: Json) -> None:
    assert codes(sample.view(logs(), task(group=group))) == ["log-group-missing"]


def test_a_log_group_of_a_later_layer_is_too_late() -> None:
    assert codes(sample.view(task(group="/shop/api"), logs())) == ["log-group-missing"]


def test_a_driver_that_makes_its_own_group_needs_none() -> None:
    assert codes(sample.view(task(group="/made/there", **{"awslogs-create-group": "true"}))) == []


def test_a_log_group_from_a_template_parameter_is_not_judged() -> None:
    body = task(group=sample.ref("Chosen"))
    body["Parameters"] = {"Chosen": {"Type": "String"}}

    assert codes(sample.view(body)) == []


def test_a_function_that_logs_to_nothing_is_found() -> None:
    body = sample.template(Api=sample.resource("AWS::Lambda::Function", LoggingConfig={"LogGroup": "/none"}))

    assert codes(sample.view(body)) == ["log-group-missing"]
