from __future__ import annotations

import pytest

from petc.resources.schemas import Json
from petc_local.types.coercion import coerced


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"DesiredCount": "2"}, {"DesiredCount": 2}),
        ({"EnableExecuteCommand": "false"}, {"EnableExecuteCommand": False}),
        ({"LoadBalancers": [{"ContainerPort": "80"}]}, {"LoadBalancers": [{"ContainerPort": 80}]}),
        ({"ServiceName": 7}, {"ServiceName": "7"}),
        ({"PlatformVersion": True}, {"PlatformVersion": "true"}),
        ({"DesiredCount": "many"}, {"DesiredCount": "many"}),
        ({"NoSuchProperty": "1"}, {"NoSuchProperty": "1"}),
    ],
)
def test_values_get_the_type_of_the_schema(given: dict[str, Json], expected: dict[str, Json]) -> None:
    assert coerced("AWS::ECS::Service", given) == expected


def test_a_type_without_schema_stays_as_it_is() -> None:
    assert coerced("Custom::Thing", {"Count": "1"}) == {"Count": "1"}
