"""Which requests the load balancer forwards to which service, and what it never forwards.

Pure data: `petc.layers.application.listener_rules` turns each rule into a resource. All paths are matched by regular
expression, anchored on both sides; a rule's values are alternatives.

1. The guard refuses paths that a server may read as another path than the load balancer does: letters and
   separators in percent-encoding, dot segments, backslashes.
2. For each service and each depth of its prefixes, deeper prefixes first: refuse the private paths, then
   forward the rest. So a nested route goes before the one around it, and a service's private paths are
   refused before anything is forwarded to it.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from petc import naming
from petc.model import queries
from petc.model.components import Service
from petc.model.types import Stage

VALUES = 3
"""Values in one condition; with those of two headers the five that a rule may have.

Source: Elastic Load Balancing, "Condition types for listener rules".
"""

GUARD = (
    # Letters, digits, `-._~`, `/` and `\` never need an escape in a path (RFC 3986, section 2.3). A client
    # that escapes them asks for something that the rules below cannot see.
    r"^.*%(2[dDeEfF]|3[0-9]|4[1-9a-fA-F]|5[0-9aAcCfF]|6[1-9a-fA-F]|7[0-9aAeE]).*$",
    r"^.*/[.]{1,2}([/;].*)?$",
    r"^.*\\.*$",
)

_SEPARATOR = "(/|;[^/]*)+"
"""What a server may take for one slash: several, and path parameters between them."""
_END = "([^A-Za-z0-9_-].*)?$"
"""A private path ends at anything that cannot go on with its last word."""

DEPTHS = 8
"""Path segments that priorities tell apart; deeper prefixes count as the deepest."""
_SLOTS = 3000
_FIRST = 1000


@dataclass(frozen=True, slots=True)
class Rewrite:
    """What the target sees instead of the path; `replace` names groups of `regex` by `$1`."""

    regex: str
    replace: str


@dataclass(frozen=True, slots=True)
class ForwardingRule:
    """One rule: refuse or forward to `service`. Without a service it refuses for all."""

    title: str
    priority: int
    service: Service | None
    values: tuple[str, ...]
    forwards: bool = False
    rewrite: Rewrite | None = None


def rules(stage: Stage) -> tuple[ForwardingRule, ...]:
    """Return the rules in the order of the spec; their priorities say how they are tried.

    A priority depends on the service's key and the depth of its path alone, as far as no two fall together:
    a rule that moved to a place which another leaves in the same update would be refused by AWS.
    """
    taken: set[int] = set()
    routed = queries.routed_services(stage)
    found = [rule for service in routed for rule in _of_service(stage, service, taken)]
    if any(service.private_paths for service in routed):
        found.insert(0, ForwardingRule("GuardPaths", 1, None, GUARD))
    return tuple(found)


def _of_service(stage: Stage, service: Service, taken: set[int]) -> Iterator[ForwardingRule]:
    assert service.route
    refused = forwarded = 0
    prefixes = {path.rstrip("/") for path in service.route.paths}
    for depth in sorted({_depth(prefix) for prefix in prefixes}, reverse=True):
        # The longer first: a regular expression takes the first alternative that fits.
        level = sorted(
            (item for item in prefixes if _depth(item) == depth), key=lambda item: (-len(item), item)
        )
        private = [
            _private(stage, service, prefix, path) for prefix in level for path in service.private_paths
        ]
        for values in _chunks(private):
            refused += 1
            title = naming.logical_id(_numbered("Deny", refused), service.key)
            yield ForwardingRule(title, _priority(title, depth, False, taken), service, values)
        for chosen in _chunks(level):
            forwarded += 1
            title = naming.logical_id(_numbered("Forward", forwarded), service.key)
            yield ForwardingRule(
                title,
                _priority(title, depth, True, taken),
                service,
                tuple(f"^{_lead(stage)}{_literal(prefix)}(/.*)?$" for prefix in chosen),
                forwards=True,
                rewrite=_rewrite(stage, service, chosen),
            )


def _rewrite(stage: Stage, service: Service, prefixes: Sequence[str]) -> Rewrite | None:
    """Return how the path changes on its way to the service, if it does.

    The expression sees the query too. It takes the rule's condition for granted, and each group that
    `replace` names takes part in every match.
    """
    assert service.route
    lead = _lead(stage)
    rest = "$3" if lead else "$2"
    served = service.context_path
    if not any(prefixes):
        whole = "$2" if lead else "$1"
        return Rewrite(f"^{lead}(/.*)$", f"{served}{whole}") if lead or served else None
    start = f"^{lead}({'|'.join(_literal(prefix) for prefix in prefixes)})"
    if service.route.prefix == "strip":
        return Rewrite(f"{start}/?(.*)$", f"/{rest}")
    if served and (lead or tuple(prefixes) != (served,)):
        return Rewrite(f"{start}(.*)$", f"{served}{rest}")
    return Rewrite(f"{start}(.*)$", f"$2{rest}") if lead else None


def _private(stage: Stage, service: Service, prefix: str, path: str) -> str:
    """Return the expression for a private path below a prefix.

    It also matches deeper, for a rewrite or a server that folds a path may bring it up. Not so where the
    route admits certain addresses only: there an operator's page may itself proxy such paths of others.
    """
    assert service.route
    if service.route.prefix == "keep":
        path = path.removeprefix(prefix)
    words = [_literal(word) for word in path.split("/") if word]
    start = f"^{_lead(stage)}{_literal(prefix)}"
    if not words:
        return f"{start}(/.*)?$"
    between = _SEPARATOR if service.route.admit else "/(.*/)?"
    return f"{start}{between}{_SEPARATOR.join(words)}{_END}"


def _lead(stage: Stage) -> str:
    """Return what may stand before a path: through a VPC link the gateway's stage name.

    AWS documents the stage name as part of the path that a private integration sends, and for older links
    the contrary; both forms are taken, and the stage name is removed.
    """
    return f"(/{_literal(stage.gateway.stage_name)})?" if stage.load_balancer.internal else ""


def _literal(text: str) -> str:
    """Return a pattern for the text itself; of what paths may hold only the dot has a meaning."""
    return text.replace(".", "[.]")


def _depth(prefix: str) -> int:
    return min(prefix.count("/"), DEPTHS - 1)


def _priority(title: str, depth: int, forwards: bool, taken: set[int]) -> int:
    """Return a free priority between 1 and 50000: by depth, then refusals, then by a digest of the title."""
    start = _FIRST + ((DEPTHS - 1 - depth) * 2 + forwards) * _SLOTS
    slot = zlib.crc32(title.encode()) % _SLOTS
    while start + slot in taken:
        slot = (slot + 1) % _SLOTS
    taken.add(start + slot)
    return start + slot


def _numbered(role: str, number: int) -> str:
    return role if number == 1 else f"{role}{number}"


def _chunks(items: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for start in range(0, len(items), VALUES):
        yield tuple(items[start : start + VALUES])
