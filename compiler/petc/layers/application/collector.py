"""The trace collector: a side-car that takes spans on the loopback interface and sends them to X-Ray."""

from __future__ import annotations

import json

from troposphere import Ref, ecs

from petc.layers.base import Draft

NAME = "trace_collector"
"""With an underscore, which no service may have in its name."""
VERSION = "v0.43.3"
IMAGE = (
    "public.ecr.aws/aws-observability/aws-otel-collector"
    "@sha256:8aa9ea5f67b8d318f7d6af24677e3c70f7098bc0631147cb5fa91addbe980b06"
)
"""AWS Distro for OpenTelemetry, `VERSION` for all architectures; a tag could be moved, a digest cannot.

The digest is the one that public repositories pin for this version, among them that of GOV.UK Pay. To look it up:
`docker buildx imagetools inspect public.ecr.aws/aws-observability/aws-otel-collector:v0.43.3`. A target that mirrors
the image passes another as parameter.
"""
CPU = 32
MEMORY = 256
"""CPU units and MiB that the collector takes from its task."""

RESTART_SECONDS = 60
"""How long it must have run before ECS restarts it; Amazon ECS Developer Guide, "Restart individual containers"."""

CONFIGURATION = {
    "receivers": {
        "zipkin": {"endpoint": "127.0.0.1:9411"},
        "otlp": {"protocols": {"http": {"endpoint": "127.0.0.1:4318"}}},
    },
    "processors": {
        # Refuses spans before the container's limit is reached, which would kill it.
        "memory_limiter": {"check_interval": "1s", "limit_mib": 192, "spike_limit_mib": 48},
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
    """Return the side-car's container.

    A task outlives it, for traces are not worth an outage, and ECS starts it again: a container without a restart
    policy stays away, and nothing tells.
    """
    chosen = draft.parameter(
        "CollectorImage", f"Image of the trace collector, {VERSION}", lambda region: IMAGE, default=IMAGE
    )
    return ecs.ContainerDefinition(
        Name=NAME,
        Image=Ref(chosen),
        Essential=False,
        RestartPolicy=ecs.RestartPolicy(Enabled=True, RestartAttemptPeriod=RESTART_SECONDS),
        LinuxParameters=ecs.LinuxParameters(Capabilities=ecs.KernelCapabilities(Drop=["ALL"])),
        Cpu=CPU,
        Memory=MEMORY,
        Environment=[
            ecs.Environment(Name="AOT_CONFIG_CONTENT", Value=json.dumps(CONFIGURATION, sort_keys=True)),
        ],
        LogConfiguration=logging,
    )
