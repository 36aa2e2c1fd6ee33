"""The settings that a part is given: what the spec writes down, and what follows from what the part uses.

A value may hold `${name}` placeholders for what is only known at deployment; `references` says what each
stands for. `CONVENTIONS` names derived settings by framework: one row and one function for a new framework.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping

from petc.model import engines, queries
from petc.model.components import Function, Service, Setting, Use
from petc.model.injected import Injected, InjectedSecret, Known, SettingReference, upper
from petc.model.kinds import table, words
from petc.model.types import Stage

__all__ = (
    "CONVENTIONS",
    "Injected",
    "InjectedSecret",
    "Known",
    "SettingReference",
    "function_settings",
    "service_secrets",
    "service_settings",
    "shared_settings",
    "text",
    "upper",
)
"""The types of `injected` that readers of settings need are offered here too."""


def service_settings(stage: Stage, service: Service) -> tuple[Injected, ...]:
    """Return what a service is given, by variable name: its own settings win over derived, derived over shared."""
    found: dict[str, Injected] = {}
    if "configuration" in service.uses:
        found |= {item.variable: item for item in shared_settings(stage)}
    convention = CONVENTIONS[service.framework]
    found |= {item.variable: item for item in convention(stage, service)}
    found |= {item.variable: item for item in _in_every_framework(stage, service)}
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
    return tuple(
        secret
        for item, use in table.used(stage, service)
        for secret in item.kind.given_secret(service, item.part, use)
    )


def function_settings(stage: Stage, function: Function) -> tuple[Injected, ...]:
    """Return a function's environment: what it uses, and what the spec writes down."""
    found: dict[str, Injected] = {"STAGE": Injected("STAGE", stage.stage, function.at)}
    found["LOG_LEVEL"] = Injected("LOG_LEVEL", "INFO", function.at)
    if function.route and (origin := queries.allowed_origin(stage)):
        found["ALLOWED_ORIGIN"] = Injected("ALLOWED_ORIGIN", origin, function.route.at)
    for used, use in table.used(stage, function):
        found |= {item.key: item for item in used.kind.given_plain(used.part, use)}
        found |= {item.key: item for item in used.kind.given_function(used.part, use)}
    found |= {item.key: item for item in _in_every_framework(stage, function)}
    for key, value in function.environment.items():
        found[key] = Injected(key, value, f"{function.at}/environment/{key}")
    return tuple(found[key] for key in sorted(found))


def text(value: Setting) -> str:
    """Return a setting as the text that an environment variable holds."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _in_every_framework(stage: Stage, part: Service | Function) -> Iterator[Injected]:
    """Yield what is called the same in every framework, such as the names of buckets."""
    for used, use in table.used(stage, part):
        yield from used.kind.given(used.part, use)
    for use in part.uses.values():
        if word := words.BY_NAME.get(use.name):
            yield from word.given(word, use)


def _plain(stage: Stage, service: Service) -> Iterator[Injected]:
    yield Injected("PORT", service.port, f"{service.at}/port")
    if service.context_path:
        yield Injected("BASE_PATH", service.context_path, f"{service.at}/route")
    for used, use in table.used(stage, service):
        yield from used.kind.given_plain(used.part, use)


def _spring_boot(stage: Stage, service: Service) -> Iterator[Injected]:
    """Property names: Spring Boot reference, "Common application properties"."""
    yield Injected("server.port", service.port, f"{service.at}/port")
    if service.context_path:
        yield Injected("server.servlet.context-path", service.context_path, f"{service.at}/route")
    for database in queries.used_databases(stage, service):
        use = service.uses[database.name]
        url = engines.of(database).jdbc_url(database, "${host}")
        host = SettingReference(Known.WRITER_HOST, database.name)
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
        namespace = {"namespace": SettingReference(Known.NAMESPACE)}
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
