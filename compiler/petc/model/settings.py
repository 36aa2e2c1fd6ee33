"""The settings that a part is given: what the spec writes down, and what follows from what the part uses.

A value may hold `${name}` placeholders for what is only known at deployment; `references` says what each
stands for. `CONVENTIONS` names derived settings by framework: one row and one function for a new framework.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from petc import naming
from petc.model import queries
from petc.model.components import Database, Function, Service, Setting, Use
from petc.model.types import Stage


class Known(StrEnum):
    """What a placeholder stands for, known only at deployment; the reference's name says of which part."""

    WRITER_HOST = "writer host"
    READER_HOST = "reader host"
    SECRET_ARN = "secret arn"
    MASTER_SECRET_ARN = "master secret arn"
    NAMESPACE = "namespace"
    BUCKET = "bucket"
    FUNCTION_NAME = "function name"
    TOPIC_ARN = "topic arn"


@dataclass(frozen=True, slots=True)
class Reference:
    """A value of another layer."""

    known: Known
    name: str = ""


@dataclass(frozen=True, slots=True)
class Injected:
    """One setting: its key in Parameter Store, its value, and the line of the spec it comes from.

    `shared` settings stand once for all services.
    """

    key: str
    value: Setting
    at: str
    references: Mapping[str, Reference] = field(default_factory=dict)
    shared: bool = False

    @property
    def variable(self) -> str:
        """Name of the environment variable."""
        return naming.environment_variable(self.key)


@dataclass(frozen=True, slots=True)
class InjectedSecret:
    """A secret's value in an environment variable; `field` names the JSON key, empty for the whole value."""

    variable: str
    secret: Reference
    field: str
    at: str


def service_settings(stage: Stage, service: Service) -> tuple[Injected, ...]:
    """Return what a service is given, by variable name: its own settings win over derived, derived over shared."""
    found: dict[str, Injected] = {}
    if "configuration" in service.uses:
        found |= {item.variable: item for item in shared_settings(stage)}
    convention = CONVENTIONS[service.framework]
    found |= {item.variable: item for item in convention(stage, service)}
    found |= {item.variable: item for item in _of_aws_things(stage, service)}
    own = (
        Injected(key, value, f"{service.at}/configuration/{key}")
        for key, value in service.configuration.items()
    )
    found |= {item.variable: item for item in own}
    return tuple(found[variable] for variable in sorted(found))


def shared_settings(stage: Stage) -> tuple[Injected, ...]:
    """Return the settings under the spec's top-level `configuration`."""
    return tuple(
        Injected(key, value, f"/configuration/{key}", shared=True)
        for key, value in stage.configuration.items()
    )


def service_secrets(stage: Stage, service: Service) -> tuple[InjectedSecret, ...]:
    """Return the secrets that ECS reads and injects when a task of the service starts."""
    found = []
    for database in queries.used_databases(stage, service):
        at = service.uses[database.name].at
        username, password = _CREDENTIAL_VARIABLES[service.framework](database)
        found += [
            InjectedSecret(username, credentials(database), "username", at),
            InjectedSecret(password, credentials(database), "password", at),
        ]
    for use in service.uses.values():
        if use.name in stage.secrets:
            variable = use.as_ or upper(use.name)
            found.append(InjectedSecret(variable, Reference(Known.SECRET_ARN, use.name), "", use.at))
    return tuple(found)


def function_settings(stage: Stage, function: Function) -> tuple[Injected, ...]:
    """Return a function's environment: what it uses, and what the spec writes down."""
    found: dict[str, Injected] = {"STAGE": Injected("STAGE", stage.stage, function.at)}
    found["LOG_LEVEL"] = Injected("LOG_LEVEL", "INFO", function.at)
    if function.route and (origin := queries.allowed_origin(stage)):
        found["ALLOWED_ORIGIN"] = Injected("ALLOWED_ORIGIN", origin, function.route.at)
    for database in queries.used_databases(stage, function):
        at = function.uses[database.name].at
        prefix = upper(database.name)
        found |= {
            item.key: item for item in _database_settings(database, prefix, function.uses[database.name])
        }
        secret = Injected(f"{prefix}_SECRET_ARN", "${secret}", at, {"secret": credentials(database)})
        found[secret.key] = secret
    for use in function.uses.values():
        if use.name in stage.secrets:
            key = f"{use.as_ or upper(use.name)}_SECRET_ARN"
            found[key] = Injected(key, "${secret}", use.at, {"secret": Reference(Known.SECRET_ARN, use.name)})
        if use.name in stage.services:
            item = _service_url(stage.services[use.name], use)
            found[item.key] = item
    found |= {item.key: item for item in _of_aws_things(stage, function)}
    for key, value in function.environment.items():
        found[key] = Injected(key, value, f"{function.at}/environment/{key}")
    return tuple(found[key] for key in sorted(found))


def credentials(database: Database) -> Reference:
    """Return the secret that holds the database's username and password."""
    if database.user == "master":
        return Reference(Known.MASTER_SECRET_ARN, database.name)
    return Reference(Known.SECRET_ARN, database.user)


def text(value: Setting) -> str:
    """Return a setting as the text that an environment variable holds."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def upper(name: str) -> str:
    """Return `orders-db` as `ORDERS_DB`."""
    return name.replace("-", "_").upper()


def _of_aws_things(stage: Stage, part: Service | Function) -> Iterator[Injected]:
    """Models, buckets, functions and the topic: the same names in every framework."""
    for use in part.uses.values():
        prefix = upper(use.name)
        if use.name in stage.models:
            yield Injected(f"{prefix}_MODEL_ID", stage.models[use.name].id, use.at)
        elif use.name in stage.buckets:
            yield Injected(f"{prefix}_BUCKET", "${b}", use.at, {"b": Reference(Known.BUCKET, use.name)})
        elif use.name in stage.functions:
            reference = Reference(Known.FUNCTION_NAME, use.name)
            yield Injected(f"{prefix}_FUNCTION", "${f}", use.at, {"f": reference})
        elif use.name == "notifications":
            yield Injected(f"{prefix}_TOPIC_ARN", "${topic}", use.at, {"topic": Reference(Known.TOPIC_ARN)})


def _database_settings(database: Database, prefix: str, use: Use) -> Iterator[Injected]:
    host = Reference(Known.WRITER_HOST, database.name)
    yield Injected(f"{prefix}_HOST", "${host}", use.at, {"host": host})
    if database.readers:
        reader = Reference(Known.READER_HOST, database.name)
        yield Injected(f"{prefix}_READER_HOST", "${host}", use.at, {"host": reader})
    yield Injected(f"{prefix}_PORT", database.port, use.at)
    yield Injected(f"{prefix}_SCHEMA", database.schema, use.at)
    if use.pool:
        yield Injected(f"{prefix}_POOL", use.pool, use.at)


def _service_url(target: Service, use: Use) -> Injected:
    value = f"http://{target.name}.${{namespace}}:{target.port}{target.context_path}"
    return Injected(f"{upper(target.name)}_URL", value, use.at, {"namespace": Reference(Known.NAMESPACE)})


def _plain(stage: Stage, service: Service) -> Iterator[Injected]:
    yield Injected("PORT", service.port, f"{service.at}/port")
    if service.context_path:
        yield Injected("BASE_PATH", service.context_path, f"{service.at}/route")
    for database in queries.used_databases(stage, service):
        yield from _database_settings(database, upper(database.name), service.uses[database.name])
    for use in service.uses.values():
        if use.name in stage.services:
            yield _service_url(stage.services[use.name], use)


def _spring_boot(stage: Stage, service: Service) -> Iterator[Injected]:
    """Property names: Spring Boot reference, "Common application properties"."""
    yield Injected("server.port", service.port, f"{service.at}/port")
    if service.context_path:
        yield Injected("server.servlet.context-path", service.context_path, f"{service.at}/route")
    for database in queries.used_databases(stage, service):
        use = service.uses[database.name]
        mode = "REQUIRED" if database.tls else "PREFERRED"
        url = f"jdbc:mysql://${{host}}:{database.port}/{database.schema}?sslMode={mode}"
        host = Reference(Known.WRITER_HOST, database.name)
        yield Injected("spring.datasource.url", url, use.at, {"host": host})
        if use.pool:
            yield Injected("spring.datasource.hikari.maximum-pool-size", use.pool, use.at)
    tracing = f"{service.at}/tracing"
    if service.tracing:
        # The collector side-car of the same task listens for Zipkin spans on the loopback interface.
        yield Injected(
            "management.tracing.export.zipkin.endpoint", "http://localhost:9411/api/v2/spans", tracing
        )
        share = stage.monitoring.sampling_percent / 100
        yield Injected("management.tracing.sampling.probability", share, "/monitoring/sampling_percent")
    else:
        yield Injected("management.tracing.export.zipkin.enabled", False, tracing)
    called = [use for use in service.uses.values() if use.name in stage.services]
    if called:
        at = called[0].at
        namespace = {"namespace": Reference(Known.NAMESPACE)}
        yield Injected("SPRING_APPLICATION_JSON", _simple_discovery(stage, called), at, namespace)


def _simple_discovery(stage: Stage, called: list[Use]) -> str:
    """Return the instances for Spring Cloud's simple discovery client, which needs no registry."""
    instances = {}
    for use in called:
        target = stage.services[use.name]
        instance: dict[str, object] = {"uri": f"http://{target.name}.${{namespace}}:{target.port}"}
        if target.framework == "spring-boot":
            management = target.context_path + (
                target.private_paths[0] if target.private_paths else "/actuator"
            )
            instance["metadata"] = {"management.context-path": management}
        instances[target.name] = [instance]
    tree = {"spring": {"cloud": {"discovery": {"client": {"simple": {"instances": instances}}}}}}
    return json.dumps(tree, separators=(",", ":"), sort_keys=True)


CONVENTIONS: Mapping[str, Callable[[Stage, Service], Iterator[Injected]]] = {
    "plain": _plain,
    "spring-boot": _spring_boot,
}

_CREDENTIAL_VARIABLES: Mapping[str, Callable[[Database], tuple[str, str]]] = {
    "plain": lambda database: (f"{upper(database.name)}_USERNAME", f"{upper(database.name)}_PASSWORD"),
    "spring-boot": lambda database: ("SPRING_DATASOURCE_USERNAME", "SPRING_DATASOURCE_PASSWORD"),
}
