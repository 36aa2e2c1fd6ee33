"""What the roles and buckets of `petc bootstrap` serve, beyond one stage: whoever needs them stays served.

Several stages share an account's roles and buckets. Each template notes in its metadata for whom it was made,
so that the bootstrap of one stage adds to what another one needed and takes nothing away.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

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
class ServedStage:
    """One stage, as far as the rights of those who deploy it depend on it.

    `way` is how it is deployed. `places` are the accounts and organizational units that its stack sets may reach,
    `accounts` those in which petc writes. `repositories` are those on GitHub whose workflows may deploy it.
    `buckets` are its artifact buckets. `has_site` says that files are uploaded, `in_administrator` that the
    administrator account is a target, `is_delegated` that it is a delegated administrator, whose stack sets lie in
    the management account.
    """

    spec: str
    stage: str
    way: str
    places: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    repositories: tuple[str, ...] = ()
    buckets: tuple[str, ...] = ()
    has_site: bool = False
    in_administrator: bool = False
    is_delegated: bool = False

    @property
    def name(self) -> str:
        """`<spec>-<stage>`, what the names of its stack sets and stacks begin with."""
        return f"{self.spec}-{self.stage}"

    @property
    def organizer(self) -> str:
        """What the names of its stacks begin with before that."""
        return "" if self.way == STACKS else "StackSet-"


@dataclass(frozen=True, slots=True)
class Served:
    """The target accounts, and who else may act.

    `organization` is the id of the organization (`o-…`) when targets are organizational units.
    `repositories` are those on GitHub (`OWNER/REPO`) whose workflows may plan.
    `ways` holds how stages are deployed: `SELF_MANAGED`, `SERVICE_MANAGED`, `STACKS`.
    `stages` may be deployed from the account. `boundaries` are policies that roles of the layers may carry
    besides those that `petc bootstrap` makes.
    """

    accounts: tuple[str, ...] = ()
    organization: str = ""
    repositories: tuple[str, ...] = ()
    ways: tuple[str, ...] = ()
    stages: tuple[ServedStage, ...] = ()
    boundaries: tuple[str, ...] = ()


def joined(first: Served, second: Served) -> Served:
    """Return what serves both; the organization of the first counts, for an account has only one.

    A stage that both serve is taken from the first, with the repositories of both.
    """
    stages = {stage.name: stage for stage in second.stages}
    for stage in first.stages:
        known = stages.get(stage.name)
        held = {*stage.repositories, *(known.repositories if known else ())}
        stages[stage.name] = replace(stage, repositories=tuple(sorted(held)))
    return Served(
        tuple(sorted({*first.accounts, *second.accounts})),
        first.organization or second.organization,
        tuple(sorted({*first.repositories, *second.repositories})),
        tuple(sorted({*first.ways, *second.ways})),
        tuple(stages[name] for name in sorted(stages)),
        tuple(sorted({*first.boundaries, *second.boundaries})),
    )


def noted(served: Served) -> dict[str, Json]:
    """Return the metadata of a template."""
    found: dict[str, Json] = {
        "accounts": list(served.accounts),
        "organization": served.organization,
        "repositories": list(served.repositories),
        "ways": list(served.ways),
    }
    if served.stages:
        found["stages"] = [_of_stage(stage) for stage in served.stages]
    if served.boundaries:
        found["boundaries"] = list(served.boundaries)
    return {KEY: found}


def read(template: Mapping[str, Json]) -> Served:
    """Return what a deployed template was made for; nothing for a template without our metadata."""
    found = mapping(mapping(template.get("Metadata")).get(KEY))
    organization = found.get("organization")
    return Served(
        _texts(found.get("accounts")),
        organization if isinstance(organization, str) else "",
        _texts(found.get("repositories")),
        _texts(found.get("ways")),
        tuple(filter(None, map(_stage, sequence(found.get("stages"))))),
        _texts(found.get("boundaries")),
    )


_TEXTS = ("places", "accounts", "repositories", "buckets")
_FLAGS = ("has_site", "in_administrator", "is_delegated")


def _of_stage(stage: ServedStage) -> dict[str, Json]:
    """Return a stage as metadata; what is empty is left out, because templates have a size."""
    found: dict[str, Json] = {"spec": stage.spec, "stage": stage.stage, "way": stage.way}
    for name in _TEXTS:
        values: list[Json] = [*getattr(stage, name)]
        if values:
            found[name] = values
    return found | {name: True for name in _FLAGS if getattr(stage, name)}


def _stage(value: Json) -> ServedStage | None:
    """Return a stage of the metadata, nothing when it is none."""
    found = mapping(value)
    names = [found.get(key) for key in ("spec", "stage", "way")]
    if not all(isinstance(name, str) and _NAME.fullmatch(name) for name in names):
        return None
    spec, stage, way = map(str, names)
    places, accounts, repositories, buckets = (_texts(found.get(name)) for name in _TEXTS)
    has_site, in_administrator, is_delegated = (found.get(name) is True for name in _FLAGS)
    return ServedStage(
        spec,
        stage,
        way,
        places,
        accounts,
        repositories,
        buckets,
        has_site,
        in_administrator,
        is_delegated,
    )


_NAME = re.compile(r"[a-z][a-z0-9-]*")
"""A spec's, a stage's or a way's name; metadata may have been written by somebody else."""


def _texts(value: Json) -> tuple[str, ...]:
    return tuple(item for item in sequence(value) if isinstance(item, str))
