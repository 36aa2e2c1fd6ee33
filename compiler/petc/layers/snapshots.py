"""The logical id of an API's deployment, which follows everything that the deployment holds or refers to.

`AWS::ApiGateway::Deployment` is a snapshot: the stage serves the methods as they were when the deployment was
created, with the values that their references had then. CloudFormation creates another snapshot only for another
logical id. Source: AWS CloudFormation Template Reference, AWS::ApiGateway::Deployment.

So the id ends in a digest of three things: the resources that the deployment waits for, as they are after the
spec's overrides; for every resource behind their references, in whichever layer, the properties whose change
replaces it; and the values of parameters and mappings on the way. A replaced VPC link or load balancer then
brings a new deployment in the same update, and the stage leaves the old one before that is deleted.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

from petc.layers.base import LayerTemplate
from petc.resources import logical_ids
from petc.source.tree import Json

SNAPSHOT = "AWS::ApiGateway::Deployment"

REPLACED_BY: Mapping[str, tuple[str, ...]] = {
    "AWS::ApiGateway::Resource": ("ParentId", "PathPart", "RestApiId"),
    "AWS::ApiGateway::RestApi": (),
    "AWS::ApiGatewayV2::VpcLink": ("SecurityGroupIds", "SubnetIds"),
    "AWS::EC2::SecurityGroup": ("GroupDescription", "GroupName", "VpcId"),
    "AWS::EC2::Subnet": ("AvailabilityZone", "AvailabilityZoneId", "CidrBlock", "OutpostArn", "VpcId"),
    "AWS::EC2::VPC": ("CidrBlock", "InstanceTenancy", "Ipv4IpamPoolId", "Ipv4NetmaskLength"),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": ("Name", "Scheme", "Type"),
    "AWS::Lambda::Function": ("FunctionName", "PackageType"),
    "AWS::SecretsManager::Secret": ("Name",),
}
"""By type: the properties whose change gives a resource another id, ARN or name.

`createOnlyProperties` of the resource schemas, written down here so that a deployment's id does not change with
the version of the schemas that is installed; a test holds both together. Of a type that has no row every
property counts.
"""

_REFERENCE = re.compile(r"\$\{([^!}][^}]*)\}")

Template = Mapping[str, Any]


@dataclass(slots=True)
class _Walk:
    """What was found behind the references so far."""

    layers: Mapping[str, LayerTemplate]
    exports: Mapping[str, tuple[str, Json]]
    """By export name: the layer and the value."""
    found: dict[str, Json] = field(default_factory=dict)

    def follow(self, layer: str, value: Json) -> None:
        """Note everything that a value of a layer's template refers to, directly or not."""
        for kind, name in _references(value):
            if kind == "import":
                if name in self.exports and self._is_new(f"export {name}"):
                    maker, exported = self.exports[name]
                    self.found[f"export {name}"] = exported
                    self.follow(maker, exported)
            else:
                self._named(layer, name)

    def _named(self, layer: str, name: str) -> None:
        template = cast("Template", self.layers[layer].template)
        for section in ("Resources", "Parameters", "Mappings"):
            body = template.get(section, {}).get(name)
            if body is None or not self._is_new(f"{layer} {name}"):
                continue
            if section == "Resources":
                seen = _identity(body)
            elif section == "Parameters":
                seen = [body.get("Default"), self._values(layer, name)]
            else:
                seen = body
            self.found[f"{layer} {name}"] = seen
            self.follow(layer, seen)

    def _values(self, layer: str, name: str) -> Json:
        """Return a parameter's value by target region; those that only the deployment knows are empty."""
        known = (item for item in self.layers[layer].parameters if item.name == name)
        values: dict[str, Json] = {}
        for item in known:
            values.update(sorted(item.values.items()))
        return values

    def _is_new(self, key: str) -> bool:
        if key in self.found:
            return False
        self.found[key] = None
        return True


def followed(layers: tuple[LayerTemplate, ...]) -> tuple[LayerTemplate, ...]:
    """Return the layers with a digest at the end of the logical id of each snapshot in them."""
    by_name = {layer.layer: layer for layer in layers}
    exports = {
        output["Export"]["Name"]: (layer.layer, cast("Json", output["Value"]))
        for layer in layers
        for output in cast("Template", layer.template).get("Outputs", {}).values()
        if "Export" in output
    }
    return tuple(_with_digests(layer, _Walk(by_name, exports)) for layer in layers)


def _with_digests(layer: LayerTemplate, walk: _Walk) -> LayerTemplate:
    resources = cast("Mapping[str, Any]", layer.template.get("Resources", {}))
    snapshots = [name for name, body in resources.items() if body["Type"] == SNAPSHOT]
    if not snapshots:
        return layer
    # Plain values throughout: what troposphere leaves in a template is not all of JSON's own types.
    template: dict[str, Any] = json.loads(json.dumps(layer.template))
    for name in snapshots:
        new = name + _digest(layer.layer, name, template["Resources"], walk)
        template = cast("dict[str, Any]", logical_ids.renamed(template, name, new))
        template["Resources"][new] = template["Resources"].pop(name)
    return replace(layer, template=template)


def _digest(layer: str, name: str, resources: Template, walk: _Walk) -> str:
    snapshot = resources[name]
    # The API itself is held too: its policy takes effect with the next deployment.
    api = snapshot.get("Properties", {}).get("RestApiId", {}).get("Ref")
    waits = snapshot.get("DependsOn", ())
    names = {api, *([waits] if isinstance(waits, str) else waits)} & set(resources)
    held: dict[str, Json] = {
        item: [resources[item]["Type"], resources[item].get("Properties", {})] for item in sorted(names)
    }
    walk.follow(layer, held)
    content = json.dumps({"held": held, "behind": walk.found}, sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:10]


def _identity(body: Template) -> Json:
    """Return type and, of the properties, those whose change replaces the resource."""
    kind, properties = body["Type"], body.get("Properties", {})
    deciding = REPLACED_BY.get(kind, tuple(properties))
    return [kind, {name: properties[name] for name in sorted(deciding) if name in properties}]


def _references(value: Json) -> Iterator[tuple[str, str]]:
    """Yield what a value refers to: `import` with an export's name, or `local` with a name of the template."""
    if isinstance(value, list):
        for item in value:
            yield from _references(item)
        return
    if not isinstance(value, dict):
        return
    for key, argument in value.items():
        if key == "Ref" and isinstance(argument, str):
            yield "local", argument
        elif key == "Fn::ImportValue" and isinstance(argument, str):
            yield "import", argument
        elif key == "Fn::GetAtt":
            first = (
                argument if isinstance(argument, str) else argument[0] if isinstance(argument, list) else ""
            )
            yield "local", str(first).partition(".")[0]
        elif key == "Fn::FindInMap" and isinstance(argument, list) and argument:
            yield "local", str(argument[0])
            yield from _references(argument[1:])
        elif key == "Fn::Sub":
            text, variables = argument if isinstance(argument, list) else (argument, {})
            given = variables if isinstance(variables, dict) else {}
            for found in _REFERENCE.finditer(str(text)):
                if found[1] not in given:
                    yield "local", found[1].partition(".")[0]
            yield from _references(given)
        else:
            yield from _references(argument)
