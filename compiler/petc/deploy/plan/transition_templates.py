"""Templates of the steps between: pure functions of the old template and the new one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TypeAlias

from petc.deploy.plan.references import Reference, inside
from petc.deploy.plan.templates import Template, template
from petc.deploy.targets import Target
from petc.naming import pascal
from petc.output.render import render
from petc.resources import logical_ids
from petc.source.tree import Json
from petc.verify.rendered import function, mapping

MOST_RESOURCES = 500
"""Resources in a template; AWS CloudFormation User Guide, "Understand CloudFormation quotas"."""

MOST_ATTRIBUTES = 200
"""Attributes of a mapping, here accounts; AWS CloudFormation User Guide, "Understand CloudFormation quotas"."""

Values: TypeAlias = Mapping[str, Mapping[Target, str]]
"""The value of each export in each target."""


def pinned(old: Template, present: Values, shed: Collection[str] = ()) -> Template:
    """Return the old template with values in place of imports, and without the exports of `shed`.

    A value that is the same everywhere is written out, others are looked up by region and account: a
    parameter would not do, because an instance can override one only after it was updated with the value
    of another instance (API reference, UpdateStackInstances).

    A deployment of a REST API holds the values that its methods had when it was created. It gets an id of its own
    here, so that the template that follows creates another one, even where that ends in the same id.
    """
    tables: dict[str, Json] = {}
    taken = set(old.section("Mappings"))
    instead: dict[str, Json] = {}
    for export in sorted(present):
        values = present[export]
        if len(set(values.values())) == 1:
            instead[export] = next(iter(values.values()))
        else:
            name = _free(f"Pinned{pascal(export)}", taken)
            taken.add(name)
            tables[name] = _table(values)
            instead[export] = {"Fn::FindInMap": [name, {"Ref": "AWS::Region"}, {"Ref": "AWS::AccountId"}]}
    body = _other_snapshots(mapping(_replaced(dict(old.body), instead)))
    if tables:
        body["Mappings"] = {**mapping(body.get("Mappings")), **tables}
    dropped = {old.exports[name] for name in shed if name in old.exports}
    if dropped:
        outputs = {key: held for key, held in mapping(body.get("Outputs")).items() if key not in dropped}
        body = {key: held for key, held in body.items() if key != "Outputs"}
        if outputs:
            body["Outputs"] = outputs
    return template(render(body))


def together(new: Template, old: Template, exports: Collection[str]) -> Template:
    """Return the new template with everything of the old one that it lacks, and the old exports named.

    It is an update whose cleanup is put off: nothing of the old template goes yet. Where both define a
    name, the new definition counts. A template that would hold too many resources keeps only what the
    exports need.
    """
    outputs = {old.exports[name]: old.section("Outputs")[old.exports[name]] for name in sorted(exports)}
    resources = {**old.section("Resources"), **new.section("Resources")}
    if len(resources) > MOST_RESOURCES:
        needed = _needed(old, outputs)
        kept = {name: body for name, body in old.section("Resources").items() if name in needed}
        resources = {**kept, **new.section("Resources")}
    body = dict(new.body)
    body["Resources"] = resources
    for section in ("Parameters", "Mappings", "Conditions"):
        merged = {**old.section(section), **new.section(section)}
        if merged:
            body[section] = merged
    made = new.section("Outputs")
    for key, held in outputs.items():
        made = {**made, _free(key, set(made), "Kept"): held}
    body["Outputs"] = made
    return template(render(body))


def capabilities(found: Template) -> frozenset[str]:
    """Return what must be acknowledged to deploy a template that is not a compiled one.

    CloudFormation API reference, CreateStack, Capabilities: types that may affect permissions; either of
    the two acknowledges unnamed resources, named ones need the second.
    """
    types = {str(mapping(body).get("Type")) for body in found.section("Resources").values()}
    return frozenset({"CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"}) if types & _PERMISSIONS else frozenset()


_SNAPSHOT = "AWS::ApiGateway::Deployment"
_PINNED = "Pinned"

_PERMISSIONS = frozenset(
    f"AWS::IAM::{name}"
    for name in (
        "AccessKey",
        "Group",
        "GroupPolicy",
        "InstanceProfile",
        "ManagedPolicy",
        "Policy",
        "Role",
        "RolePolicy",
        "User",
        "UserPolicy",
        "UserToGroupAddition",
    )
)


def _other_snapshots(body: dict[str, Json]) -> dict[str, Json]:
    """Return the template with another logical id for each deployment of an API; a pinned one keeps its id."""
    for name, held in mapping(body.get("Resources")).items():
        if mapping(held).get("Type") == _SNAPSHOT and not name.endswith(_PINNED):
            body = mapping(logical_ids.renamed(body, name, name + _PINNED))
            resources = mapping(body["Resources"])
            body["Resources"] = {
                (name + _PINNED if key == name else key): item for key, item in resources.items()
            }
    return body


def _table(values: Mapping[Target, str]) -> Json:
    # Regions have hyphens, which only the first key of a mapping may have.
    rows: dict[str, dict[str, Json]] = {}
    for target in sorted(values):
        rows.setdefault(target.region, {})[target.account] = values[target]
    return {region: dict(row) for region, row in rows.items()}


def _free(name: str, taken: Collection[str], suffix: str = "") -> str:
    found, number = name, 1
    while found in taken:
        number += 1
        found = f"{name}{suffix}{'' if suffix and number == 2 else number}"
    return found


def _replaced(value: Json, instead: Mapping[str, Json]) -> Json:
    """Return the value with other values in place of imports."""
    return _mapped(value, lambda name: instead.get(name))


def _mapped(value: Json, of_import: Callable[[str], Json]) -> Json:
    if isinstance(value, list):
        return [_mapped(item, of_import) for item in value]
    if not isinstance(value, dict):
        return value
    call = function(value)
    if call is not None and call[0] == "Fn::ImportValue" and isinstance(call[1], str):
        found = of_import(call[1])
        return value if found is None else found
    return {key: _mapped(item, of_import) for key, item in value.items()}


def _needed(old: Template, outputs: Mapping[str, Json]) -> set[str]:
    """Return the resources that outputs need, and those that these need."""
    resources = old.section("Resources")
    found: set[str] = set()
    queue: list[Json] = list(outputs.values())
    while queue:
        value = queue.pop()
        after = mapping(value).get("DependsOn", [])
        names = [Reference(str(item)) for item in (after if isinstance(after, list) else [after])]
        for reference in (*inside(value), *names):
            if not reference.imported and reference.name in resources and reference.name not in found:
                found.add(reference.name)
                queue.append(resources[reference.name])
    return found
