"""The rule about logical ids: what is made of two names must not come out the same.

Logical ids drop hyphens and join words, so that different names can meet: `a-1` and `a1`, or a bucket
`policy-x` and the policy of a bucket `x`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from petc import naming
from petc.diagnostics import Code, Related, Severity
from petc.model import parts
from petc.model.rules.rule import Case, Found, Rule
from petc.model.settings import service_settings
from petc.model.types import Stage

FIXED = ("load-balancer", "link", "endpoints", "s3")
"""What has a security group or rules of its own, beside the parts that the spec names."""

ROLES: dict[str, tuple[tuple[str, str], ...]] = {
    "service": (
        ("security", "SecurityGroup"),
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
        ("application", "ScalableTarget"),
        ("application", "ScalingPolicy"),
    ),
    "function": (
        ("security", "SecurityGroup"),
        ("security", "FunctionRole"),
        ("security", "NetworkInterfaces"),
        ("functions", "Function"),
        ("functions", "LogGroup"),
        ("functions", "DeadLetters"),
        ("functions", "DeadLettersPolicy"),
        ("functions", "Asynchronous"),
        ("functions", "Schedule"),
        ("functions", "SchedulePermission"),
        ("functions", "RotationPermission"),
        ("functions", "Subscription"),
    ),
    "database": (
        ("security", "SecurityGroup"),
        ("database", "Database"),
        ("database", "DatabaseSubnets"),
        ("database", "ClusterParameters"),
        ("database", "InstanceParameters"),
        ("database", "Rotation"),
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
    """A logical id, the name that it is made of, and that name's place in the spec."""

    layer: str
    id: str
    name: str
    at: str


def made(stage: Stage) -> Iterator[Made]:
    """Yield the logical ids that are made of names of the spec."""
    for kind, part in parts.named(stage):
        for layer, role in ROLES[kind]:
            yield Made(layer, naming.logical_id(role, part.key), part.key, part.at)
    for database in stage.databases.values():
        for log in database.log_exports:
            id = naming.logical_id("DatabaseLog", database.key, log)
            yield Made("database", id, database.key, database.at)
        for number in range(1, database.readers + 1):
            id = naming.logical_id("Reader", database.key) + str(number)
            yield Made("database", id, database.key, database.at)
    yield from _settings(stage)


def _settings(stage: Stage) -> Iterator[Made]:
    """Yield the parameters of Parameter Store, each once: shared ones belong to no service."""
    seen = set()
    for service in stage.services.values():
        for item in service_settings(stage, service):
            folder = "shared" if item.shared else service.key
            if (folder, item.key) not in seen:
                seen.add((folder, item.key))
                id = naming.logical_id("Parameter", folder, item.key)
                yield Made("parameter_store", id, f"{folder}/{item.key}", item.at)


def _collisions(case: Case) -> Iterator[Found]:
    own = [Made("security", naming.logical_id("SecurityGroup", name), name, "") for name in FIXED]
    first = {(item.layer, item.id): item for item in own}
    told: set[tuple[str, str]] = set()
    for item in made(case.stage):
        other = first.setdefault((item.layer, item.id), item)
        # Two parts of one name are another rule's finding.
        same_name = bool(other.at) and other.name == item.name
        if other is item or same_name or (item.name, other.name) in told:
            continue
        told.add((item.name, other.name))
        yield Found(
            item.at,
            f"`{item.name}` and `{other.name}` both make the logical id {item.id}",
            "rename one of them; hyphens and dots do not count",
            (Related(f"`{other.name}`", pointer=other.at),) if other.at else (),
            on_key=True,
        )


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
