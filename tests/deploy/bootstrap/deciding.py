"""What the roles of `petc bootstrap` may do, decided over the templates as they are printed.

The decisions are those of the local AWS's IAM: a denial wins, and what a boundary does not allow is denied.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from petc.deploy.bootstrap.stacks import Bootstrap, stacks
from petc.output.reader import read
from petc.verify.rendered import mapping
from petc_local.authorization import policies

ACCOUNT = "123456789012"
REGION = "us-west-2"
_VALUES = {
    "AWS::Partition": "aws",
    "AWS::AccountId": ACCOUNT,
    "AWS::Region": REGION,
    "AWS::URLSuffix": "amazonaws.com",
}


@dataclass
class Holder:
    """A role, or whoever has a policy: its documents, the boundary above them, and its trust policy."""

    documents: list[Any] = field(default_factory=list)
    boundary: Any = None
    trust: Any = None

    def may(self, action: str, resource: str = "*", **keys: Any) -> bool:
        """Whether an action on a resource is allowed; `keys` are condition keys, `__` for `:` and `___` for `/`."""
        who = policies.Principal(
            f"arn:aws:sts::{ACCOUNT}:assumed-role/x/session",
            ACCOUNT,
            policies.parsed(self.documents),
            None if self.boundary is None else policies.parsed([self.boundary]),
        )
        return policies.denial(who, action, resource, REGION, _spelled(keys)) is None

    @property
    def actions(self) -> set[tuple[str, str]]:
        """The pairs of action and resource that are allowed by policy."""
        return {
            (action, resource)
            for document in self.documents
            for statement in document["Statement"]
            if statement["Effect"] == "Allow"
            for action in _listed(statement["Action"])
            for resource in _listed(statement["Resource"])
        }


def _spelled(keys: Mapping[str, Any]) -> dict[str, Any]:
    return {name.replace("___", "/").replace("__", ":"): value for name, value in keys.items()}


def holders(asked: Bootstrap) -> dict[str, Holder]:
    """Return by name each role, and each policy that people attach, of the printed templates."""
    texts = {stack.name: stack.text for stack in stacks(asked) if stack.place.account == ACCOUNT}
    return of_texts(texts.items())


def of_texts(texts: Iterable[tuple[str, str]]) -> dict[str, Holder]:
    """Return the same from texts of templates with the names of their stacks."""
    found: dict[str, Holder] = {}
    attached: list[tuple[str, Any]] = []
    for name, text in texts:
        resources = mapping(mapping(read(text, name))["Resources"])
        managed = {
            key: mapping(one)["Properties"]
            for key, one in resources.items()
            if mapping(one)["Type"] == "AWS::IAM::ManagedPolicy"
        }
        for properties in map(mapping, managed.values()):
            document = filled(properties["PolicyDocument"])
            found[str(properties["ManagedPolicyName"])] = Holder([document])
            attached += [(str(role), document) for role in _listed(properties.get("Roles", []))]
        for one in map(mapping, resources.values()):
            if one["Type"] != "AWS::IAM::Role":
                continue
            properties = mapping(one["Properties"])
            holder = Holder(trust=filled(properties["AssumeRolePolicyDocument"]))
            holder.documents += [
                filled(mapping(own)["PolicyDocument"]) for own in _listed(properties.get("Policies", []))
            ]
            for reference in _listed(properties.get("ManagedPolicyArns", [])):
                key = str(mapping(reference).get("Ref", ""))
                if key in managed:
                    holder.documents.append(filled(mapping(managed[key])["PolicyDocument"]))
            boundary = mapping(properties.get("PermissionsBoundary")).get("Ref")
            if boundary:
                holder.boundary = filled(mapping(managed[str(boundary)])["PolicyDocument"])
            found[str(filled(properties["RoleName"]))] = holder
    for role, document in attached:
        found[role].documents.append(document)
    return found


def filled(value: Any) -> Any:
    """Return a value with what CloudFormation puts in for its functions."""
    if isinstance(value, dict):
        if set(value) == {"Fn::Sub"}:
            return re.sub(r"\$\{([^}]+)\}", lambda found: _VALUES[found.group(1)], value["Fn::Sub"])
        if set(value) == {"Ref"}:
            return _VALUES.get(value["Ref"], value["Ref"])
        return {key: filled(item) for key, item in value.items()}
    return [filled(item) for item in value] if isinstance(value, list) else value


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
