"""Layer parameter-store: the settings of all services that use `configuration`, typed and validated.

A setting for all services stands once; a service's own setting of the same variable takes its place there.
A role may read exactly what its service is given. Only where those names would fill the role's policies does
the grant name the two folders instead: the service's own, where nothing else lies, and the shared one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from awacs import ssm as actions
from awacs.aws import Statement
from troposphere import Sub, ssm

from petc import naming
from petc.layers import contracts, iam, injection, parameter_names
from petc.layers.base import Draft, Layer, LayerTemplate
from petc.model import grants, settings
from petc.model.components import Service
from petc.model.grants import Grant
from petc.model.graph import Access
from petc.model.settings import Injected
from petc.model.types import Stage

STANDARD_BYTES = 4096
"""Size of a value in the free tier; AWS Systems Manager User Guide, "Managing parameter tiers"."""

REFERENCE_BYTES = 256
"""Room for a value that is only known at deployment, such as a host name."""

POLICY_CHARACTERS = 6000
"""What names of parameters may take of a role's inline policies; what other layers grant needs the rest.

All of them together may have 10,240 characters; AWS IAM User Guide, "IAM and AWS STS quotas".
"""

_ARN = "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter"
_ARN_CHARACTERS = 64
"""An ARN up to the parameter's name, in the longest partition and region, with its quotes and comma."""

_REASONS = {
    "ReadFolders": "naming each setting would fill the role's policies; the folders hold settings alone"
}


def emit(stage: Stage) -> LayerTemplate:
    """Emit one parameter for each setting, and each service's grant to read its own."""
    draft = Draft(stage, LAYER.name, LAYER.number, LAYER.title)
    given = {
        service.name: settings.service_settings(stage, service)
        for service in stage.services.values()
        if "configuration" in service.uses
    }
    if not given:
        return draft.finish()
    stored: dict[str, ssm.Parameter] = {}
    for name, items in given.items():
        service = stage.services[name]
        for item in items:
            path = parameter_names.path(service, item)
            if path not in stored:
                stored[path] = _add_parameter(draft, service, item, path)
    # The path is a plain string: who imports it waits for the whole layer, and never stands in its way.
    draft.export(contracts.PARAMETER_ROOT, stage.root, description="Path that all parameters lie below")

    def statements(grant: Grant) -> list[Statement]:
        service = stage.services[grant.holder.name]
        return [_readable(stage, service, given[service.name], stored)]

    iam.attach_grants(draft, grants.granted(stage, Access.READ_PARAMETERS), statements, _REASONS)
    return draft.finish()


def _add_parameter(draft: Draft, service: Service, item: Injected, path: str) -> ssm.Parameter:
    meant_for = "all services" if item.shared else service.name
    pattern = parameter_names.pattern(item)
    optional: dict[str, Any] = {"AllowedPattern": pattern} if pattern else {}
    size = len(settings.text(item.value).encode()) + REFERENCE_BYTES * len(item.references)
    return draft.add(
        ssm.Parameter(
            naming.logical_id("Parameter", parameter_names.folder(service, item), item.key),
            Name=draft.stage.root + path,
            Description=f"{item.variable} of {meant_for}",
            # A list is one value too: it becomes one environment variable.
            Type="String",
            DataType="text",
            Value=injection.rendered(draft, item),
            Tier="Standard" if size <= STANDARD_BYTES else "Intelligent-Tiering",
            **optional,
        ),
        item.at,
        why=f"setting {item.key} of {meant_for}",
    )


def _readable(
    stage: Stage, service: Service, items: tuple[Injected, ...], stored: Mapping[str, ssm.Parameter]
) -> Statement:
    paths = [parameter_names.path(service, item) for item in items]
    if sum(_ARN_CHARACTERS + len(stage.root + path) for path in paths) <= POLICY_CHARACTERS:
        exact = [Sub(f"{_ARN}${{{stored[path].title}}}") for path in paths]
        return iam.allow("ReadParameters", [actions.GetParameters], exact)
    folders = sorted({parameter_names.folder(service, item) for item in items})
    below = [Sub(f"{_ARN}{stage.root}/{folder}/*") for folder in folders]
    return iam.allow("ReadFolders", [actions.GetParameters], below)


LAYER = Layer(
    "parameter_store", 4, "settings of the services, typed, validated, each readable by its service", emit
)
