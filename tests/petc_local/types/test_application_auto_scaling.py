from __future__ import annotations

from typing import Any

from tests.petc_local.running import LocalAws
from tests.petc_local.types.deploying import create, delete, ref, resource, update

SERVICE = {"ServiceNamespace": "ecs", "ScalableDimension": "ecs:service:DesiredCount"}


def scaled(most: int = 4, service: str = "service/main/web", percent: int = 60) -> dict[str, Any]:
    tracking = {
        "TargetValue": percent,
        "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
    }
    return {
        "Target": resource(
            "AWS::ApplicationAutoScaling::ScalableTarget",
            ResourceId=service,
            MinCapacity=1,
            MaxCapacity=most,
            **SERVICE,
        ),
        "Policy": resource(
            "AWS::ApplicationAutoScaling::ScalingPolicy",
            PolicyName="cpu",
            PolicyType="TargetTrackingScaling",
            ScalingTargetId=ref("Target"),
            TargetTrackingScalingPolicyConfiguration=tracking,
        ),
    }


def test_ids_have_the_form_of_aws(aws: LocalAws) -> None:
    made = create(aws, scaled())

    assert made.ids["Target"] == "service/main/web|ecs:service:DesiredCount|ecs"
    assert made.ids["Policy"].startswith(f"arn:aws:autoscaling:us-west-2:{aws.account}:scalingPolicy:")
    assert made.ids["Policy"].endswith(":resource/ecs/service/main/web:policyName/cpu")


def test_numbers_change_in_place(aws: LocalAws) -> None:
    made = create(aws, scaled())
    changed = update(aws, scaled(most=8, percent=70))

    assert changed.status == "UPDATE_COMPLETE"
    assert changed.ids["Target"] == made.ids["Target"]
    assert changed.ids["Policy"] == made.ids["Policy"]


def test_another_service_replaces_target_and_policy(aws: LocalAws) -> None:
    made = create(aws, scaled())
    changed = update(aws, scaled(service="service/main/api"))

    assert changed.ids["Target"] == "service/main/api|ecs:service:DesiredCount|ecs"
    assert changed.ids["Policy"] != made.ids["Policy"]


def test_what_is_deleted_can_be_made_again(aws: LocalAws) -> None:
    create(aws, scaled())
    delete(aws)

    assert create(aws, scaled()).status == "CREATE_COMPLETE"
