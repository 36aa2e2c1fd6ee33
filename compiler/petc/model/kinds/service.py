"""Services: containers on ECS Fargate, reached by their name in Cloud Map."""

from __future__ import annotations

from collections.abc import Iterator

from petc.model.components import Service, Use
from petc.model.injected import Injected, Known, SettingReference, upper
from petc.model.kinds.kind import GROUP, Interface, LogicalId, PartKind, PhysicalName
from petc.model.parties import INTERNET, Access, Caller, Edge, Party, PartyKind, Role
from petc.model.types import Stage

_REPOSITORY = 256
"""Amazon ECR API reference, CreateRepository, repositoryName."""
_LOG_GROUP = 512
"""Amazon CloudWatch Logs API reference, CreateLogGroup, logGroupName."""


def foreign_image(service: Service) -> bool:
    """Whether the image comes from a registry other than ECR, so from the internet."""
    return bool(service.image.uri) and ".dkr.ecr." not in service.image.uri


def _reached(caller: Caller, service: Service, use: Use) -> Iterator[Edge]:
    target = Party(PartyKind.SERVICE, service.name)
    yield Edge(caller.party, target, Access.CONNECT, use.at, caller.because(service.name), service.port)


def _caller(service: Service) -> Caller:
    """ECS fetches secrets before a task starts; the task's own role makes all other calls."""
    me = Party(PartyKind.SERVICE, service.name)
    return Caller(me, secrets=Role.EXECUTION, calls=Role.TASK, uses=tuple(service.uses.values()))


def _own(stage: Stage, service: Service) -> Iterator[Edge]:
    me = Party(PartyKind.SERVICE, service.name)
    at = service.at
    uri = service.image.uri
    # With its implied tag an image called as a service of the spec is not taken for that service's repository.
    name = (uri if ":" in uri or "/" in uri else f"{uri}:latest") if uri else service.name
    # An image in ECR comes by ECR's API, and its layers from S3.
    pulled = () if foreign_image(service) else ("ecr", "s3")
    acts = Role.EXECUTION
    yield Edge(
        me,
        Party(PartyKind.REPOSITORY, name),
        Access.PULL_IMAGE,
        at,
        "a task starts from its image",
        role=acts,
        calls=pulled,
    )
    logs = Party(PartyKind.LOGS, service.name)
    yield Edge(me, logs, Access.WRITE_LOGS, at, "output is logged", role=acts, calls=("logs",))
    yield Edge(me, Party(PartyKind.METRICS), Access.WRITE_METRICS, at, "AWS measures it")
    if service.tracing:
        traced = f"{at}/tracing"
        traces = Party(PartyKind.TRACES)
        yield Edge(me, traces, Access.WRITE_TRACES, traced, "tracing is on", role=Role.TASK, calls=("xray",))
        yield Edge(me, INTERNET, Access.OUTBOUND, traced, "the collector's image is a public one", 443)


def _given_plain(service: Service, use: Use) -> Iterator[Injected]:
    value = f"http://{service.name}.${{namespace}}:{service.port}{service.context_path}"
    yield Injected(
        f"{upper(service.name)}_URL", value, use.at, {"namespace": SettingReference(Known.NAMESPACE)}
    )


def _names(stage: Stage, service: Service) -> Iterator[PhysicalName]:
    if not service.image.uri:
        yield PhysicalName("repository name", f"{stage.name}-{stage.stage}/{service.key}", _REPOSITORY)
    yield PhysicalName("log group", f"{stage.root}/service/{service.key}", _LOG_GROUP)


KIND = PartKind(
    "service",
    "services",
    Service,
    reached=_reached,
    own=_own,
    caller=_caller,
    given_plain=_given_plain,
    interface=Interface.ALWAYS,
    holds=("AWS::ECR::Repository", "AWS::Logs::LogGroup"),
    options=("management",),
    ids=(
        GROUP,
        LogicalId("security", "ExecutionRole"),
        LogicalId("security", "TaskRole"),
        LogicalId("cloud_map", "Discovery"),
        LogicalId("application", "Service"),
        LogicalId("application", "TargetGroup"),
        LogicalId("application", "Repository"),
        LogicalId("application", "RepositoryUri"),
        LogicalId("application", "ImageTag"),
        LogicalId("application", "LogGroup"),
        LogicalId("application", "TaskDefinition"),
        LogicalId("application", "Tasks"),
        LogicalId("application", "DesiredCountFrom"),
        LogicalId("application", "FirstTasks"),
        LogicalId("application", "ScalableTarget"),
        LogicalId("application", "ScalingPolicy"),
        LogicalId("application", "BacklogPolicy"),
    ),
    names=_names,
)
