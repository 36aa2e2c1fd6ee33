"""Layer cloud-map: the private DNS namespace, and a name in it for every service that others look up.

Replaces a registry of its own: ECS registers each task, and the name resolves to the healthy ones.
"""

from __future__ import annotations

from troposphere import GetAtt, Ref, servicediscovery

from petc import naming
from petc.layers import contracts
from petc.layers.base import Draft, Layer, LayerTemplate
from petc.model import queries
from petc.model.types import Stage

RECORD_SECONDS = 15
"""Time to live of a record: how long a caller may go on with the address of a task that has gone."""


def emit(stage: Stage) -> LayerTemplate:
    """Emit one namespace for the stage and one discovery service for each service with a name."""
    draft = Draft(stage, LAYER.name, LAYER.number, LAYER.title)
    services = queries.discovered(stage)
    if not services:
        return draft.finish()
    namespace = draft.add(
        servicediscovery.PrivateDnsNamespace(
            "Namespace",
            Name=f"{stage.stage}.{stage.name}.local",
            Description=f"Services of {stage.name} {stage.stage}",
            Vpc=draft.imported(contracts.VPC_ID),
        ),
        "/services",
        why="private DNS zone in which services find each other",
    )
    draft.export(contracts.NAMESPACE_NAME, f"{stage.stage}.{stage.name}.local")
    for service in services:
        record = draft.add(
            servicediscovery.Service(
                naming.logical_id("Discovery", service.key),
                Name=service.name,
                Description=service.description or f"Tasks of {service.name}",
                NamespaceId=Ref(namespace),
                DnsConfig=servicediscovery.DnsConfig(
                    RoutingPolicy="MULTIVALUE",
                    DnsRecords=[_record()],
                ),
                # ECS reports each task's health here; Route 53 then leaves the unhealthy out.
                HealthCheckCustomConfig=servicediscovery.HealthCheckCustomConfig(FailureThreshold=1),
            ),
            service.at,
            why=f"name under which {service.name} is found",
        )
        draft.export(contracts.DISCOVERY_SERVICE_ARN, GetAtt(record, "Arn"), service.key)
    return draft.finish()


def _record() -> servicediscovery.DnsRecord:
    record = servicediscovery.DnsRecord(Type="A")
    # troposphere wants text here; the resource schema wants a number.
    record.properties["TTL"] = RECORD_SECONDS
    return record


LAYER = Layer("cloud_map", 5, "private DNS namespace with a name for each service that others call", emit)
