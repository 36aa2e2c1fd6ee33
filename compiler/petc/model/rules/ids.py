"""The rule about logical ids: what is made of two names must not come out the same.

Logical ids drop hyphens and join words, so that different names can meet: `a-1` and `a1`, or a bucket
`policy-x` and the policy of a bucket `x`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from petc import naming
from petc.diagnostics import Code, Related, Severity
from petc.model import queries
from petc.model.components import Function
from petc.model.flows import flows
from petc.model.graph import BALANCER, INTERNET
from petc.model.rules.rule import Case, Found, Rule
from petc.model.settings import service_settings
from petc.model.types import Stage

_GROUP = "SecurityGroup"
BALANCER_KEY = "load-balancer"
FIXED = (BALANCER_KEY, "link", "endpoints", "s3")
"""What has a security group or rules of its own, beside the parts that the spec names."""

ROLES: dict[str, tuple[tuple[str, str], ...]] = {
    "service": (
        ("security", _GROUP),
        ("security", "ExecutionRole"),
        ("security", "TaskRole"),
        ("cloud_map", "Discovery"),
        ("application", "Service"),
        ("application", "TargetGroup"),
        ("application", "Repository"),
        ("application", "RepositoryUri"),
        ("application", "ImageTag"),
        ("application", "LogGroup"),
        ("application", "TaskDefinition"),
        ("application", "Tasks"),
        ("application", "DesiredCountFrom"),
        ("application", "FirstTasks"),
        ("application", "ScalableTarget"),
        ("application", "ScalingPolicy"),
    ),
    "function": (
        ("security", _GROUP),
        ("security", "FunctionRole"),
        ("security", "NetworkInterfaces"),
        ("functions", "Function"),
        ("functions", "LogGroup"),
        ("functions", "DeadLetters"),
        ("functions", "DeadLettersPolicy"),
        ("functions", "Asynchronous"),
        ("functions", "Schedule"),
        ("functions", "SchedulePermission"),
        ("functions", "Relabelled"),
        ("functions", "RelabelledPermission"),
        ("functions", "Rotation"),
        ("functions", "RotationPermission"),
        ("functions", "Subscription"),
    ),
    "database": (
        ("security", _GROUP),
        ("database", "Database"),
        ("database", "DatabaseSubnets"),
        ("database", "ClusterParameters"),
        ("database", "InstanceParameters"),
        ("aws_native", "MasterRotation"),
        ("database", "Writer"),
        ("database", "Endpoint"),
    ),
    "bucket": (("database", "Bucket"), ("database", "BucketPolicy")),
    "secret": (("security", "Secret"),),
    "model": (),
}
"""The resources and outputs named after a part of each kind: their layer, and the role that starts the id.

A function's own layer follows from its trigger; one entry stands for all, which is the stricter reading.
"""


@dataclass(frozen=True, slots=True)
class Made:
    """A logical id, the name that it is made of, the part that it belongs to, and its place in the spec."""

    layer: str
    id: str
    name: str
    part: str
    at: str


def made(stage: Stage) -> Iterator[Made]:
    """Yield the logical ids that are made of names of the spec."""
    for kind, part in queries.named(stage):
        outside = isinstance(part, Function) and not queries.in_vpc(stage, part)
        for layer, role in ROLES[kind]:
            if role == _GROUP and outside:
                continue
            yield Made(layer, naming.logical_id(role, part.key), part.key, part.key, part.at)
    for database in stage.databases.values():
        for log in database.log_exports:
            id = naming.logical_id("DatabaseLog", database.key, log)
            yield Made("database", id, database.key, database.key, database.at)
        for number in range(1, database.readers + 1):
            id = naming.logical_id("Reader", database.key) + str(number)
            yield Made("database", id, database.key, database.key, database.at)
    yield from _settings(stage)


def security_rules(stage: Stage) -> Iterator[Made]:
    """Yield the egress rules; those of ingress say the same the other way round."""
    keys = {(kind, part.name): part.key for kind, part in queries.named(stage)}
    keys[str(BALANCER.kind), ""] = BALANCER_KEY
    for flow in flows(stage):
        source, target = (
            keys.get((str(party.kind), party.name), str(party.kind)) for party in (flow.source, flow.target)
        )
        if flow.source != INTERNET:
            id, name = (
                naming.logical_id("Egress", source, "to", target, str(flow.port)),
                f"{source} to {target}",
            )
            yield Made("security", id, name, name, flow.at)


def _settings(stage: Stage) -> Iterator[Made]:
    """Yield the parameters of Parameter Store, each once: shared ones belong to no service."""
    seen = set()
    for service in stage.services.values():
        for item in service_settings(stage, service):
            folder = "shared" if item.shared else service.key
            if (folder, item.key) not in seen:
                seen.add((folder, item.key))
                id = naming.logical_id("Parameter", folder, item.key)
                yield Made("parameter_store", id, f"{folder}/{item.key}", folder, item.at)


def _collisions(case: Case) -> Iterator[Found]:
    own = [Made("security", naming.logical_id(_GROUP, name), name, name, "") for name in FIXED]
    found = tuple(_met((*own, *made(case.stage))))
    # Parts that meet make rules that meet, which would only repeat it.
    yield from found or _met(security_rules(case.stage))


def _met(items: Iterable[Made]) -> Iterator[Found]:
    first: dict[tuple[str, str], Made] = {}
    told: set[tuple[str, str]] = set()
    for item in items:
        other = first.setdefault((item.layer, item.id), item)
        # Two parts of one name are another rule's finding.
        same_name = bool(other.at) and other.name == item.name
        pair = (item.name, other.name) if item.part == other.part else (item.part, other.part)
        if other is item or same_name or pair in told:
            continue
        told.add(pair)
        yield _collision(item, other)


def _collision(item: Made, other: Made) -> Found:
    way_out = "choose another name; hyphens and dots do not count"
    if not other.at:
        message = f"`{item.name}` makes the logical id {item.id}, which is petc's own"
        return Found(item.at, message, way_out, on_key=True)
    message = f"`{item.name}` and `{other.name}` both make the logical id {item.id}"
    return Found(item.at, message, way_out, (Related(f"`{other.name}`", pointer=other.at),), on_key=True)


ID_COLLISION = Rule(
    Code(
        "id-collision",
        Severity.ERROR,
        "two names make the same logical id",
        "Logical ids consist of letters and digits, so hyphens and dots fall away. Two resources of one id "
        "cannot stand in one template. `load-balancer`, `link`, `endpoints` and `s3` are taken by what petc "
        "makes itself.",
        bad="services: {link: {route: /api/link, health: /health}}\n",
        good="services: {links: {route: /api/link, health: /health}}\n",
    ),
    _collisions,
)

RULES = (ID_COLLISION,)
