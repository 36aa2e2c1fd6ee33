from __future__ import annotations

import pytest

from petc.layers import notification
from petc.layers.base import LayerTemplate
from petc.model.types import Stage
from tests import specs
from tests.layers.rendered import properties, resources, sids, statement

MAILS = """
petc: 1
name: shop
tags: {owner: shop-team, cost-centre: shop}
network:
  cidr: 10.0.0.0/16
  subnets: {public: [10.0.1.0/24], app: [10.0.2.0/24], database: [10.0.3.0/24]}
encryption: {key: aws}
notifications: {email: [on-call@example.com, on.call@example.com]}
stages:
  dev: {targets: {accounts: ["123456789012"], regions: {eu-west-1: {}}}}
"""

NOTIFIER = "FunctionSlackNotifier"


@pytest.fixture
def reference(dev: Stage) -> LayerTemplate:
    return notification.emit(dev)


def test_topic_with_encryption(reference: LayerTemplate) -> None:
    assert properties(reference, "Topic")["KmsMasterKeyId"] == {
        "Fn::ImportValue": "petclinic-dev-security-KeyArn"
    }
    assert reference.exports[-1] == "petclinic-dev-notification-TopicArn"


def test_topic_with_policy(reference: LayerTemplate) -> None:
    alarms = statement(reference, "TopicPolicy", "Alarms")

    assert alarms["Principal"] == {"Service": ["cloudwatch.amazonaws.com"]}
    assert alarms["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    assert "alarm:" in alarms["Condition"]["ArnLike"]["aws:SourceArn"]["Fn::Sub"]
    assert statement(reference, "TopicPolicy", "TlsOnly")["Effect"] == "Deny"


def test_events_publish_without_a_condition_that_eventbridge_never_meets(reference: LayerTemplate) -> None:
    assert "Condition" not in statement(reference, "TopicPolicy", "Events")


def test_slack_notifier_with_the_webhook_in_secrets_manager(reference: LayerTemplate) -> None:
    notifier = properties(reference, NOTIFIER)

    assert notifier["Environment"]["Variables"]["WEBHOOK_SECRET_ARN"] == {
        "Fn::ImportValue": "petclinic-dev-security-SecretArnSlackWebhook"
    }
    assert "VpcConfig" not in notifier


def test_the_notifier_is_subscribed_and_what_cannot_be_delivered_is_kept(reference: LayerTemplate) -> None:
    subscription = properties(reference, "SubscriptionSlackNotifier")

    queue = {"Fn::GetAtt": ["DeadLettersSlackNotifier", "Arn"]}
    assert subscription["Protocol"] == "lambda"
    assert subscription["Endpoint"] == {"Fn::GetAtt": [NOTIFIER, "Arn"]}
    assert subscription["RedrivePolicy"] == {"deadLetterTargetArn": queue}
    undelivered = statement(reference, "DeadLettersPolicySlackNotifier", "UndeliveredSns")
    assert undelivered["Condition"] == {"ArnEquals": {"aws:SourceArn": [{"Ref": "Topic"}]}}


def test_only_the_topic_may_invoke_the_notifier(reference: LayerTemplate) -> None:
    permission = properties(reference, "AlarmsPermissionSlackNotifier")

    assert permission["Principal"] == "sns.amazonaws.com"
    assert permission["SourceArn"] == {"Ref": "Topic"}


def test_roles_that_use_notifications_may_publish(reference: LayerTemplate) -> None:
    assert statement(reference, "GrantFunctionCredentialRefresh", "Publish")["Resource"] == [{"Ref": "Topic"}]
    assert "EncryptNotifications" in sids(reference, "GrantFunctionCredentialRefresh")
    assert "Publish" not in sids(reference, "GrantFunctionSlackNotifier")


def test_mail_subscriptions_of_like_addresses_are_two() -> None:
    layer = notification.emit(specs.stage_of(MAILS))
    subscriptions = resources(layer, "AWS::SNS::Subscription").values()

    assert sorted(item["Properties"]["Endpoint"] for item in subscriptions) == [
        "on-call@example.com",
        "on.call@example.com",
    ]


def test_without_a_customer_key_no_key_is_named_that_would_shut_alarms_out() -> None:
    assert "KmsMasterKeyId" not in properties(notification.emit(specs.stage_of(MAILS)), "Topic")


def test_nothing_to_watch_and_nobody_to_tell_needs_no_topic() -> None:
    without = "".join(line for line in MAILS.splitlines(True) if not line.startswith("notifications"))

    assert not resources(notification.emit(specs.stage_of(without)))
