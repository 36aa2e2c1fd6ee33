"""What a layer is, and the draft that its module fills.

A layer module has `emit(stage) -> LayerTemplate` and stands in `petc.layers.table`. The draft adds what every
resource has (tags, the pointer to its line of the spec, deletion policies) so that no layer can forget it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from troposphere import (
    AWSHelperFn,
    AWSObject,
    Export,
    ImportValue,
    Output,
    Parameter,
    Split,
    Tags,
    Template,
    cloudformation,
)

from petc import naming
from petc.layers import contracts
from petc.layers.contracts import Value
from petc.model.types import RegionTarget, Stage
from petc.source.tree import Json

Resource = TypeVar("Resource", bound=AWSObject)

CONTEXT = "com.aws.cloudformation.Context"
"""Metadata key for the meaning of templates and resources; AWS CloudFormation Template Reference, "Metadata"."""


DESCRIPTION_LIMIT = 1024
"""Bytes of a template's description; AWS CloudFormation User Guide, "Template description"."""


@dataclass(frozen=True, slots=True)
class ParameterValue:
    """A template parameter and its value in each target region; empty values are the deployment's to fill in.

    `values` go by region, and by `<account>/<region>` where an account has another value than its region.
    `unlocked_by` names a service whose image must exist before a deployment may pass `full_value`.
    """

    name: str
    values: Mapping[str, str]
    unlocked_by: str = ""
    full_value: str = ""


@dataclass(frozen=True, slots=True)
class Asset:
    """A function's package: the folder that it is built from, and the digest of those inputs."""

    function: str
    source: str
    digest: str
    key: str


@dataclass(frozen=True, slots=True)
class LayerTemplate:
    """One layer as emitted: a CloudFormation template as plain values, and what the manifest needs to know."""

    layer: str
    number: int
    label: str
    template: Mapping[str, Json]
    exports: tuple[str, ...]
    imports: tuple[tuple[str, str], ...]
    """Imported export names, each with the layer that produces it."""
    parameters: tuple[ParameterValue, ...]
    assets: tuple[Asset, ...]

    @property
    def stem(self) -> str:
        """Number and label: the file's name without its suffix."""
        return naming.layer_file(self.number, self.label)

    @property
    def producers(self) -> tuple[str, ...]:
        """The layers that this one imports from."""
        return tuple(sorted({producer for _, producer in self.imports}))


@dataclass(frozen=True, slots=True)
class Layer:
    """A row of the table of layers. `emit` returns a template without resources when there is nothing to make."""

    name: str
    number: int
    title: str
    emit: Callable[[Stage], LayerTemplate]


@dataclass(slots=True)
class Draft:
    """A layer while its module fills it. `finish` freezes it."""

    stage: Stage
    layer: str
    number: int
    title: str
    _template: Template = field(default_factory=Template)
    _exports: list[str] = field(default_factory=list)
    _imports: dict[str, str] = field(default_factory=dict)
    _parameters: dict[str, ParameterValue] = field(default_factory=dict)
    _assets: list[Asset] = field(default_factory=list)

    def add(
        self,
        resource: Resource,
        at: str,
        *,
        why: str,
        after: Iterable[AWSObject | str] = (),
        accepted: Mapping[str, str] | None = None,
        reasons: Mapping[str, str] | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> Resource:
        """Add a resource that comes from the spec's line `at`, tagged as far as its type allows.

        `why` says in one sentence what the resource is for; it stands in the template for its reader.
        `tags` are tags of this resource alone, such as `Name`.
        `after` lists resources that must exist first although nothing refers to them.
        `accepted` maps a lint rule to the reason why this very resource may break it.
        `reasons` maps a policy statement's Sid to the reason for a `*` in it.
        """
        petc: dict[str, object] = {"spec": at}
        metadata: dict[str, object] = {"petc": petc, CONTEXT: {"why": why}}
        if reasons:
            petc["reasons"] = dict(sorted(reasons.items()))
        if accepted:
            petc["accepted"] = dict(sorted(accepted.items()))
            metadata["cfn-lint"] = {"config": {"ignore_checks": sorted(accepted)}}
        resource.resource["Metadata"] = metadata
        waits = sorted({item if isinstance(item, str) else str(item.title) for item in after})
        if waits:
            resource.resource["DependsOn"] = waits
        self._tag(resource, tags or {})
        _put(self._template.resources, resource)
        return resource

    def add_stateful(
        self,
        resource: Resource,
        at: str,
        *,
        why: str,
        after: Iterable[AWSObject | str] = (),
        accepted: Mapping[str, str] | None = None,
        reasons: Mapping[str, str] | None = None,
        tags: Mapping[str, str] | None = None,
        snapshot: bool = False,
    ) -> Resource:
        """Add a resource that holds data: the stage's `on_delete` decides whether it outlives its stack.

        `snapshot` says that the type can leave a snapshot behind instead of itself.
        """
        keeps = "Snapshot" if snapshot else "RetainExceptOnCreate"
        resource.resource["DeletionPolicy"] = keeps if self.stage.keep else "Delete"
        replaced = "Snapshot" if snapshot else "Retain"
        resource.resource["UpdateReplacePolicy"] = replaced if self.stage.keep else "Delete"
        return self.add(resource, at, why=why, after=after, accepted=accepted, reasons=reasons, tags=tags)

    def pass_on(self, at: str) -> None:
        """Make sure that the layer has a stack although it may only pass brought values on.

        The exports need one, and CloudFormation takes no template without a resource.
        """
        if not self._template.resources:
            handle = cloudformation.WaitConditionHandle("Brought")
            self.add(handle, at, why="makes nothing; this stack only passes on what was brought")

    def export(self, value: Value, expression: object, item: str = "", description: str = "") -> None:
        """Publish a value of `petc.layers.contracts` for other layers."""
        assert value.layer == self.layer, f"{value} is not this layer's to export"
        name = contracts.export_name(self.stage, value, item)
        self._exports.append(name)
        title = value.name + naming.pascal(item)
        output = Output(title, Value=expression, Export=Export(name))
        if description:
            output.Description = description
        _put(self._template.outputs, output)

    def output(self, name: str, expression: object, description: str) -> None:
        """Show a value to people; no layer imports it."""
        _put(self._template.outputs, Output(name, Value=expression, Description=description))

    def imported(self, value: Value, item: str = "") -> Any:
        """Return the expression for another layer's value; for a list, the list."""
        assert value.layer != self.layer, f"{value} is this layer's own"
        name = contracts.export_name(self.stage, value, item)
        self._imports[name] = value.layer
        return Split(",", ImportValue(name)) if value.is_list else ImportValue(name)

    def parameter(
        self,
        name: str,
        description: str,
        values: Callable[[RegionTarget], str] = lambda region: "",
        *,
        type: str = "String",
        default: str | None = None,
        unlocked_by: str = "",
        full_value: str = "",
        **constraints: object,
    ) -> Parameter:
        """Declare a template parameter, once; `values` gives its value in a target region."""
        if name not in self._parameters:
            regions = self.stage.targets.regions.values()
            known = {region.name: values(region) for region in regions}
            known |= {
                f"{account}/{region.name}": values(region.of(account))
                for region in regions
                for account in region.accounts
                if values(region.of(account)) != values(region)
            }
            self._parameters[name] = ParameterValue(name, known, unlocked_by, full_value)
            parameter = Parameter(name, Type=type, Description=description, **constraints)
            if default is not None:
                parameter.Default = default
            _put(self._template.parameters, parameter)
        return self._template.parameters[name]

    def condition(self, name: str, test: AWSHelperFn) -> str:
        """Declare a condition of the template, and return its name."""
        self._template.add_condition(name, test)
        return name

    def mapping(self, name: str, content: Mapping[str, Mapping[str, str]]) -> None:
        """Add a mapping for `FindInMap`."""
        self._template.add_mapping(name, {key: dict(row) for key, row in content.items()})

    def asset(self, asset: Asset) -> None:
        """Note a package that must lie in the artifact bucket before this layer is deployed."""
        self._assets.append(asset)

    @property
    def tags(self) -> dict[str, str]:
        """The tags of every resource in this layer."""
        stage = self.stage
        own = {"project": stage.name, "stage": stage.stage, "layer": contracts.label(stage, self.layer)}
        return dict(sorted({**stage.tags, **own}.items()))

    def finish(self) -> LayerTemplate:
        """Return the layer as plain values, in a form that no longer changes."""
        stage = self.stage
        about = f" - {stage.description}" if stage.description else ""
        text = f"{stage.name} {stage.stage}: {self.title}{about}".encode()[:DESCRIPTION_LIMIT]
        self._template.set_description(text.decode("utf-8", "ignore"))
        self._template.set_version("2010-09-09")
        self._template.set_metadata({CONTEXT: {"arch": self.title}})
        return LayerTemplate(
            layer=self.layer,
            number=self.number,
            label=contracts.label(stage, self.layer),
            template=cast("Mapping[str, Json]", self._template.to_dict()),
            exports=tuple(sorted(self._exports)),
            imports=tuple(sorted(self._imports.items())),
            parameters=tuple(self._parameters[name] for name in sorted(self._parameters)),
            assets=tuple(self._assets),
        )

    def _tag(self, resource: AWSObject, own: Mapping[str, str]) -> None:
        if "Tags" not in resource.props:
            return
        wanted = dict(sorted({**self.tags, **own}.items()))
        as_map = resource.props["Tags"][0] is dict
        resource.properties["Tags"] = wanted if as_map else Tags(**wanted)


def _put(section: dict[str, Any], item: Any) -> None:
    """Add a titled item to a section of the template.

    troposphere's own way stops at CloudFormation's quotas; petc goes on, so that the verification can say by how
    much a template is too large.
    """
    if item.title in section:
        raise ValueError(f"two things are called {item.title}")
    section[item.title] = item
