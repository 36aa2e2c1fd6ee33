"""Look-ups that answer from a table, and note what was asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from petc.deploy.preflight.types import NotAnswered, PlannedResource, PlannedTarget
from petc.deploy.targets import Target
from petc.source.tree import Json

HERE = Target("111111111111", "us-west-2")


class Answers:
    """Answers by `service:operation`; what has no entry is refused as AWS does without permission."""

    def __init__(self, **quotas: float) -> None:
        self.asked: list[tuple[str, Mapping[str, object]]] = []
        self.answers: dict[str, Any] = {}
        self.quotas = {name.replace("_", "-"): value for name, value in quotas.items()}

    def at(self, call: str, answer: Any) -> Answers:
        self.answers[call] = answer
        return self

    def in_region(self, region: str) -> Answers:
        self.asked.append(("in_region", {"region": region}))
        return self

    def call(
        self, service: str, operation: str, /, *absent: str, **parameters: object
    ) -> Mapping[str, Any] | None:
        self.asked.append((f"{service}:{operation}", parameters))
        if operation == "get_service_quota":
            code = str(parameters["QuotaCode"])
            if code in self.quotas:
                return {"Quota": {"Value": self.quotas[code]}}
        found = self.answers.get(
            f"{service}:{operation}", NotAnswered(f"{service}:{operation}: AccessDenied")
        )
        if callable(found):
            found = found(**parameters)
        if isinstance(found, Exception):
            raise found
        if isinstance(found, str):
            if found in absent:
                return None
            raise NotAnswered(f"{service}:{operation}: {found}")
        answer: Mapping[str, Any] | None = found
        return answer

    def pages(
        self, service: str, operation: str, key: str, /, *absent: str, **parameters: object
    ) -> tuple[Any, ...]:
        found = self.call(service, operation, *absent, **parameters)
        return tuple(found[key]) if found is not None else ()


def resource(type_name: str, logical_id: str = "Thing", **properties: Json) -> PlannedResource:
    return PlannedResource("layer", logical_id, type_name, properties, f"/{logical_id}")


def planned(*resources: PlannedResource, **more: Any) -> PlannedTarget:
    return PlannedTarget(HERE, resources, **more)
