"""What a stage wants deployed: its layers with template and parameter values for each target. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from petc import naming
from petc.artifacts import Artifacts
from petc.deploy.targets import Target
from petc.model.types import Operations, Stage
from petc.output.manifest import ManifestAsset, ManifestLayer, Parameter

ARTIFACT_BUCKET = "ArtifactBucket"
"""The parameter that takes the name of the bucket in the target's region which holds function packages."""


@dataclass(frozen=True, slots=True)
class WantedLayer:
    """One layer as it should stand in every target.

    `name` is that of its stack set, or of its stacks. `template` is the text, `sha256` its digest.
    `depends_on` names layers. `parameters` holds every value that is passed, by target; a parameter that
    is left to its default is not there.
    """

    layer: str
    stem: str
    name: str
    template: str
    sha256: str
    depends_on: tuple[str, ...]
    capabilities: tuple[str, ...]
    parameters: Mapping[Target, Mapping[str, str]]
    assets: tuple[ManifestAsset, ...] = ()


@dataclass(frozen=True, slots=True)
class DesiredState:
    """A stage as it should stand.

    `layers` come in deployment order. `root` is the manifest's digest of all that is deployed.
    `home` is the region of the stack sets. `buckets` names the artifact bucket of each region.
    `templates` says how they travel: `bucket` or `inline`.
    """

    spec: str
    stage: str
    root: str
    layers: tuple[WantedLayer, ...]
    targets: tuple[Target, ...]
    engine: Literal["stack-sets", "stacks"]
    templates: Literal["bucket", "inline"]
    home: str
    administrator: str
    organizational_units: tuple[str, ...]
    call_as: Literal["self", "delegated-admin"]
    operations: Operations
    tags: Mapping[str, str]
    buckets: Mapping[str, str]
    protected: bool

    @property
    def prefix(self) -> str:
        """What the names of all stack sets, or stacks, of the stage begin with."""
        return naming.stack_set_name(self.spec, self.stage, "")


def home_region(stage: Stage) -> str:
    """Return the region that holds the stack sets."""
    return stage.targets.home or next(iter(stage.targets.regions))


def expected_account(stage: Stage) -> str:
    """Return the account whose credentials a deployment needs, or nothing when any will do."""
    targets = stage.targets
    if targets.administrator:
        return targets.administrator
    return targets.accounts[0] if len(targets.accounts) == 1 else ""


def artifact_bucket(stage: Stage, administrator: str, region: str) -> str:
    """Return the artifact bucket of a region: the one that the spec names, or the one of `petc bootstrap`."""
    named = stage.targets.regions[region].artifact_bucket if region in stage.targets.regions else ""
    return named or bootstrap_bucket(administrator, region)


def bootstrap_bucket(administrator: str, region: str) -> str:
    """Return the name of the artifact bucket that `petc bootstrap` makes in a region.

    Bucket names are unique in all of AWS, so account and region are part of it, and at most 63 characters
    long; S3 User Guide, "Bucket naming rules".
    """
    return f"petc-artifacts-{administrator}-{region}"


def wanted(
    stage: Stage,
    made: Artifacts,
    administrator: str,
    targets: tuple[Target, ...],
    unlocked: Mapping[Target, Collection[str]] = MappingProxyType({}),
) -> DesiredState:
    """Return what should stand.

    `administrator` is the account of the credentials. `targets` are all accounts (of organization units,
    those that are in them now) in all regions. `unlocked` names for each target the services whose image
    exists there, or whose tasks run already: only they get more than no task.
    """
    regions = sorted({*(target.region for target in targets), home_region(stage)})
    buckets = {region: artifact_bucket(stage, administrator, region) for region in regions}
    return DesiredState(
        spec=made.manifest.spec,
        stage=made.manifest.stage,
        root=made.manifest.root,
        layers=tuple(_layer(layer, made, targets, unlocked, buckets) for layer in made.manifest.layers),
        targets=targets,
        engine=stage.targets.engine,
        templates=stage.targets.templates,
        home=home_region(stage),
        administrator=administrator,
        organizational_units=stage.targets.organizational_units,
        call_as=stage.targets.call_as,
        operations=stage.targets.operations,
        tags=MappingProxyType(dict(stage.tags)),
        buckets=MappingProxyType(buckets),
        protected=stage.protected,
    )


def _layer(
    layer: ManifestLayer,
    made: Artifacts,
    targets: tuple[Target, ...],
    unlocked: Mapping[Target, Collection[str]],
    buckets: Mapping[str, str],
) -> WantedLayer:
    stem = layer.file.removesuffix(".yaml")
    return WantedLayer(
        layer=layer.name,
        stem=stem,
        name=naming.stack_set_name(made.manifest.spec, made.manifest.stage, stem),
        template=made.files[layer.file].decode(),
        sha256=layer.sha256,
        depends_on=layer.depends_on,
        capabilities=layer.capabilities,
        parameters=MappingProxyType(
            {
                target: MappingProxyType(
                    {
                        parameter.name: value
                        for parameter in layer.parameters
                        if (value := _value(parameter, target, unlocked.get(target, ()), buckets))
                    }
                )
                for target in targets
            }
        ),
        assets=layer.assets,
    )


def _value(
    parameter: Parameter, target: Target, unlocked: Collection[str], buckets: Mapping[str, str]
) -> str:
    """Return the value of a parameter in a target, the most specific one; nothing leaves it to its default."""
    if parameter.unlocked_by:
        return parameter.full_value if parameter.unlocked_by in unlocked else ""
    values = dict(parameter.values)
    for key in (str(target), f"*/{target.region}", ""):
        if key in values:
            return values[key]
    return buckets[target.region] if parameter.name == ARTIFACT_BUCKET else ""
