from __future__ import annotations

import pytest

from petc.verify import values
from petc.verify.rendered import Json
from tests.verify import sample


def spelled(value: Json) -> str:
    first = sample.template(
        outputs=sample.export("a", "Name", sample.get("Table", "Arn"))
        | sample.export("a", "Log", sample.ref("Log")),
        Table=sample.resource("AWS::DynamoDB::Table"),
        Log=sample.resource("AWS::Logs::LogGroup", LogGroupName=sample.sub("/x/${AWS::Region}")),
    )
    second = sample.template(Role=sample.resource("AWS::IAM::Role"))
    return values.spelled(values.index(sample.view(first, second)), 1, value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain", "plain"),
        ({"Ref": "AWS::Region"}, "{Region}"),
        ({"Ref": "Role"}, "{1/Role}"),
        ({"Fn::GetAtt": ["Role", "Arn"]}, "{1/Role.Arn}"),
        ({"Fn::GetAtt": "Role.Arn"}, "{1/Role.Arn}"),
        (
            {"Fn::Sub": "a/${AWS::AccountId}/${Role}/${Role.Arn}/${!Kept}"},
            "a/{AccountId}/{1/Role}/{1/Role.Arn}/${Kept}",
        ),
        ({"Fn::Sub": ["${x}-y", {"x": {"Ref": "Role"}}]}, "{1/Role}-y"),
        ({"Fn::Join": ["/", ["a", {"Ref": "AWS::Partition"}]]}, "a/{Partition}"),
        ({"Fn::ImportValue": "shop-dev-a-Name"}, "{0/Table.Arn}"),
        ({"Fn::ImportValue": "shop-dev-a-Log"}, "/x/{Region}"),
    ],
)
def test_a_value_is_spelled(value: Json, text: str) -> None:
    assert spelled(value) == text


def test_an_import_that_leads_back_to_itself_ends() -> None:
    name = sample.imported("a", "Loop")
    view = sample.view(sample.template(outputs=sample.export("a", "Loop", name)))

    assert values.follow(values.index(view), 0, name) == (0, name)


def test_a_name_that_refers_to_itself_ends() -> None:
    log = sample.resource("AWS::Logs::LogGroup", LogGroupName=sample.ref("Log"))

    assert values.spelled(values.index(sample.view(sample.template(Log=log))), 0, sample.ref("Log"))
