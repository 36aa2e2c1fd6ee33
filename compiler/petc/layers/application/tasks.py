"""Task definitions: what runs as one task of a service, with its settings, secrets and log group."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from troposphere import Ref, Sub, ecs

from petc import naming
from petc.layers import contracts, iam, injection, key_use, log_groups, parameter_names
from petc.layers.application import collector, repositories
from petc.layers.base import Draft
from petc.model import settings
from petc.model.components import Service
from petc.model.settings import Injected, InjectedSecret

ARCHITECTURES = {"x86_64": "X86_64", "arm64": "ARM64"}


FIRST_FREE_PORT = 1024
"""The first port that a process opens without the capability NET_BIND_SERVICE; Linux, capabilities(7)."""

OTHER_CAPABILITIES = (
    *("AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_RAW", "SETFCAP"),
    *("SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"),
)
"""What a container has besides NET_BIND_SERVICE unless it is dropped; Amazon ECS API Reference,
KernelCapabilities, which refers to Docker's defaults."""

SETTINGS = "petc.settings"
"""Label of the service's container: the digest of what ECS reads from Parameter Store when a task starts."""


def log_group_title(service: Service) -> str:
    """Return the logical id of a service's log group."""
    return naming.logical_id("LogGroup", service.key)


def add_log_group(draft: Draft, service: Service) -> None:
    """Add the log group of a service."""
    log_groups.add(
        draft,
        log_group_title(service),
        f"{draft.stage.root}/service/{service.key}",
        service.at,
        why=f"output of {service.name}",
        key=key_use.message_key(draft),
    )


def add_task_definition(draft: Draft, service: Service) -> ecs.TaskDefinition:
    """Add the task definition of a service; each change of it is a new revision and rolls the service."""
    containers = [_main(draft, service)]
    if service.tracing:
        containers.append(collector.container(draft, _logging(service, "collector")))
    return draft.add(
        ecs.TaskDefinition(
            naming.logical_id("TaskDefinition", service.key),
            RequiresCompatibilities=["FARGATE"],
            NetworkMode="awsvpc",
            Cpu=str(service.cpu),
            Memory=str(service.memory),
            RuntimePlatform=ecs.RuntimePlatform(
                CpuArchitecture=ARCHITECTURES[service.architecture], OperatingSystemFamily="LINUX"
            ),
            ExecutionRoleArn=iam.role_arn(draft, contracts.EXECUTION_ROLE, service.key),
            TaskRoleArn=iam.role_arn(draft, contracts.TASK_ROLE, service.key),
            ContainerDefinitions=containers,
        ),
        service.at,
        why=f"one task of {service.name}",
    )


def _main(draft: Draft, service: Service) -> ecs.ContainerDefinition:
    """Return the service's own container, which gets what the collector leaves of CPU and memory.

    Its root file system stays writable: servers such as Tomcat unpack below /tmp, and Fargate offers no
    tmpfs. It is not privileged, and an init process passes signals on and reaps.
    """
    environment, secrets = _injected(draft, service)
    return ecs.ContainerDefinition(
        Name=service.key,
        Image=repositories.image(draft, service),
        Essential=True,
        Cpu=service.cpu - (collector.CPU if service.tracing else 0),
        Memory=service.memory - (collector.MEMORY if service.tracing else 0),
        PortMappings=[ecs.PortMapping(ContainerPort=service.port, Protocol="tcp")],
        Environment=environment,
        Secrets=secrets,
        LinuxParameters=ecs.LinuxParameters(InitProcessEnabled=True, **_capabilities(service)),
        Privileged=False,
        StopTimeout=service.stop_seconds,
        LogConfiguration=_logging(service, "task"),
        **_settings_label(draft, service),
    )


def _settings_label(draft: Draft, service: Service) -> dict[str, Any]:
    """Return the label by which another value of a setting is another task definition.

    ECS reads a parameter when a container starts, and never again: Amazon ECS Developer Guide, "Pass Systems
    Manager parameters through Amazon ECS environment variables". A task definition names its parameters without
    their values, so a changed value alone would reach no running task, and would come with whatever task starts
    next. Values that only the deployment knows, such as a host name, stand beside the digest of the others.
    """
    if "configuration" not in service.uses:
        return {}
    given = settings.service_settings(draft.stage, service)
    references = {
        f"{reference.known} {reference.name}": injection.resolve(draft, reference)
        for item in given
        for reference in item.references.values()
    }
    literal = {name: value for name, value in references.items() if isinstance(value, str)}
    computed = [references[name] for name in sorted(references.keys() - literal.keys())]
    texts = sorted(
        (item.variable, parameter_names.path(service, item), settings.text(item.value)) for item in given
    )
    digest = hashlib.sha256(json.dumps([texts, sorted(literal.items())]).encode()).hexdigest()
    values = {f"Value{number}": value for number, value in enumerate(computed)}
    label = Sub(" ".join((digest, *(f"${{{name}}}" for name in values))), **values) if values else digest
    return {"DockerLabels": {SETTINGS: label}}


def _capabilities(service: Service) -> dict[str, Any]:
    """Drop the capabilities that the container runtime gives, but the one that opens ports below 1024."""
    if service.capabilities == "default":
        return {}
    dropped = ["ALL"] if service.port >= FIRST_FREE_PORT else list(OTHER_CAPABILITIES)
    return {"Capabilities": ecs.KernelCapabilities(Drop=dropped)}


def _logging(service: Service, prefix: str) -> ecs.LogConfiguration:
    return ecs.LogConfiguration(
        LogDriver="awslogs",
        Options={
            "awslogs-group": Ref(log_group_title(service)),
            "awslogs-region": Ref("AWS::Region"),
            "awslogs-stream-prefix": prefix,
            # A service must not stand still because its log cannot be delivered.
            "mode": "non-blocking",
            "max-buffer-size": "4m",
        },
    )


def _injected(draft: Draft, service: Service) -> tuple[list[ecs.Environment], list[ecs.Secret]]:
    """Return plain variables and those that ECS reads when a task starts, each sorted by name.

    A service with `configuration` reads all its settings from Parameter Store, where they can be changed.
    """
    given = settings.service_settings(draft.stage, service)
    stored = "configuration" in service.uses
    values = {} if stored else {item.variable: injection.rendered(draft, item) for item in given}
    read = {item.variable: _parameter_arn(draft, service, item) for item in given} if stored else {}
    taken = {item.variable for item in given}
    for secret in settings.service_secrets(draft.stage, service):
        # ECS refuses a variable that is given twice; what the spec writes down by that name goes first.
        if secret.variable not in taken:
            read[secret.variable] = _secret_value(draft, secret)
    return (
        [ecs.Environment(Name=name, Value=values[name]) for name in sorted(values)],
        [ecs.Secret(Name=name, ValueFrom=read[name]) for name in sorted(read)],
    )


def _parameter_arn(draft: Draft, service: Service, item: Injected) -> Any:
    path = parameter_names.path(service, item)
    return Sub(
        f"arn:${{AWS::Partition}}:ssm:${{AWS::Region}}:${{AWS::AccountId}}:parameter${{Root}}{path}",
        Root=draft.imported(contracts.PARAMETER_ROOT),
    )


def _secret_value(draft: Draft, item: InjectedSecret) -> Any:
    arn = injection.resolve(draft, item.secret)
    return Sub(f"${{Arn}}:{item.field}::", Arn=arn) if item.field else arn
