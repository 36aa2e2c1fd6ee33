"""Layer notification: the topic that alarms and events publish to, and everyone who is told."""

from __future__ import annotations

import hashlib

from awacs import sns as sns_actions
from awacs.aws import ArnLike, Condition, Statement, StringEquals
from troposphere import Ref, Sub, sns

from petc import naming
from petc.layers import contracts, iam, key_use
from petc.layers.base import Draft, Layer, LayerTemplate
from petc.layers.functions import lambda_function, triggers
from petc.model import queries
from petc.model.grants import Grant, granted
from petc.model.graph import Access, PartyKind
from petc.model.settings import Known
from petc.model.types import Stage


def emit(stage: Stage) -> LayerTemplate:
    """Emit the topic with its policy, its subscribers, and the grants of all who publish to it."""
    draft = Draft(stage, LAYER.name, LAYER.number, LAYER.title)
    if not queries.has_topic(stage):
        return draft.finish()
    topic = _topic(draft)
    draft.export(contracts.TOPIC_ARN, Ref(topic))
    for index, address in enumerate(stage.notifications.email):
        _mail(draft, topic, address, index)

    def publish(grant: Grant) -> list[Statement]:
        return [
            iam.allow("Publish", [sns_actions.Publish], [Ref(topic)]),
            *key_use.through(
                key_use.message_key(draft), "EncryptNotifications", "sns", *key_use.READ_AND_WRITE
            ),
        ]

    added = lambda_function.add_functions(
        draft,
        further=granted(stage, Access.PUBLISH, target=PartyKind.TOPIC),
        allowed=publish,
        local={Known.TOPIC_ARN: Ref(topic)},
    )
    triggers.add_triggers(draft, added, Ref(topic))
    return draft.finish()


def _topic(draft: Draft) -> sns.Topic:
    stage = draft.stage
    # Without a customer key there is none to name: AWS's own key for SNS admits no alarm to publish.
    # Amazon CloudWatch User Guide, "Notifying users on alarm changes".
    key = key_use.message_key(draft)
    topic = draft.add(
        sns.Topic("Topic", DisplayName=f"{stage.name} {stage.stage}", **key_use.given(key, "KmsMasterKeyId")),
        "/notifications",
        why="alarms and events are published here",
    )
    alarms = Sub("arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:*")
    from_alarms = Condition(
        [StringEquals({"aws:SourceAccount": Ref("AWS::AccountId")}), ArnLike({"aws:SourceArn": alarms})]
    )
    draft.add(
        sns.TopicPolicy(
            "TopicPolicy",
            Topics=[Ref(topic)],
            PolicyDocument=iam.policy(
                iam.allow_service(
                    "Alarms", "cloudwatch.amazonaws.com", [sns_actions.Publish], [Ref(topic)], from_alarms
                ),
                # EventBridge sends no condition keys to SNS: with a condition, every event would be dropped.
                # Amazon EventBridge User Guide, "Amazon SNS permissions".
                iam.allow_service("Events", "events.amazonaws.com", [sns_actions.Publish], [Ref(topic)]),
                iam.tls_only(sns_actions.Publish, Ref(topic)),
            ),
        ),
        "/notifications",
        why="only this account's alarms and event rules publish, and only over TLS",
    )
    return topic


def _mail(draft: Draft, topic: sns.Topic, address: str, index: int) -> None:
    # Addresses differ in characters that no logical id can hold, so their digest tells them apart.
    digest = hashlib.sha256(address.encode()).hexdigest()[:8]
    draft.add(
        sns.SubscriptionResource(
            naming.logical_id("Mail", digest), TopicArn=Ref(topic), Protocol="email", Endpoint=address
        ),
        f"/notifications/email/{index}",
        why="brings notifications to a mailbox, once its owner confirms",
    )


LAYER = Layer("notification", 12, "topic of alarms and events with its subscribers and publishers", emit)
