from __future__ import annotations

from typing import Any

from tests.petc_local.running import LocalAws
from tests.petc_local.types.deploying import create, delete, ref, resource, update


def service(count: Any = 0, grace: int = 60, image: str = "web:1", tags: str = "SERVICE") -> dict[str, Any]:
    return {
        "Cluster": resource("AWS::ECS::Cluster"),
        "Task": resource(
            "AWS::ECS::TaskDefinition",
            ContainerDefinitions=[{"Name": "web", "Image": image}],
            RuntimePlatform={"CpuArchitecture": "ARM64", "OperatingSystemFamily": "LINUX"},
        ),
        "Service": resource(
            "AWS::ECS::Service",
            Cluster=ref("Cluster"),
            TaskDefinition=ref("Task"),
            DesiredCount=count,
            HealthCheckGracePeriodSeconds=grace,
            PropagateTags=tags,
            EnableExecuteCommand=True,
        ),
    }


def shown(aws: LocalAws, cluster: str, name: str) -> dict[str, Any]:
    (found,) = aws.client("ecs").describe_services(cluster=cluster, services=[name])["services"]
    return dict(found)


def test_settings_are_shown_and_change_in_place(aws: LocalAws) -> None:
    made = create(aws, service())
    before = shown(aws, made.ids["Cluster"], made.ids["Service"])
    update(aws, service(grace=90, tags="NONE"))
    after = shown(aws, made.ids["Cluster"], made.ids["Service"])

    assert (before["propagateTags"], before["enableExecuteCommand"]) == ("SERVICE", True)
    assert before["healthCheckGracePeriodSeconds"] == 60
    assert (after["propagateTags"], after["healthCheckGracePeriodSeconds"]) == ("NONE", 90)


def test_a_count_from_a_parameter_is_a_number(aws: LocalAws) -> None:
    made = create(aws, service(ref("Tasks")), parameters={"Tasks": "2"})

    assert shown(aws, made.ids["Cluster"], made.ids["Service"])["desiredCount"] == 2


def scale(aws: LocalAws, cluster: str, name: str, count: int) -> None:
    """Do what autoscaling does."""
    aws.client("ecs").update_service(cluster=cluster, service=name, desiredCount=count)


def test_each_update_of_a_service_sends_the_count_of_its_template(aws: LocalAws) -> None:
    made = create(aws, service(2))
    scale(aws, made.ids["Cluster"], made.ids["Service"], 4)
    update(aws, service(2, image="web:2"))

    assert shown(aws, made.ids["Cluster"], made.ids["Service"])["desiredCount"] == 2


def test_without_a_count_in_the_template_an_update_keeps_the_number_of_tasks(aws: LocalAws) -> None:
    made = create(aws, service(2))
    scale(aws, made.ids["Cluster"], made.ids["Service"], 4)
    update(aws, service(ref("AWS::NoValue"), image="web:2"))

    assert shown(aws, made.ids["Cluster"], made.ids["Service"])["desiredCount"] == 4


def test_another_image_is_another_revision_of_the_same_service(aws: LocalAws) -> None:
    made = create(aws, service())
    changed = update(aws, service(image="web:2"))

    assert changed.ids["Service"] == made.ids["Service"]
    assert changed.ids["Task"].rpartition(":")[2] == "2"
    assert shown(aws, made.ids["Cluster"], made.ids["Service"])["taskDefinition"] == changed.ids["Task"]


def test_a_revision_shows_its_platform(aws: LocalAws) -> None:
    made = create(aws, service())
    task = aws.client("ecs").describe_task_definition(taskDefinition=made.ids["Task"])["taskDefinition"]

    assert task["runtimePlatform"] == {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}


def repository(empty: bool) -> dict[str, Any]:
    return {"Repository": resource("AWS::ECR::Repository", RepositoryName="web", EmptyOnDelete=empty)}


def push(aws: LocalAws) -> None:
    aws.client("ecr").put_image(repositoryName="web", imageManifest='{"schemaVersion": 2}', imageTag="1")


def test_a_repository_with_images_is_not_deleted(aws: LocalAws) -> None:
    create(aws, repository(empty=False))
    push(aws)
    refused = delete(aws)

    assert refused.status == "DELETE_FAILED"
    assert "still contains images" in refused.reasons[0]


def test_a_repository_that_empties_itself_is_deleted(aws: LocalAws) -> None:
    create(aws, repository(empty=True))
    push(aws)

    assert delete(aws).status == "DELETE_COMPLETE"
