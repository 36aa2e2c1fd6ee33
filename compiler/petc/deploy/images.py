"""Which services may have tasks: those whose image is there. Pure.

A stack waits for the tasks of its services, for hours where their image is missing. So a service without one
stays at no task, and what has to be pushed is said; a service that runs is never taken back to none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from petc import naming
from petc.artifacts import Artifacts
from petc.deploy.observed import Observed
from petc.deploy.package import codes
from petc.deploy.targets import Target
from petc.diagnostics import Rejected
from petc.model.types import Stage
from petc.output.manifest import ManifestLayer, Parameter
from petc.output.reader import read
from petc.verify.rendered import mapping

APPLICATION = "application"


@dataclass(frozen=True, slots=True)
class TaskImage:
    """The image that a service with a repository of the stage starts from.

    `tasks` and `tag` name the template's parameters; `tags` holds the tag that each target should run. `after` names
    the services that start before it. `at` points at the service in the spec.
    """

    service: str
    repository: str
    tasks: str
    tag: str
    tags: Mapping[Target, str]
    after: tuple[str, ...]
    at: str


@dataclass(frozen=True, slots=True)
class MissingImage:
    """An image that is not in a target's repository. `running` says that tasks of another tag run."""

    service: str
    target: Target
    repository: str
    tag: str
    running: bool
    at: str

    @property
    def registry(self) -> str:
        """The registry's address; Amazon ECR User Guide, "Amazon ECR private registry"."""
        suffix = "amazonaws.com.cn" if self.target.region.startswith("cn-") else "amazonaws.com"
        return f"{self.target.account}.dkr.ecr.{self.target.region}.{suffix}"

    @property
    def uri(self) -> str:
        """The name under which the image has to be pushed."""
        return f"{self.registry}/{self.repository}:{self.tag}"


@dataclass(frozen=True, slots=True)
class Images:
    """What was found.

    `unlocked` are the services that may have tasks, by target, as `petc.deploy.desired` takes them. `waiting`
    holds target, service, and the other service (`after`) that it waits for.
    """

    unlocked: Mapping[Target, frozenset[str]]
    missing: tuple[MissingImage, ...] = ()
    waiting: tuple[tuple[Target, str, str], ...] = ()


def images(stage: Stage, made: Artifacts, targets: Iterable[Target]) -> tuple[TaskImage, ...]:
    """Return the images of all services that have a repository of the stage."""
    layer = next((item for item in made.manifest.layers if item.name == APPLICATION), None)
    if layer is None:
        return ()
    known = {parameter.name: parameter for parameter in layer.parameters}
    repositories = _repositories(layer, made)
    places = tuple(targets)
    found = []
    for parameter in layer.parameters:
        if not parameter.unlocked_by:
            continue
        service = stage.services[parameter.unlocked_by]
        tag = naming.logical_id("ImageTag", service.key)
        found.append(
            TaskImage(
                service=service.name,
                repository=repositories[naming.logical_id("Repository", service.key)],
                tasks=parameter.name,
                tag=tag,
                tags=MappingProxyType({place: _value(known[tag], place) for place in places}),
                after=tuple(service.after),
                at=service.at,
            )
        )
    return tuple(found)


def running(wanted: Iterable[TaskImage], name: str, observed: Observed) -> dict[Target, dict[str, str]]:
    """Return the services that have tasks in each target, with the tag that they run.

    `name` is that of the application layer's stack set or stack. A target without a stack is left out, for
    its repositories are not there either.
    """
    layer = observed.layers.get(name)
    found: dict[Target, dict[str, str]] = {}
    for target, deployed in layer.deployed.items() if layer else ():
        if deployed.exists:
            values = deployed.parameters
            found[target] = {
                image.service: values.get(image.tag, "")
                for image in wanted
                if values.get(image.tasks, "0") not in ("", "0")
            }
    return found


def unknown(
    wanted: Iterable[TaskImage], runs: Mapping[Target, Mapping[str, str]]
) -> tuple[tuple[Target, TaskImage], ...]:
    """Return what has to be looked up: an image whose tag runs is there, without a stack there is none."""
    return tuple(
        (target, image)
        for image in wanted
        for target in sorted(image.tags)
        if target in runs and runs[target].get(image.service) != image.tags[target]
    )


def judged(
    wanted: Iterable[TaskImage],
    runs: Mapping[Target, Mapping[str, str]],
    present: Collection[tuple[Target, str]],
) -> Images:
    """Return which services may have tasks. `present` holds target and service of the images that were found.

    A service waits for those that it comes `after`, unless they bring their image or have tasks as well:
    within one update CloudFormation then starts them in order. One that runs stays unlocked.
    """
    every = tuple(wanted)
    missing = [
        MissingImage(image.service, target, image.repository, image.tags[target], bool(known), image.at)
        for image in every
        for target in sorted(image.tags)
        if (known := runs.get(target, {}).get(image.service, "")) != image.tags[target]
        and (target, image.service) not in present
    ]
    unlocked: dict[Target, frozenset[str]] = {}
    waiting: list[tuple[Target, str, str]] = []
    for target in sorted({target for image in every for target in image.tags}):
        absent = {item.service for item in missing if item.target == target and not item.running}
        open_, held = _in_order(every, absent, frozenset(runs.get(target, ())))
        unlocked[target] = open_
        waiting += [(target, service, other) for service, other in held]
    return Images(MappingProxyType(unlocked), tuple(missing), tuple(waiting))


def require_running(found: Images) -> None:
    """Raise `Rejected` with `image-missing` where a service that runs would be updated to an image that is not there.

    Its new tasks could not start, and the stack would wait for them before it rolls back.
    """
    problems = tuple(
        codes.IMAGE_MISSING.diagnostic(
            f"{item.service} runs in {item.target} and would be updated to {item.uri}, which is not there",
            pointer=f"{item.at}/image/tag",
            help="push the image first, or keep the tag that runs",
        )
        for item in found.missing
        if item.running
    )
    if problems:
        raise Rejected(problems)


def commands(missing: Iterable[MissingImage]) -> tuple[str, ...]:
    """Return the commands that push the images, one login for each registry.

    Amazon ECR User Guide, "Pushing a Docker image to an Amazon ECR private repository". The local name of an
    image is whatever its build gave it; the name of the service stands for it.
    """
    lines: list[str] = []
    by_registry: dict[str, list[MissingImage]] = {}
    for item in missing:
        by_registry.setdefault(item.registry, []).append(item)
    for registry, items in sorted(by_registry.items()):
        lines.append(
            f"aws ecr get-login-password --region {items[0].target.region}"
            f" | docker login --username AWS --password-stdin {registry}"
        )
        for item in items:
            lines.append(f"docker tag {item.service}:{item.tag} {item.uri}")
            lines.append(f"docker push {item.uri}")
    return tuple(lines)


def _in_order(
    every: tuple[TaskImage, ...], absent: Collection[str], runs: frozenset[str]
) -> tuple[frozenset[str], tuple[tuple[str, str], ...]]:
    """Return the services that may have tasks, and those that could but wait, each with what it waits for."""
    ours = {image.service for image in every}
    ready = ours - set(absent)
    held: dict[str, str] = {}
    settled = False
    while not settled:
        settled = True
        for image in every:
            blocker = next((other for other in image.after if other in ours and other not in ready), "")
            if image.service in ready - runs and blocker:
                ready.discard(image.service)
                held[image.service] = blocker
                settled = False
    return frozenset(ready), tuple(sorted(held.items()))


def _repositories(layer: ManifestLayer, made: Artifacts) -> dict[str, str]:
    template = mapping(read(made.files[layer.file].decode(), layer.file))
    found = {}
    for name, body in mapping(template.get("Resources")).items():
        resource = mapping(body)
        if resource.get("Type") == "AWS::ECR::Repository":
            found[name] = str(mapping(resource.get("Properties")).get("RepositoryName", ""))
    return found


def _value(parameter: Parameter, target: Target) -> str:
    values = dict(parameter.values)
    keys = (str(target), f"*/{target.region}", "")
    return next((values[key] for key in keys if key in values), "")
