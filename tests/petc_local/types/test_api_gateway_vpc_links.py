from __future__ import annotations

from typing import Any

from tests.petc_local.running import LocalAws
from tests.petc_local.types.deploying import create, ref, resource, update
from tests.petc_local.types.networking import group, network


def linked(name: str = "link", subnet: str = "SubnetA") -> dict[str, Any]:
    link = resource(
        "AWS::ApiGatewayV2::VpcLink", Name=name, SubnetIds=[ref(subnet)], SecurityGroupIds=[ref("Group")]
    )
    return {**network(), "Group": group("link"), "Link": link}


def test_a_link_has_an_id(aws: LocalAws) -> None:
    made = create(aws, linked(), outputs={"Id": ref("Link")})

    assert len(made.outputs["Id"]) == 10


def test_a_name_changes_in_place_and_another_subnet_replaces(aws: LocalAws) -> None:
    made = create(aws, linked())
    renamed = update(aws, linked("other"))
    moved = update(aws, linked("other", "SubnetB"))

    assert renamed.ids["Link"] == made.ids["Link"] != moved.ids["Link"]
