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
from petc.model.flows import flows
from petc.model.gateway_endpoints import BY_SERVICE
from petc.model.graph import BALANCER, INTERNET
from petc.model.kinds import table
from petc.model.kinds.kind import GROUP
from petc.model.rules.rule import Case, Found, Rule
from petc.model.settings import service_settings
from petc.model.types import Stage

BALANCER_KEY = "load-balancer"
FIXED = (BALANCER_KEY, "link", "endpoints", *BY_SERVICE)
"""What has a security group or rules of its own, beside the parts that the spec names."""


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
    for item in table.every(stage):
        kind, part = item.kind, item.part
        grouped = queries.has_interface(stage, item)
        for made_of in kind.ids:
            if made_of != GROUP or grouped:
                id = naming.logical_id(made_of.role, part.key)
                yield Made(made_of.layer, id, part.key, part.key, part.at)
    for item in table.every(stage):
        for layer, id in item.kind.more_ids(item.part):
            yield Made(layer, id, item.part.key, item.part.key, item.part.at)
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
    own = [Made("security", naming.logical_id(GROUP.role, name), name, name, "") for name in FIXED]
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
