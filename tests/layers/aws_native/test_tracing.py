from __future__ import annotations

import dataclasses

from petc.layers.aws_native import tracing
from petc.layers.base import Draft
from petc.model.types import Stage
from tests.layers.rendered import resources


def test_without_a_traced_gateway_each_traced_part_begins_a_trace(prod: Stage) -> None:
    stage = dataclasses.replace(prod, gateway=dataclasses.replace(prod.gateway, tracing=False))

    assert {"petclinic-prod-genai", "customers-service"} <= set(tracing.entries(stage))


def test_many_parts_share_out_over_groups(prod: Stage) -> None:
    service = prod.services["customers-service"]
    services = {f"s{n:03}": dataclasses.replace(service, name=f"s{n:03}", route=None) for n in range(100)}
    draft = Draft(dataclasses.replace(prod, services=services), "aws_native", 9, "any")
    tracing.add_tracing(draft)

    groups = resources(draft.finish(), "AWS::XRay::Group")
    scopes = [item["Properties"]["FilterExpression"] for name, item in groups.items() if "All" in name]
    assert len(scopes) > 1
    assert max(map(len, scopes)) <= tracing.EXPRESSION_LIMIT
    assert all(f'service("s{n:03}")' in " ".join(scopes) for n in range(100))


def test_names_fit_whatever_the_system_is_called(prod: Stage) -> None:
    draft = Draft(dataclasses.replace(prod, name="a" * 20, stage="integration-two"), "aws_native", 9, "any")
    tracing.add_tracing(draft)

    groups = resources(draft.finish(), "AWS::XRay::Group").values()
    names = {item["Properties"]["GroupName"] for item in groups}
    assert len(names) == 3
    assert max(map(len, names)) <= tracing.NAME_LIMIT
