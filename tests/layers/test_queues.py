"""Queues in the layers: what is made, who may use it, what it invokes, scales and rings."""

from __future__ import annotations

from typing import Any

import pytest

from petc.layers import application, database, functions
from petc.layers.base import LayerTemplate
from petc.layers.monitoring import layer as monitoring
from petc.model.types import Stage
from tests import specs
from tests.layers.rendered import properties, resources, sids, statement

SPEC = """
petc: 1
name: shop
tags: {owner: shop-team, cost-centre: shop}
encryption: {key: %s}
queues: {jobs: {max_receives: 3, alarm_age_seconds: 90, retention_days: 2}}
services:
  api: {route: /api, uses: {jobs: {access: send}}}
  worker: {scale: {min: 1, max: 9}, uses: {jobs: {access: receive, backlog: 25}}}
functions:
  work:
    source: work
    timeout_seconds: 10
    concurrency: %d
    trigger: {queue: jobs, batch_size: 20}
on_delete: keep
stages: {dev: {targets: {accounts: ["123456789012"], regions: {us-west-2: {artifact_bucket: packages}}}}}
"""


def stage(key: str = "customer", concurrency: int = 5) -> Stage:
    return specs.stage_of(SPEC % (key, concurrency))


def imported(name: str) -> dict[str, str]:
    return {"Fn::ImportValue": f"shop-dev-{name}"}


def plain(layer: LayerTemplate, name: str) -> Any:
    return properties(layer, name)


def test_failed_messages_go_to_a_dead_letter_queue_that_keeps_them_longest() -> None:
    made = database.emit(stage())
    queue, dead = plain(made, "QueueJobs"), plain(made, "DeadLettersJobs")

    assert queue["RedrivePolicy"] == {
        "deadLetterTargetArn": {"Fn::GetAtt": ["DeadLettersJobs", "Arn"]},
        "maxReceiveCount": 3,
    }
    assert (queue["MessageRetentionPeriod"], dead["MessageRetentionPeriod"]) == (2 * 86400, 14 * 86400)
    assert queue["VisibilityTimeout"] == 61


@pytest.mark.parametrize("name", ["QueueJobs", "DeadLettersJobs"])
def test_both_queues_are_encrypted_kept_and_closed_to_plain_text(name: str) -> None:
    own, aws = database.emit(stage()), database.emit(stage("aws"))

    assert plain(own, name)["KmsMasterKeyId"] == imported("security-KeyArn")
    assert plain(aws, name)["SqsManagedSseEnabled"] is True
    assert resources(own)[name]["DeletionPolicy"] == "RetainExceptOnCreate"
    policy = name.replace("Jobs", "PolicyJobs")
    assert statement(own, policy, "TlsOnly")["Effect"] == "Deny"


def test_a_data_key_is_not_made_for_queues_alone() -> None:
    assert "DataKey" not in resources(database.emit(stage()))


def test_each_role_may_do_its_part_and_no_more() -> None:
    made = database.emit(stage())

    assert statement(made, "GrantTaskApi", "SendMessages")["Action"] == ["sqs:SendMessage"]
    assert sids(made, "GrantTaskApi") == ["SendMessages", "EncryptMessages"]
    assert statement(made, "GrantTaskWorker", "ReceiveMessages")["Action"] == [
        "sqs:ChangeMessageVisibility",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:ReceiveMessage",
    ]
    assert statement(made, "GrantTaskWorker", "DecryptMessages")["Action"] == ["kms:Decrypt"]
    assert statement(made, "GrantFunctionWork", "PollQueues")["Action"] == [
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:ReceiveMessage",
    ]
    for policy in ("GrantTaskApi", "GrantTaskWorker", "GrantFunctionWork"):
        assert plain(made, policy)["PolicyDocument"]["Statement"][0]["Resource"] == [
            {"Fn::GetAtt": ["QueueJobs", "Arn"]}
        ]


def test_without_a_customer_key_no_role_needs_one() -> None:
    made = database.emit(stage("aws"))

    assert sids(made, "GrantTaskApi") == ["SendMessages"]
    assert sids(made, "GrantFunctionWork") == ["PollQueues"]


def test_messages_invoke_the_function_in_batches_of_which_failures_come_again() -> None:
    source = plain(functions.emit(stage()), "EventSourceWork")

    assert source["EventSourceArn"] == imported("database-QueueArnJobs")
    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert (source["BatchSize"], source["MaximumBatchingWindowInSeconds"]) == (20, 1)
    assert source["ScalingConfig"] == {"MaximumConcurrency": 5}


@pytest.mark.parametrize("reserved", [0, 1])
def test_fewer_than_two_at_once_cannot_be_asked_for(reserved: int) -> None:
    assert "ScalingConfig" not in plain(functions.emit(stage(concurrency=reserved)), "EventSourceWork")


def test_what_messages_invoke_has_no_dead_letters_of_its_own() -> None:
    made = functions.emit(stage())

    assert not resources(made, "AWS::SQS::Queue")
    assert not resources(made, "AWS::Lambda::EventInvokeConfig")


def test_a_service_scales_by_the_messages_for_each_running_task() -> None:
    made = application.emit(stage())
    policy = plain(made, "BacklogPolicyWorker")["TargetTrackingScalingPolicyConfiguration"]
    metrics = {item["Id"]: item for item in policy["CustomizedMetricSpecification"]["Metrics"]}

    assert policy["TargetValue"] == 25
    assert metrics["backlog"]["Expression"] == "waiting / IF(running > 0, running, 1)"
    assert [name for name, item in metrics.items() if item["ReturnData"]] == ["backlog"]
    waiting, running = (metrics[name]["MetricStat"]["Metric"] for name in ("waiting", "running"))
    assert waiting["Dimensions"] == [{"Name": "QueueName", "Value": imported("database-QueueNameJobs")}]
    assert (waiting["MetricName"], running["MetricName"]) == (
        "ApproximateNumberOfMessagesVisible",
        "RunningTaskCount",
    )
    assert "BacklogPolicyApi" not in resources(made)
    assert "ScalingPolicyWorker" in resources(made)


def test_old_messages_and_dead_letters_ring() -> None:
    made = monitoring.emit(stage())
    age, dead = plain(made, "QueueAgeAlarmJobs"), plain(made, "QueueDeadLettersAlarmJobs")

    assert (age["MetricName"], age["Threshold"]) == ("ApproximateAgeOfOldestMessage", 90)
    assert age["Dimensions"] == [{"Name": "QueueName", "Value": imported("database-QueueNameJobs")}]
    assert dead["Dimensions"] == [{"Name": "QueueName", "Value": imported("database-DeadLettersNameJobs")}]
    assert dead["Threshold"] == 1


def test_the_dashboard_shows_the_queues() -> None:
    (board,) = resources(monitoring.emit(stage()), "AWS::CloudWatch::Dashboard").values()

    assert "## Queues" in str(board["Properties"]["DashboardBody"])


def test_the_address_is_exported_where_someone_calls_it_alone() -> None:
    called = database.emit(stage()).exports
    silent = database.emit(
        specs.stage_of(
            (SPEC % ("aws", 0))
            .replace("uses: {jobs: {access: send}}", "uses: {}")
            .replace("uses: {jobs: {access: receive, backlog: 25}}", "uses: {}")
        )
    ).exports

    assert "shop-dev-database-QueueUrlJobs" in called
    assert "shop-dev-database-QueueUrlJobs" not in silent
    assert "shop-dev-database-QueueArnJobs" in silent
