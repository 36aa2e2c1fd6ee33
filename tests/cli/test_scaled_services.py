"""What a deployment does to running tasks, on a local AWS that resets their number as AWS does.

A release keeps the number that autoscaling has set, and a changed setting starts new tasks.
"""

from __future__ import annotations

from tests.cli.operating import DAY, Project


def push(at: Project, tag: str) -> None:
    """Push an image to every repository of the stage."""
    ecr = at.aws.client("ecr")
    for repository in ecr.describe_repositories()["repositories"]:
        ecr.put_image(
            repositoryName=repository["repositoryName"],
            imageManifest=f'{{"schemaVersion": 2, "tag": "{tag}"}}',
            imageTag=tag,
        )


def service(at: Project) -> tuple[str, str]:
    """Return the names of the cluster and of the service."""
    ecs = at.aws.client("ecs")
    (cluster,) = ecs.list_clusters()["clusterArns"]
    (arn,) = ecs.list_services(cluster=cluster)["serviceArns"]
    return cluster, arn


def count(at: Project) -> tuple[int, str]:
    """Return the desired number of tasks, and the family and revision that they run."""
    cluster, name = service(at)
    (found,) = at.aws.client("ecs").describe_services(cluster=cluster, services=[name])["services"]
    return int(found["desiredCount"]), str(found["taskDefinition"]).rpartition("/")[2]


def scale(at: Project, tasks: int) -> None:
    """Do what autoscaling does."""
    cluster, name = service(at)
    at.aws.client("ecs").update_service(cluster=cluster, service=name, desiredCount=tasks)


def released(at: Project, old: str, new: str) -> tuple[int, str]:
    """Push and release another tag, and return what runs then."""
    push(at, new)
    at.change(f"tag: {old}", f"tag: {new}")
    at.deploy()
    return count(at)


def nothing_is_left(at: Project) -> bool:
    return at.run("plan", "--stage", "dev", *DAY).stdout.startswith("nothing to do")


def test_a_release_keeps_the_tasks_that_autoscaling_has_set(own: Project) -> None:
    first = count(own)
    push(own, "1.0.0")
    own.change("scale: {min: 1, max: 2}", "scale: {min: 1, max: 6}")
    own.deploy()
    started = count(own)
    settled = nothing_is_left(own)
    scale(own, 4)
    still = nothing_is_left(own)
    second = released(own, "1.0.0", "1.1.0")
    scale(own, 3)
    third = released(own, "1.1.0", "1.2.0")

    assert (first[0], started[0]) == (0, 1)
    assert (settled, still, nothing_is_left(own)) == (True, True, True)
    assert (second[0], third[0]) == (4, 3)
    assert len({started[1], second[1], third[1]}) == 3


def test_another_minimum_resets_nothing(own: Project) -> None:
    push(own, "1.0.0")
    own.deploy()
    scale(own, 4)
    own.change("scale: {min: 1, max: 2}", "scale: {min: 2, max: 6}")
    own.deploy()
    kept = count(own)
    own.change("scale: {min: 2, max: 6}", "scale: {min: 5, max: 6}")
    own.deploy()

    assert (kept[0], count(own)[0]) == (4, 5)
    assert nothing_is_left(own)


def test_a_service_of_a_fixed_number_has_that_number(own: Project) -> None:
    own.change("scale: {min: 1, max: 2}", "scale: {min: 2, max: 2}")
    push(own, "1.0.0")
    own.deploy()
    scale(own, 4)

    assert released(own, "1.0.0", "1.1.0")[0] == 2


def test_a_changed_setting_rolls_the_service_that_reads_it(own: Project) -> None:
    push(own, "1.0.0")
    own.deploy()
    before = count(own)
    own.change("LOG_FORMAT: json", "LOG_FORMAT: text")
    own.deploy()
    after = count(own)

    assert before[0] == after[0] == 1
    assert before[1] != after[1]
    assert nothing_is_left(own)
