from __future__ import annotations

import json
import re
from typing import Any

import pytest

from petc.layers import application
from petc.layers.application import collector
from petc.model.types import Stage
from tests.layers.rendered import properties


@pytest.fixture
def side_car(prod: Stage) -> Any:
    return properties(application.emit(prod), "TaskDefinitionVetsService")["ContainerDefinitions"][1]


@pytest.fixture
def configuration(side_car: Any) -> Any:
    given = {item["Name"]: item["Value"] for item in side_car["Environment"]}
    return json.loads(given["AOT_CONFIG_CONTENT"])


def test_a_task_outlives_its_collector(side_car: Any) -> None:
    assert side_car["Essential"] is False
    assert (side_car["Cpu"], side_car["Memory"]) == (32, 256)


def test_a_collector_that_ends_comes_back(side_car: Any) -> None:
    """Without a restart policy a container that is not essential stays away."""
    assert side_car["RestartPolicy"] == {"Enabled": True, "RestartAttemptPeriod": 60}


def test_the_collector_has_no_capabilities(side_car: Any) -> None:
    assert side_car["LinuxParameters"]["Capabilities"] == {"Drop": ["ALL"]}


def test_it_refuses_spans_before_its_memory_is_full(configuration: Any) -> None:
    assert configuration["processors"]["memory_limiter"]["limit_mib"] <= collector.MEMORY * 3 // 4


def test_the_image_is_pinned_and_can_be_mirrored(side_car: Any, prod: Stage) -> None:
    chosen = {item.name: item for item in application.emit(prod).parameters}["CollectorImage"]

    assert side_car["Image"] == {"Ref": "CollectorImage"}
    assert set(chosen.values.values()) == {collector.IMAGE}
    assert re.fullmatch(r"[a-z./-]+@sha256:[0-9a-f]{64}", collector.IMAGE)


def test_it_takes_zipkin_spans_on_the_loopback_interface_and_exports_to_xray(configuration: Any) -> None:
    pipeline = configuration["service"]["pipelines"]["traces"]

    assert configuration["receivers"]["zipkin"]["endpoint"] == "127.0.0.1:9411"
    assert "zipkin" in pipeline["receivers"]
    assert pipeline["exporters"] == ["awsxray"]


def test_what_the_pipeline_names_is_configured(configuration: Any) -> None:
    for kind, names in configuration["service"]["pipelines"]["traces"].items():
        assert set(names) <= set(configuration[kind])
