"""A CloudFormation of a few rules, for tests: stacks with exports, and stack sets over them.

It knows what a plan must respect: an export in use can neither go nor change, an import must exist, a name is
exported once in a cell, a set's instances keep their overrides, an override needs its parameter, a set with
instances cannot be deleted. Resources get a physical id, and another one when they are replaced.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from petc.deploy.observed import CURRENT, OUTDATED, Deployed, Observed, ObservedLayer
from petc.deploy.plan.templates import template
from petc.deploy.plan.types import Operation, OperationKind, Plan, Step
from petc.deploy.targets import Target
from petc.resources.schemas import schema
from petc.source.tree import Json
from petc.verify import values
from petc.verify.rendered import function, mapping


class Broken(AssertionError):
    """CloudFormation would have refused the call."""


@dataclass
class Stack:
    """One stack."""

    text: str
    parameters: dict[str, str]
    physical: dict[str, str] = field(default_factory=dict)
    properties: dict[str, Json] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    exports: dict[str, str] = field(default_factory=dict)
    imports: frozenset[str] = frozenset()


@dataclass
class StackSet:
    """One stack set; an instance has overrides, and a stack in `World.stacks`."""

    text: str
    parameters: dict[str, str]
    tags: dict[str, str]
    overrides: dict[Target, dict[str, str]] = field(default_factory=dict)
    outdated: set[Target] = field(default_factory=set)


class World:
    """All of AWS that a plan can touch."""

    def __init__(self) -> None:
        self.sets: dict[str, StackSet] = {}
        self.stacks: dict[tuple[str, Target], Stack] = {}
        self.count = 0

    def observed(self, account: str = "111111111111") -> Observed:
        """Return what a look finds."""
        layers: dict[str, dict[Target, Deployed]] = {name: {} for name in self.sets}
        for (name, target), stack in self.stacks.items():
            held = self.sets.get(name)
            outdated = held is not None and target in held.outdated
            layers.setdefault(name, {})[target] = Deployed(
                target,
                OUTDATED if outdated else CURRENT,
                stack_id=f"{name}-{target}",
                stack_name=name,
                stack_status="UPDATE_COMPLETE",
                template=stack.text,
                parameters=dict(stack.parameters),
                outputs=dict(stack.outputs),
                overrides=dict(held.overrides[target]) if held and outdated else None,
            )
        for name, held in self.sets.items():
            for target in held.overrides.keys() - layers[name].keys():
                layers[name][target] = Deployed(target, OUTDATED if target in held.outdated else CURRENT)
        return Observed(
            account,
            {
                name: ObservedLayer(
                    name,
                    self.sets[name].text if name in self.sets else "",
                    dict(self.sets[name].parameters) if name in self.sets else {},
                    dict(self.sets[name].tags) if name in self.sets else {},
                    deployed,
                )
                for name, deployed in layers.items()
            },
        )

    def run(self, plan: Plan, chance: random.Random | None = None, most: int = 10**6) -> None:
        """Execute the steps in some order that `after` allows; `most` of them, then stop."""
        done: set[str] = set()
        left = list(plan.steps)
        while left and most:
            ready = [step for step in left if set(step.after) <= done]
            assert ready, "the steps wait for each other"
            step = chance.choice(ready) if chance else ready[0]
            self.perform(step, plan.templates)
            done.add(step.id)
            left.remove(step)
            most -= 1

    def perform(self, step: Step, templates: Mapping[str, str]) -> None:
        for operation in step.operations:
            self.call(operation, templates)

    def call(self, operation: Operation, templates: Mapping[str, str]) -> None:
        """Do one call; raises `Broken` where CloudFormation refuses."""
        text = templates[operation.template] if operation.template else ""
        passed = dict(operation.parameters)
        name, targets = operation.name, operation.targets
        if (
            operation.kind is not OperationKind.UPDATE_SET
            and targets
            and operation.kind.value.endswith("instances")
        ):
            regions = {target.region for target in targets}
            if len({target.account for target in targets}) * len(regions) != len(targets):
                raise Broken(f"{operation.id} is no product")
        if operation.kind is OperationKind.CREATE_SET:
            if name in self.sets:
                raise Broken(f"{name} exists")
            self.sets[name] = StackSet(text, passed, dict(operation.tags))
        elif operation.kind is OperationKind.DELETE_SET:
            if self.sets[name].overrides:
                raise Broken(f"{name} has instances")
            del self.sets[name]
        elif operation.kind is OperationKind.UPDATE_SET:
            held = self.sets[name]
            held.text, held.parameters, held.tags = text, passed, dict(operation.tags)
            held.outdated = set(held.overrides)
            self._instances(name, targets or tuple(held.overrides))
        elif operation.kind in (OperationKind.CREATE_INSTANCES, OperationKind.UPDATE_INSTANCES):
            held = self.sets[name]
            unknown = dict(operation.overrides).keys() - template(held.text).defaults.keys()
            if unknown:
                raise Broken(f"{name} does not declare {unknown}")
            for target in targets:
                if (operation.kind is OperationKind.CREATE_INSTANCES) == (target in held.overrides):
                    raise Broken(f"{operation.id}: {target}")
                held.overrides[target] = dict(operation.overrides)
            self._instances(name, targets)
        elif operation.kind is OperationKind.DELETE_INSTANCES:
            for target in targets:
                del self.sets[name].overrides[target]
                self.sets[name].outdated.discard(target)
                if not operation.retain:
                    self._delete(name, target)
        elif operation.kind is OperationKind.DELETE_STACK:
            for target in targets:
                self._delete(name, target)
        else:
            for target in targets:
                if (operation.kind is OperationKind.CREATE_STACK) == ((name, target) in self.stacks):
                    raise Broken(f"{operation.id}: {target}")
                self._deploy(name, target, text, passed)

    def _instances(self, name: str, targets: Iterable[Target]) -> None:
        held = self.sets[name]
        for target in targets:
            self._deploy(name, target, held.text, {**held.parameters, **held.overrides[target]})
            held.outdated.discard(target)

    def exports(self, target: Target) -> dict[str, tuple[str, str]]:
        """Return name -> (stack, value) of a cell."""
        return {
            export: (name, value)
            for (name, place), stack in self.stacks.items()
            if place == target
            for export, value in stack.exports.items()
        }

    def users(self, target: Target, export: str, but: str) -> list[str]:
        return [
            name
            for (name, place), stack in self.stacks.items()
            if place == target and name != but and export in stack.imports
        ]

    def _delete(self, name: str, target: Target) -> None:
        stack = self.stacks.pop((name, target))
        for export in stack.exports:
            if found := self.users(target, export, name):
                raise Broken(f"{export} of {name} goes while {found} use it")

    def _deploy(self, name: str, target: Target, text: str, passed: Mapping[str, str]) -> None:
        read = template(text)
        held = {key: passed.get(key, default) for key, default in read.defaults.items()}
        if missing := [key for key, value in held.items() if value is None]:
            raise Broken(f"{name} gets no {missing}")
        old = self.stacks.get((name, target))
        new = Stack(text, {key: str(value) for key, value in held.items()}, imports=read.imports)
        reading = _Reading(self, name, target, read.body, new, old)
        for logical_id in read.section("Resources"):
            reading.resource(logical_id)
        for key, body in read.section("Outputs").items():
            new.outputs[key] = str(reading.value(mapping(body).get("Value")))
        new.exports = {export: new.outputs[key] for export, key in read.exports.items()}
        known = self.exports(target)
        for export in new.exports:
            if known.get(export, (name, ""))[0] != name:
                raise Broken(f"{export} is exported by {known[export][0]} already, {name} cannot")
        for export, value in (old.exports if old else {}).items():
            if new.exports.get(export) != value and (found := self.users(target, export, name)):
                raise Broken(f"{export} of {name} changes while {found} use it")
        self.stacks[name, target] = new


class _Reading:
    """Evaluates one template in one cell."""

    def __init__(
        self, world: World, name: str, target: Target, body: Mapping[str, Json], new: Stack, old: Stack | None
    ) -> None:
        self.world, self.name, self.target, self.body, self.new, self.old = (
            world,
            name,
            target,
            body,
            new,
            old,
        )

    def resource(self, logical_id: str) -> str:
        if logical_id in self.new.physical:
            return self.new.physical[logical_id]
        body = mapping(mapping(self.body.get("Resources"))[logical_id])
        properties = self.value(body.get("Properties", {}))
        self.new.properties[logical_id] = properties
        known = self.old.physical.get(logical_id) if self.old else None
        if self.old and known:
            found = schema(str(body["Type"]))
            before, after = mapping(self.old.properties[logical_id]), mapping(properties)
            if found and any(before.get(key) != after.get(key) for key in found.create_only):
                known = None
        if not known:
            self.world.count += 1
            known = f"{logical_id}-{self.world.count}"
        self.new.physical[logical_id] = known
        return known

    def value(self, value: Json) -> Json:
        if isinstance(value, list):
            return [self.value(item) for item in value]
        if not isinstance(value, dict):
            return value
        call = function(value)
        if call is None:
            return {key: self.value(item) for key, item in value.items()}
        name, argument = call
        if name == "Ref":
            return self.referred(str(argument))
        if name == "Fn::GetAtt":
            logical_id, attribute = values.attribute_of(argument)
            return f"{self.resource(logical_id)}.{attribute}"
        if name == "Fn::ImportValue":
            exports = self.world.exports(self.target)
            if argument not in exports:
                raise Broken(f"{self.name} imports {argument}, which nobody exports")
            return exports[str(argument)][1]
        if name == "Fn::Sub":
            return re.sub(r"\$\{([^}]*)\}", lambda found: str(self.substituted(found[1])), str(argument))
        if name == "Fn::FindInMap":
            assert isinstance(argument, list)
            table, first, second = (self.value(item) for item in argument)
            return mapping(mapping(mapping(self.body.get("Mappings"))[str(table)])[str(first)])[str(second)]
        raise Broken(f"{name} is not known here")

    def substituted(self, name: str) -> Json:
        logical_id, _, attribute = name.partition(".")
        return f"{self.resource(logical_id)}.{attribute}" if attribute else self.referred(name)

    def referred(self, name: str) -> Json:
        if name == "AWS::AccountId":
            return self.target.account
        if name == "AWS::Region":
            return self.target.region
        return self.new.parameters[name] if name in self.new.parameters else self.resource(name)
