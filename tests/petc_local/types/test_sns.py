from __future__ import annotations

from tests.petc_local.running import LocalAws
from tests.petc_local.types.deploying import create, resource, update


def test_the_key_of_a_topic_is_shown_and_changes_in_place(aws: LocalAws) -> None:
    made = create(aws, {"Topic": resource("AWS::SNS::Topic", KmsMasterKeyId="alias/one")})
    client, arn = aws.client("sns"), made.ids["Topic"]
    before = client.get_topic_attributes(TopicArn=arn)["Attributes"]
    update(aws, {"Topic": resource("AWS::SNS::Topic", KmsMasterKeyId="alias/two")})
    after = client.get_topic_attributes(TopicArn=arn)["Attributes"]
    update(aws, {"Topic": resource("AWS::SNS::Topic", DisplayName="news")})

    assert (before["KmsMasterKeyId"], after["KmsMasterKeyId"]) == ("alias/one", "alias/two")
    assert "KmsMasterKeyId" not in client.get_topic_attributes(TopicArn=arn)["Attributes"]
