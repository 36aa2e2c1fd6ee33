from __future__ import annotations

from typing import Any

from tests.petc_local.running import LocalAws
from tests.petc_local.types.deploying import att, create, delete, resource, update

STAGE = "arn:aws:apigateway:us-west-2::/restapis/abcdefgh/stages/{}"


def acl() -> dict[str, Any]:
    visible = {"CloudWatchMetricsEnabled": True, "MetricName": "all", "SampledRequestsEnabled": True}
    return resource(
        "AWS::WAFv2::WebACL", DefaultAction={"Allow": {}}, Scope="REGIONAL", VisibilityConfig=visible
    )


def guarded(stage: str = "one") -> dict[str, Any]:
    return {
        "Acl": acl(),
        "Guard": resource(
            "AWS::WAFv2::WebACLAssociation", ResourceArn=STAGE.format(stage), WebACLArn=att("Acl", "Arn")
        ),
    }


def resources(aws: LocalAws) -> list[str]:
    client = aws.client("wafv2")
    (shown,) = client.list_web_acls(Scope="REGIONAL")["WebACLs"]
    return list(client.list_resources_for_web_acl(WebACLArn=shown["ARN"])["ResourceArns"])


def test_the_acl_stands_before_its_resource(aws: LocalAws) -> None:
    create(aws, guarded())

    assert resources(aws) == [STAGE.format("one")]


def test_another_resource_replaces_the_association(aws: LocalAws) -> None:
    create(aws, guarded())
    update(aws, guarded("two"))

    assert resources(aws) == [STAGE.format("two")]


def test_deleting_the_association_frees_the_resource(aws: LocalAws) -> None:
    create(aws, guarded())
    update(aws, {"Acl": acl()})

    assert resources(aws) == []
    assert delete(aws).status == "DELETE_COMPLETE"


def test_a_logging_configuration_is_recorded_under_the_acl(aws: LocalAws) -> None:
    logged = {
        "Acl": acl(),
        "Logs": resource("AWS::WAFv2::LoggingConfiguration", ResourceArn=att("Acl", "Arn")),
    }
    made = create(aws, logged, outputs={"Acl": att("Acl", "Arn")})

    assert made.ids["Logs"] == made.outputs["Acl"]
