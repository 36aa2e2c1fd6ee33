"""Which stacks `petc bootstrap` makes for a stage, and where. Pure.

| Stack | Account | Region |
| --- | --- | --- |
| `petc-bootstrap-administrator` | administrator | home |
| `petc-bootstrap-bucket` | administrator | each of the stage, and home |
| `petc-bootstrap-target` | each target | home |
| `petc-bootstrap-<spec>-<stage>` | each target | home |
| `petc-bootstrap-gateway` | each target | each of the stage |
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from petc.artifacts import Artifacts
from petc.deploy.aws.names import require_ours
from petc.deploy.operate import (
    administrator_template,
    bucket_template,
    deployer_policies,
    execution_policies,
    shared,
    target_templates,
)
from petc.deploy.operate.shared import Served
from petc.deploy.targets import Target
from petc.deploy.wanted import artifact_bucket, home_region
from petc.model.types import Stage
from petc.output.reader import read
from petc.output.render import render
from petc.source.tree import Json
from petc.verify.rendered import mapping, resources

PREFIX = "petc-bootstrap"

ADMINISTRATOR = f"{PREFIX}-administrator"
BUCKET = f"{PREFIX}-bucket"
TARGET = f"{PREFIX}-target"
GATEWAY = f"{PREFIX}-gateway"

LATER: Mapping[str, str] = MappingProxyType({"account": "ADMINISTRATOR", "organization": "o-ORGANIZATION"})
"""What stands in a printed template for what only AWS can tell."""


@dataclass(frozen=True, slots=True)
class BootstrapStack:
    """One stack: its name and place, its template as text, and for whom it was made."""

    name: str
    place: Target
    text: str
    of_administrator: bool


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """What a bootstrap is about.

    `administrator` is the account of the credentials. `targets` are all accounts in all regions.
    `organization` is empty without organizational units. `repositories` are GitHub's `OWNER/REPO`.
    `with_provider` says that the account has no OpenID provider of GitHub but ours.
    """

    stage: Stage
    made: Artifacts
    administrator: str
    targets: tuple[Target, ...]
    organization: str = ""
    repositories: tuple[str, ...] = ()
    with_provider: bool = True


def names(asked: Bootstrap, *, administrator_only: bool = False) -> tuple[tuple[str, Target], ...]:
    """Return name and place of every stack, in the order in which they are made."""
    home = home_region(asked.stage)
    regions = sorted({home, *(target.region for target in asked.targets)})
    accounts = sorted({target.account for target in asked.targets})
    own = _own_name(asked)
    found = [(ADMINISTRATOR, Target(asked.administrator, home))]
    found += [(BUCKET, Target(asked.administrator, region)) for region in _bucket_regions(asked, regions)]
    if administrator_only:
        return tuple(found)
    for account in accounts:
        found += [(TARGET, Target(account, home)), (own, Target(account, home))]
    if _has_gateway(asked.made):
        found += [(GATEWAY, target) for target in sorted(asked.targets)]
    return tuple(found)


def stacks(
    asked: Bootstrap, deployed: Mapping[tuple[str, Target], str] = MappingProxyType({})
) -> tuple[BootstrapStack, ...]:
    """Return the stacks; `deployed` holds the templates of those that stand, whose other users are kept."""
    return tuple(
        BootstrapStack(
            name,
            place,
            render(_template(asked, name, place, deployed.get((name, place), ""))),
            name in (ADMINISTRATOR, BUCKET),
        )
        for name, place in names(asked)
    )


def require_own(asked: Bootstrap, deployed: Mapping[tuple[str, Target], str]) -> None:
    """Raise `Rejected` (`stage-of-another-spec`) when the stage's stack was made for another spec's stage.

    `deployed` holds the templates that stand, by name and place. Those of an older petc do not say.
    """
    for (name, place), text in sorted(deployed.items()):
        if name == _own_name(asked):
            noted = mapping(mapping(read(text, name)).get("Metadata"))
            tags = {key: value for key, value in noted.items() if isinstance(value, str)}
            require_ours(f"the stack {name} in {place}", tags, asked.stage.name, asked.stage.stage)


def way(stage: Stage) -> str:
    """Return how the layers reach their targets."""
    if stage.targets.engine == "stacks":
        return shared.STACKS
    return shared.SERVICE_MANAGED if stage.targets.organizational_units else shared.SELF_MANAGED


def _template(asked: Bootstrap, name: str, place: Target, deployed: str) -> dict[str, Json]:
    if name == GATEWAY:
        return target_templates.gateway()
    if name == _own_name(asked):
        return _policies(asked)
    before = shared.read(mapping(read(deployed, name))) if deployed else Served()
    served = shared.joined(_served(asked), before)
    if name == ADMINISTRATOR:
        return administrator_template.administrator(served, with_provider=asked.with_provider)
    if name == BUCKET:
        bucket = artifact_bucket(asked.stage, asked.administrator, place.region)
        return bucket_template.bucket(bucket, served)
    # An account knows for whom it was made, not who else is served.
    return target_templates.target(asked.administrator, Served((asked.administrator,), "", (), served.ways))


def _served(asked: Bootstrap) -> Served:
    kind = way(asked.stage)
    accounts = () if kind == shared.SERVICE_MANAGED else {target.account for target in asked.targets}
    return Served(
        tuple(sorted(accounts)), asked.organization, tuple(sorted(set(asked.repositories))), (kind,)
    )


def _policies(asked: Bootstrap) -> dict[str, Json]:
    stage = asked.stage
    name = f"{stage.name}-{stage.stage}"
    regions = tuple(sorted({target.region for target in asked.targets}))
    about = execution_policies.Stage(
        view=asked.made.view,
        name=name,
        root=stage.root,
        regions=regions,
        organizer="" if way(stage) == shared.STACKS else "StackSet-",
        boundary=stage.security.permissions_boundary,
        buckets=tuple(artifact_bucket(stage, asked.administrator, region) for region in regions),
    )
    by_us = way(stage) != shared.SERVICE_MANAGED
    documents = execution_policies.documents(about) if by_us else ()
    reader = deployer_policies.for_stage(
        name, stage.root, about.organizer, about.buckets, site=stage.frontend is not None
    )
    made = target_templates.policies(
        documents, reader, name, execution_policies.reasons(about) if by_us else {}
    )
    # `<spec>-<stage>` is what the names say, and it does not say where the spec's name ends.
    return made | {"Metadata": {"petc:spec": stage.name, "petc:stage": stage.stage}}


def _bucket_regions(asked: Bootstrap, regions: Iterable[str]) -> Iterable[str]:
    """Return the regions whose bucket is ours: where the spec names one, somebody else made it."""
    own = {region for region, target in asked.stage.targets.regions.items() if target.artifact_bucket}
    return [region for region in regions if region not in own]


def _own_name(asked: Bootstrap) -> str:
    return f"{PREFIX}-{asked.stage.name}-{asked.stage.stage}"


def _has_gateway(made: Artifacts) -> bool:
    return any(item.type == "AWS::ApiGateway::RestApi" for item in resources(made.view))
