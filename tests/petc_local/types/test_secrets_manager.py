from __future__ import annotations

from typing import Any

from tests.petc_local.running import LocalAws
from tests.petc_local.types.deploying import att, create, delete, ref, resource, update


def rotated(days: int = 30, immediately: bool = False) -> dict[str, Any]:
    return {
        "Secret": resource("AWS::SecretsManager::Secret", SecretString="first"),
        "Schedule": resource(
            "AWS::SecretsManager::RotationSchedule",
            SecretId=ref("Secret"),
            RotationRules={"AutomaticallyAfterDays": days},
            RotateImmediatelyOnUpdate=immediately,
        ),
    }


def shown(aws: LocalAws, secret: str) -> dict[str, Any]:
    return dict(aws.client("secretsmanager").describe_secret(SecretId=secret))


def test_the_secret_shows_its_schedule(aws: LocalAws) -> None:
    made = create(aws, rotated())
    secret = shown(aws, made.ids["Secret"])

    assert secret["RotationEnabled"] is True
    assert secret["RotationRules"] == {"AutomaticallyAfterDays": 30}
    assert made.ids["Schedule"] == made.ids["Secret"]


def test_nothing_rotates_at_once_unless_asked(aws: LocalAws) -> None:
    made = create(aws, rotated())
    quiet = shown(aws, made.ids["Secret"])["VersionIdsToStages"]
    update(aws, rotated(days=7, immediately=True))

    assert len(quiet) == 1
    assert len(shown(aws, made.ids["Secret"])["VersionIdsToStages"]) == 2


def test_other_days_change_the_schedule(aws: LocalAws) -> None:
    made = create(aws, rotated())
    update(aws, rotated(days=7))

    assert shown(aws, made.ids["Secret"])["RotationRules"] == {"AutomaticallyAfterDays": 7}


def scheduled(days: int) -> dict[str, Any]:
    """Return a database whose managed secret has a schedule that its stack retains."""
    cluster = resource(
        "AWS::RDS::DBCluster", Engine="aurora-mysql", MasterUsername="root", ManageMasterUserPassword=True
    )
    schedule = resource(
        "AWS::SecretsManager::RotationSchedule",
        SecretId=att("Cluster", "MasterUserSecret.SecretArn"),
        RotationRules={"AutomaticallyAfterDays": days},
        RotateImmediatelyOnUpdate=False,
    )
    return {
        "Cluster": {**cluster, "DeletionPolicy": "Delete"},
        "Schedule": {**schedule, "DeletionPolicy": "Retain"},
    }


def test_a_managed_secret_takes_a_schedule_again_that_another_stack_retained(aws: LocalAws) -> None:
    """RDS rotates it from the start, so a schedule of before is no other state than a new secret has."""
    made = create(aws, scheduled(30))
    secret = made.ids["Schedule"]
    update(aws, {"Cluster": scheduled(30)["Cluster"]})
    kept = shown(aws, secret)
    schedule = {**scheduled(14)["Schedule"]["Properties"], "SecretId": secret}
    moved = create(
        aws, {"Moved": resource("AWS::SecretsManager::RotationSchedule", **schedule)}, name="other"
    )

    assert (kept["RotationEnabled"], kept["RotationRules"]) == (True, {"AutomaticallyAfterDays": 30})
    assert moved.status == "CREATE_COMPLETE"
    assert shown(aws, secret)["RotationRules"] == {"AutomaticallyAfterDays": 14}


def test_a_second_schedule_is_refused(aws: LocalAws) -> None:
    twice = rotated()
    twice["Second"] = {**twice["Schedule"], "DependsOn": "Schedule"}

    assert "previous rotation schedule" in create(aws, twice).reasons[0]


def test_deleting_the_schedule_ends_the_rotation(aws: LocalAws) -> None:
    made = create(aws, rotated())
    update(aws, {"Secret": rotated()["Secret"]})

    assert not shown(aws, made.ids["Secret"]).get("RotationEnabled")
    assert delete(aws).status == "DELETE_COMPLETE"
