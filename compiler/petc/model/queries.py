"""Questions about a stage that several readers ask: who holds a secret, where a function lives, which port."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from petc.model.components import Database, Function, Part, Service
from petc.model.kinds import database, table, words
from petc.model.kinds.kind import Interface
from petc.model.types import RegionTarget, Stage

RESERVED = tuple(words.BY_NAME)
"""What `uses` may name beside the parts of the spec."""


def callers(stage: Stage) -> tuple[Service | Function, ...]:
    """Return the parts that run code, and so have `uses`: services, then functions, in the order of the spec."""
    found = (item.part for item in table.every(stage) if item.kind.caller)
    return cast("tuple[Service | Function, ...]", tuple(found))


def named(stage: Stage) -> tuple[tuple[str, Part], ...]:
    """Return every part that `uses` may name, each with its kind in a word, section by section."""
    return tuple((item.kind.word, item.part) for item in table.every(stage))


def balancer_port(stage: Stage) -> int:
    """Return the port that the gateway calls at the load balancer."""
    return 443 if stage.load_balancer.tls else 80


def target_values(stage: Stage, region: RegionTarget, name: str) -> Mapping[str, str]:
    """Return a value of a target region by account, empty where an account has none.

    Of a stage with organization units only the accounts are known that the region names; the others have the
    region's own value, which stands under an empty name if there is one.
    """
    common = str(getattr(region, name))
    known = stage.targets.accounts or (*region.accounts, *(("",) if common else ()))
    return {account: str(getattr(region.of(account), name)) for account in known}


def holders(stage: Stage, name: str) -> tuple[Service, ...]:
    """Return the services that are given the managed secret of a database when a task starts."""
    return database.holders(stage, name)


def used_databases(stage: Stage, part: Service | Function) -> tuple[Database, ...]:
    """Return the databases that a service or a function uses."""
    return tuple(stage.databases[name] for name in part.uses if name in stage.databases)


def in_vpc(stage: Stage, function: Function) -> bool:
    """Return whether a function runs in the app subnets: told to, or because what it uses stands there."""
    if function.vpc != "auto":
        return function.vpc == "always"
    return any(stands_in_vpc(stage, name) for name in function.uses)


def stands_in_vpc(stage: Stage, name: str) -> bool:
    """Return whether what `uses` names has a network interface in the VPC, whatever uses it."""
    used = table.find(stage, name)
    return used is not None and used.kind.interface is Interface.ALWAYS


def has_interface(stage: Stage, item: table.Named) -> bool:
    """Return whether a part has a network interface in the VPC."""
    if isinstance(item.part, Function):
        return in_vpc(stage, item.part)
    return item.kind.interface is Interface.ALWAYS


def needs_network(stage: Stage) -> bool:
    """Return whether anything stands in the VPC: a service, a database, or a function that reaches one."""
    return any(has_interface(stage, item) for item in table.every(stage))


def function_layer(function: Function) -> str:
    """Return the layer of a function: by what triggers it."""
    if function.trigger.rotation_of:
        return "aws_native"
    if function.trigger.alarms:
        return "notification"
    return "functions"


def routed_services(stage: Stage) -> tuple[Service, ...]:
    """Return the services that stand behind the load balancer."""
    return tuple(service for service in stage.services.values() if service.route)


def routed_functions(stage: Stage) -> tuple[Function, ...]:
    """Return the functions that the gateway calls."""
    return tuple(function for function in stage.functions.values() if function.route)


def has_gateway(stage: Stage) -> bool:
    """Return whether anything has a route."""
    return bool(routed_services(stage) or routed_functions(stage))


def api_behind_site(stage: Stage) -> bool:
    """Return whether pages call the API through the site's distribution, so that the gateway sees CloudFront."""
    return bool(stage.frontend and stage.frontend.api == "same-origin" and has_gateway(stage))


def counts_viewers(stage: Stage) -> bool:
    """Return whether the web ACL has to tell the callers apart that come through the distribution."""
    return stage.gateway.waf.enabled and api_behind_site(stage)


def allowed_origin(stage: Stage) -> str:
    """Return the origin that browsers may call the API from; empty when pages and API share one.

    Without a domain of its own the site's name is CloudFront's, which is made after the API. Then every
    origin is allowed: requests carry no credentials, so a foreign page learns what its server could as well.
    """
    if not stage.frontend or stage.frontend.api != "direct":
        return ""
    return f"https://{stage.frontend.domain}" if stage.frontend.domain else "*"


def discovered(stage: Stage) -> tuple[Service, ...]:
    """Return the services with a name in Cloud Map: those that ask for it and those that others call."""
    called = {name for part in callers(stage) for name in part.uses if name in stage.services}
    return tuple(
        service
        for service in stage.services.values()
        if service.name in called or "discovery" in service.uses
    )


def has_topic(stage: Stage) -> bool:
    """Return whether the stage has a topic: there is something to watch, or someone to tell."""
    return is_watched(stage) or bool(stage.notifications.email)


def is_watched(stage: Stage) -> bool:
    """Return whether the stage has something to watch: a part that runs code, or stands in the network."""
    kinds = (item.kind for item in table.every(stage))
    return any(kind.caller or kind.interface is not Interface.NEVER for kind in kinds)


def functions_of(stage: Stage, layer: str) -> tuple[Function, ...]:
    """Return the functions that a layer holds."""
    return tuple(function for function in stage.functions.values() if function_layer(function) == layer)
