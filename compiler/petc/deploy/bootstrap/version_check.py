"""Whether `petc bootstrap` of a stage is as new as the layers that are about to be deployed.

What a stage's stacks allow follows from its layers: a new type, or a role that may do more, needs `petc bootstrap`
before `petc deploy`. A permission that is lacking would stop a deployment halfway; one that the boundary of the roles
lacks would stop nothing, and be missed by a task or a function later.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping

from petc.deploy.bootstrap import stacks as bootstrap_stacks
from petc.deploy.bootstrap.stacks import Bootstrap, BootstrapStack
from petc.deploy.preflight.types import BOOTSTRAP, PreflightFinding, Verdict
from petc.deploy.targets import Target
from petc.diagnostics import Rejected
from petc.output.reader import read
from petc.verify.rendered import Json, mapping, sequence

_SHOWN = 4

_Grant = tuple[str, str, str]
"""An action, a resource and a condition that are allowed together."""


def findings(asked: Bootstrap, deployed: Callable[[str, Target], str]) -> Iterator[PreflightFinding]:
    """Yield the targets whose stacks allow less than the layers need, and those that cannot be looked at.

    `deployed` returns the template of a stack, empty where there is none, and raises `Rejected` where it cannot look.
    An account without any of the stage's stacks has its roles from somewhere else, so nothing is said about it here:
    whether it has them is a check of its own (`petc.deploy.preflight.prerequisites.execution_role`).
    """
    stacks = [stack for stack in bootstrap_stacks.stacks(asked) if _is_of_stage(stack, asked)]
    for place in sorted({stack.place for stack in stacks}):
        own = [stack for stack in stacks if stack.place == place]
        try:
            texts = list(_deployed_parts(asked, place, deployed))
        except Rejected as rejected:
            yield PreflightFinding(BOOTSTRAP, Verdict.NOT_CHECKED, place, rejected.diagnostics[0].message)
            continue
        actions = _missing(texts, [stack.text for stack in own]) if texts else ()
        if actions:
            more = f" and {len(actions) - _SHOWN} more" if len(actions) > _SHOWN else ""
            yield PreflightFinding(
                BOOTSTRAP,
                Verdict.ERROR,
                place,
                f"it is older than these layers: it lacks {', '.join(actions[:_SHOWN])}{more}",
                f"run `petc bootstrap --stage {asked.stage.stage}`, which shows what changes, then deploy again",
            )


def _deployed_parts(asked: Bootstrap, place: Target, deployed: Callable[[str, Target], str]) -> Iterator[str]:
    """Yield the templates of the stage's stacks in a place, also of parts that today's layers no longer fill."""
    for part in itertools.count(1):
        text = deployed(bootstrap_stacks.own_name(asked, part), place)
        if not text:
            return
        yield text


def _is_of_stage(stack: BootstrapStack, asked: Bootstrap) -> bool:
    return stack.name.startswith(bootstrap_stacks.own_name(asked))


def _missing(deployed: Iterable[str], wanted: Iterable[str]) -> tuple[str, ...]:
    """Return the actions that the wanted templates allow somewhere where the deployed ones do not."""
    given = {grant for text in deployed for grant in _grants(text)}
    return tuple(
        sorted({action for text in wanted for action, *rest in _grants(text) if (action, *rest) not in given})
    )


def _grants(text: str) -> Iterator[_Grant]:
    resources = mapping(mapping(read(text, "petc bootstrap")).get("Resources"))
    for resource in map(mapping, resources.values()):
        properties = mapping(resource.get("Properties"))
        documents = [properties.get("PolicyDocument"), properties.get("AssumeRolePolicyDocument")]
        documents += [mapping(one).get("PolicyDocument") for one in sequence(properties.get("Policies"))]
        for document in documents:
            for statement in sequence(mapping(document).get("Statement")):
                yield from _of_statement(mapping(statement))


def _of_statement(statement: Mapping[str, Json]) -> Iterator[_Grant]:
    if statement.get("Effect") != "Allow":
        return
    tests = [
        [f"{operator} {key} {json.dumps(value)}" for value in _listed(values)]
        for operator, keys in sorted(mapping(statement.get("Condition")).items())
        for key, values in sorted(mapping(keys).items())
    ]
    # One grant for each value of a list, so that a region or a service less is no permission more.
    conditions = [" and ".join(chosen) for chosen in itertools.product(*tests)]
    for action in _listed(statement.get("Action")):
        for resource in _listed(statement.get("Resource", "")):
            for condition in conditions:
                yield str(action), json.dumps(resource), condition


def _listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [value]
