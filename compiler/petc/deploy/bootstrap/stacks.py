"""Which stacks `petc bootstrap` makes for a stage, and where. Pure.

| Stack | Account | Region |
| --- | --- | --- |
| `petc-bootstrap-administrator` | administrator | home |
| `petc-bootstrap-bucket` | administrator | each of the stage, and home |
| `petc-bootstrap-target` | each target | home |
| `petc-bootstrap-<spec>-<stage>` | each target | home |
| `petc-bootstrap-<spec>-<stage>-P2`, ... | each target, when one template is too small | home |
| `petc-bootstrap-gateway` | each target | each of the stage |
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count, takewhile
from types import MappingProxyType

from petc import naming
from petc.artifacts import Artifacts
from petc.deploy.aws.layer_names import require_ours
from petc.deploy.bootstrap import (
    administrator_template,
    bucket_template,
    consumers,
    execution_policies,
    target_templates,
    workload_boundary,
)
from petc.deploy.bootstrap.consumers import Served, ServedStage
from petc.deploy.bootstrap.tag_conditions import Tags
from petc.deploy.desired import artifact_bucket, home_region
from petc.deploy.targets import Target
from petc.model.types import Stage
from petc.output.reader import read
from petc.output.render import render
from petc.source.tree import Json
from petc.verify.rendered import View, mapping, resources

PREFIX = "petc-bootstrap"

ADMINISTRATOR = f"{PREFIX}-administrator"
BUCKET = f"{PREFIX}-bucket"
TARGET = f"{PREFIX}-target"
GATEWAY = f"{PREFIX}-gateway"

FORMER_PACKAGES = ("*/*/*.zip",)
"""Keys of function packages that older versions of petc wrote, which a rollback may read again."""

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
    view: View = field(init=False)
    execution: tuple[Mapping[str, Json], ...] = field(init=False)
    """The policies of the execution role; none where AWS keeps a role of its own."""

    def __post_init__(self) -> None:
        """Read the templates and pack the policies once: all that is asked of them below comes from there."""
        object.__setattr__(self, "view", self.made.view)
        of_aws = way(self.stage) == consumers.SERVICE_MANAGED
        object.__setattr__(self, "execution", () if of_aws else execution_policies.documents(_about(self)))


def names(asked: Bootstrap, *, administrator_only: bool = False) -> tuple[tuple[str, Target], ...]:
    """Return name and place of every stack, in the order in which they are made."""
    home = home_region(asked.stage)
    regions = sorted({home, *(target.region for target in asked.targets)})
    accounts = sorted({target.account for target in asked.targets})
    own = [own_name(asked, part) for part in range(1, _parts(asked) + 1)]
    found = [(ADMINISTRATOR, Target(asked.administrator, home))]
    found += [(BUCKET, Target(asked.administrator, region)) for region in _bucket_regions(asked, regions)]
    if administrator_only:
        return tuple(found)
    for account in accounts:
        found += [(name, Target(account, home)) for name in (TARGET, *own)]
    if _has_gateway(asked.view):
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
            render(_keeping_descriptions(asked, name, place, deployed.get((name, place), ""))),
            name in (ADMINISTRATOR, BUCKET),
        )
        for name, place in names(asked)
    )


def surplus(asked: Bootstrap, stands: Callable[[str, Target], bool]) -> tuple[tuple[str, Target], ...]:
    """Return name and place of further stacks that `stands` finds, though the stage's policies fit into fewer.

    They give the execution role what no layer needs any more. A stage without policies of its own has none.
    """
    if not asked.execution:
        return ()
    home = home_region(asked.stage)
    found: list[tuple[str, Target]] = []
    for account in sorted({target.account for target in asked.targets}):
        further = ((own_name(asked, part), Target(account, home)) for part in count(_parts(asked) + 1))
        found += takewhile(lambda stack: stands(*stack), further)
    return tuple(found)


def require_own(asked: Bootstrap, deployed: Mapping[tuple[str, Target], str]) -> None:
    """Raise `Rejected` (`stage-of-another-spec`) when the stage's stack was made for another spec's stage.

    `deployed` holds the templates that stand, by name and place. Those of an older petc do not say.
    """
    for (name, place), text in sorted(deployed.items()):
        if name == own_name(asked):
            noted = mapping(mapping(read(text, name)).get("Metadata"))
            tags = {key: value for key, value in noted.items() if isinstance(value, str)}
            require_ours(f"the stack {name} in {place}", tags, asked.stage.name, asked.stage.stage)


def way(stage: Stage) -> str:
    """Return how the layers reach their targets."""
    if stage.targets.engine == "stacks":
        return consumers.STACKS
    return consumers.SERVICE_MANAGED if stage.targets.organizational_units else consumers.SELF_MANAGED


def _keeping_descriptions(asked: Bootstrap, name: str, place: Target, deployed: str) -> dict[str, Json]:
    """Return the template of a stack, with the descriptions that its managed policies have where it is deployed.

    A managed policy's description is create-only (resource schema of AWS::IAM::ManagedPolicy), and CloudFormation
    cannot replace a policy whose name is given: another wording would make every later bootstrap fail.
    """
    made = _template(asked, name, place, deployed)
    before = mapping(mapping(read(deployed, name)).get("Resources")) if deployed else {}
    kept: dict[str, Json] = {
        logical_id: _described(mapping(body), mapping(before.get(logical_id)))
        for logical_id, body in mapping(made.get("Resources")).items()
    }
    return made | {"Resources": kept}


def _described(body: dict[str, Json], before: Mapping[str, Json]) -> dict[str, Json]:
    new, old = mapping(body.get("Properties")), mapping(before.get("Properties"))
    name = "ManagedPolicyName"
    if body.get("Type") != "AWS::IAM::ManagedPolicy" or old.get(name) != new.get(name):
        return body
    description = {"Description": old["Description"]} if "Description" in old else {}
    rest = {key: value for key, value in new.items() if key != "Description"}
    return body | {"Properties": rest | description}


def _template(asked: Bootstrap, name: str, place: Target, deployed: str) -> dict[str, Json]:
    if name == GATEWAY:
        return target_templates.gateway()
    if name.startswith(own_name(asked)):
        return _policies(asked, int(name.removeprefix(own_name(asked)).removeprefix("-P") or 1))
    before = consumers.read(mapping(read(deployed, name))) if deployed else Served()
    served = consumers.joined(_served(asked, before), before)
    if name == ADMINISTRATOR:
        return administrator_template.administrator(served, with_provider=asked.with_provider)
    if name == BUCKET:
        bucket = artifact_bucket(asked.stage, asked.administrator, place.region)
        return bucket_template.bucket(bucket, served)
    # An account knows for whom it was made, not who else is served.
    own = Served((asked.administrator,), ways=served.ways, boundaries=served.boundaries)
    return target_templates.target(asked.administrator, own)


def _served(asked: Bootstrap, before: Served) -> Served:
    kind = way(asked.stage)
    accounts = () if kind == consumers.SERVICE_MANAGED else {target.account for target in asked.targets}
    named = asked.stage.security.permissions_boundary
    # Before stages were told apart, the repositories of all of them were noted together.
    earlier = () if before.stages else before.repositories
    return Served(
        tuple(sorted(accounts)),
        asked.organization,
        tuple(sorted(set(asked.repositories))),
        (kind,),
        (_served_stage(asked, (*asked.repositories, *earlier)),),
        (named,) if named else (),
    )


def _served_stage(asked: Bootstrap, repositories: Iterable[str] = ()) -> ServedStage:
    stage, kind = asked.stage, way(asked.stage)
    accounts = tuple(sorted({target.account for target in asked.targets}))
    units = tuple(sorted(stage.targets.organizational_units))
    return ServedStage(
        stage.name,
        stage.stage,
        kind,
        places=() if kind == consumers.STACKS else units or accounts,
        accounts=() if kind == consumers.SERVICE_MANAGED else accounts,
        repositories=tuple(sorted(set(repositories))),
        buckets=_buckets(asked),
        has_site=stage.frontend is not None,
        in_administrator=asked.administrator in accounts,
        is_delegated=stage.targets.call_as == "delegated-admin",
    )


_FIRST, _MORE = 3, 4
"""Policies of the execution role in the first template of a stage, beside the roles, and in each further one: a
template that travels with the call has 51,200 bytes (User Guide, "CloudFormation quotas")."""


def _parts(asked: Bootstrap) -> int:
    """Return how many stacks a target account has for the stage."""
    return 1 + max(0, -(-(len(asked.execution) - _FIRST) // _MORE))


def _buckets(asked: Bootstrap) -> tuple[str, ...]:
    """Return the artifact buckets of the stage."""
    regions = {home_region(asked.stage), *(target.region for target in asked.targets)}
    return tuple(artifact_bucket(asked.stage, asked.administrator, region) for region in sorted(regions))


def _policies(asked: Bootstrap, part: int) -> dict[str, Json]:
    # `<spec>-<stage>` is what the names say, and it does not say where the spec's name ends.
    noted: dict[str, Json] = {"petc:spec": asked.stage.name, "petc:stage": asked.stage.stage}
    return _policies_of(asked, part) | {"Metadata": noted}


def _policies_of(asked: Bootstrap, part: int) -> dict[str, Json]:
    stage, about, served = asked.stage, _about(asked), _served_stage(asked)
    documents = asked.execution
    if part > 1:
        begin = _FIRST + (part - 2) * _MORE
        return target_templates.more_policies(served, documents, range(begin, begin + _MORE))
    workloads = (
        {}
        if stage.security.permissions_boundary
        else workload_boundary.document(about.view, about.name, about.root, about.organizer, about.tags)
    )
    return target_templates.policies(
        served,
        documents,
        range(_FIRST),
        workloads,
        execution_policies.reasons(about) if documents else {},
        asked.administrator,
    )


def _about(asked: Bootstrap) -> execution_policies.PolicyStage:
    stage, served = asked.stage, _served_stage(asked)
    regions = tuple(sorted({target.region for target in asked.targets}))
    return execution_policies.PolicyStage(
        view=asked.view,
        name=served.name,
        tags=Tags(stage.name, stage.stage),
        root=stage.root,
        regions=regions,
        organizer=served.organizer,
        boundary=stage.security.permissions_boundary or naming.workload_boundary(served.name),
        packages=tuple(
            f"arn:${{AWS::Partition}}:s3:::{bucket}/{key}"
            for bucket in _buckets(asked)
            for key in (naming.artifact_key(stage.name, stage.stage, "*"), *FORMER_PACKAGES)
        ),
    )


def _bucket_regions(asked: Bootstrap, regions: Iterable[str]) -> Iterable[str]:
    """Return the regions whose bucket is ours: where the spec names one, somebody else made it."""
    own = {region for region, target in asked.stage.targets.regions.items() if target.artifact_bucket}
    return [region for region in regions if region not in own]


def own_name(asked: Bootstrap, part: int = 1) -> str:
    """Return the name of a stack that a target account has for the stage; all policies may take several parts."""
    name = f"{PREFIX}-{asked.stage.name}-{asked.stage.stage}"
    return name if part == 1 else f"{name}-P{part}"


def _has_gateway(view: View) -> bool:
    return any(item.type == "AWS::ApiGateway::RestApi" for item in resources(view))
