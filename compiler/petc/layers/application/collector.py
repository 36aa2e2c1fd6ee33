"""The trace collector: a side-car that takes spans on the loopback interface and sends them to X-Ray."""

from __future__ import annotations

import json

from troposphere import Ref, ecs

from petc.layers.base import Draft

NAME = "trace_collector"
"""With an underscore, which no service may have in its name."""
IMAGE = "public.ecr.aws/aws-observability/aws-otel-collector:v0.43.3"
"""AWS Distro for OpenTelemetry, pinned; a target that mirrors it passes another as parameter."""
CPU = 32
MEMORY = 128
"""CPU units and MiB that the collector takes from its task."""

CONFIGURATION = {
    "receivers": {
        "zipkin": {"endpoint": "127.0.0.1:9411"},
        "otlp": {"protocols": {"http": {"endpoint": "127.0.0.1:4318"}}},
    },
    "processors": {
        # Refuses spans before the container's limit is reached, which would kill it.
        "memory_limiter": {"check_interval": "1s", "limit_mib": 96, "spike_limit_mib": 24},
        "batch": {},
    },
    "exporters": {"awsxray": {}},
    "service": {
        "pipelines": {
            "traces": {
                "receivers": ["zipkin", "otlp"],
                "processors": ["memory_limiter", "batch"],
                "exporters": ["awsxray"],
            }
        }
    },
}
"""The collector reads YAML, of which JSON is a part."""


def container(draft: Draft, logging: ecs.LogConfiguration) -> ecs.ContainerDefinition:
    """Return the side-car's container; a task outlives it, for traces are not worth an outage."""
    chosen = draft.parameter(
        "CollectorImage", "Image of the trace collector", lambda region: IMAGE, default=IMAGE
    )
    return ecs.ContainerDefinition(
        Name=NAME,
        Image=Ref(chosen),
        Essential=False,
        Cpu=CPU,
        Memory=MEMORY,
        Environment=[
            ecs.Environment(Name="AOT_CONFIG_CONTENT", Value=json.dumps(CONFIGURATION, sort_keys=True)),
        ],
        LogConfiguration=logging,
    )
