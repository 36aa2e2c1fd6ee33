"""Which images lie in the repositories of the targets."""

from __future__ import annotations

from collections.abc import Iterable

from petc import naming
from petc.artifacts import Artifacts
from petc.deploy import images
from petc.deploy.aws.concurrency import together
from petc.deploy.aws.connection import Connection, answered
from petc.deploy.images import Images, TaskImage
from petc.deploy.observed import Observed
from petc.deploy.targets import Target
from petc.model.types import Stage

_ABSENT = ("ImageNotFoundException", "RepositoryNotFoundException")


def survey(
    connection: Connection, stage: Stage, made: Artifacts, targets: tuple[Target, ...], observed: Observed
) -> Images:
    """Return which services of a stage may have tasks, asking only about images of which that is not known.

    A service whose tag runs costs no call. Raises `Rejected` with `image-missing`, or what AWS refuses.
    """
    wanted = images.images(stage, made, targets)
    layer = next((item for item in made.manifest.layers if item.name == images.APPLICATION), None)
    if layer is None:
        return Images({})
    stem = layer.file.removesuffix(".yaml")
    name = naming.stack_set_name(made.manifest.spec, made.manifest.stage, stem)
    runs = images.running(wanted, name, observed)
    found = images.judged(wanted, runs, present(connection, images.unknown(wanted, runs)))
    images.require_running(found)
    return found


def present(
    connection: Connection, asked: Iterable[tuple[Target, TaskImage]]
) -> frozenset[tuple[Target, str]]:
    """Return target and service of the images that are there; one call for each that is asked about.

    Amazon ECR API Reference, DescribeImages: asked for a tag that is not there it answers
    `ImageNotFoundException`. Raises `Rejected` with what AWS refuses.
    """
    found = together(lambda one: (one[0], one[1].service, _is_there(connection, *one)), tuple(asked))
    return frozenset((target, service) for target, service, there in found if there)


def _is_there(connection: Connection, target: Target, image: TaskImage) -> bool:
    client = connection.client("ecr", target.region, target.account)
    answer, _ = answered(
        "ecr:DescribeImages",
        f"{image.repository} in {target}",
        lambda: client.describe_images(
            registryId=target.account,
            repositoryName=image.repository,
            imageIds=[{"imageTag": image.tags[target]}],
        ),
        *_ABSENT,
    )
    return bool(answer and answer["imageDetails"])
