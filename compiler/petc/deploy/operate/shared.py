"""What the roles and buckets of `petc bootstrap` serve, beyond one stage: whoever needs them stays served.

Several stages share an account's roles and buckets. Each template notes in its metadata for whom it was made,
so that the bootstrap of one stage adds to what another one needed and takes nothing away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from petc.source.tree import Json
from petc.verify.rendered import mapping, sequence

KEY = "petc"
"""The key of a template's metadata under which it stands."""

SELF_MANAGED = "self-managed"
"""Stack sets with our own administration and execution roles."""

SERVICE_MANAGED = "service-managed"
"""Stack sets in an organization, whose roles AWS makes."""

STACKS = "stacks"
"""Plain stacks, for which CloudFormation takes the execution role itself."""


@dataclass(frozen=True, slots=True)
class Served:
    """The target accounts, and who else may act.

    `organization` is the id of the organization (`o-…`) when targets are organizational units.
    `repositories` are those on GitHub (`OWNER/REPO`) whose workflows may plan and deploy.
    `ways` holds how stages are deployed: `SELF_MANAGED`, `SERVICE_MANAGED`, `STACKS`.
    """

    accounts: tuple[str, ...] = ()
    organization: str = ""
    repositories: tuple[str, ...] = ()
    ways: tuple[str, ...] = ()


def joined(first: Served, second: Served) -> Served:
    """Return what serves both; the organization of the first counts, for an account has only one."""
    return Served(
        tuple(sorted({*first.accounts, *second.accounts})),
        first.organization or second.organization,
        tuple(sorted({*first.repositories, *second.repositories})),
        tuple(sorted({*first.ways, *second.ways})),
    )


def noted(served: Served) -> dict[str, Json]:
    """Return the metadata of a template."""
    return {
        KEY: {
            "accounts": list(served.accounts),
            "organization": served.organization,
            "repositories": list(served.repositories),
            "ways": list(served.ways),
        }
    }


def read(template: Mapping[str, Json]) -> Served:
    """Return what a deployed template was made for; nothing for a template without our metadata."""
    found = mapping(mapping(template.get("Metadata")).get(KEY))
    organization = found.get("organization")
    return Served(
        _texts(found.get("accounts")),
        organization if isinstance(organization, str) else "",
        _texts(found.get("repositories")),
        _texts(found.get("ways")),
    )


def _texts(value: Json) -> tuple[str, ...]:
    return tuple(item for item in sequence(value) if isinstance(item, str))
