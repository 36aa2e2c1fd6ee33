"""What the rules about tasks take for granted stands elsewhere too, and says the same."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

from jsonschema import Draft7Validator

from petc.layers.application import collector
from petc.model.rules import compute


def test_the_collector_s_ports_are_known() -> None:
    """Every port that the collector's configuration opens is a port that no service may take."""
    receivers = json.dumps(collector.CONFIGURATION["receivers"])
    opened = {int(word.rpartition(":")[2]) for word in receivers.split('"') if word.startswith("127.0.0.1:")}

    assert opened
    assert opened <= set(compute.COLLECTOR_PORTS)


def test_the_traced_memory_leaves_room_for_the_service() -> None:
    assert compute.TRACED_MEMORY - collector.MEMORY >= 512


def test_sizes_agree_with_those_of_cfn_lint() -> None:
    """Another reading of the same table of AWS's, for every size on either side of it."""
    folder = resources.files("cfnlint.data.schemas.extensions.aws_ecs_taskdefinition")
    schema: dict[str, Any] = json.loads(folder.joinpath("fargate_cpu_memory.json").read_text("utf-8"))
    choices = schema["then"]["anyOf"]
    # The patterns for sizes in words (`1 vCPU`) are in a dialect that Python does not read.
    numbers = [{key: value["then"] for key, value in choice["properties"].items()} for choice in choices]
    validators = [{key: Draft7Validator(part) for key, part in choice.items()} for choice in numbers]

    for cpu, fitting in compute.SIZES.items():
        for memory in range(512, 122880 + 1024, 512):
            fits = (item["Cpu"].is_valid(str(cpu)) and item["Memory"].is_valid(memory) for item in validators)
            assert any(fits) == (memory in fitting), (cpu, memory)
