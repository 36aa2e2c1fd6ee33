"""Records of a topic reach a real HTTP endpoint in Slack's form."""

from __future__ import annotations

import json

import pytest

from slack_notifier import handler
from tests.lambda_src.conftest import Serve
from tests.lambda_src.endpoints import Endpoint, Invocation, LocalAws, Received, Reply

ARN = "arn:aws:secretsmanager:us-west-2:123456789012:secret:slack"
ALARM = {
    "AlarmName": "customers: CPU <high>",
    "AlarmDescription": "Tasks are busy.",
    "AWSAccountId": "123456789012",
    "NewStateValue": "ALARM",
    "OldStateValue": "OK",
    "NewStateReason": "Threshold Crossed",
    "StateChangeTime": "2026-11-23T10:11:12.345+0000",
    "Region": "US West (Oregon)",
    "AlarmArn": "arn:aws:cloudwatch:us-west-2:123456789012:alarm:customers: CPU <high>",
    "Trigger": {
        "MetricName": "CPUUtilization",
        "Namespace": "AWS/ECS",
        "Statistic": "AVERAGE",
        "Dimensions": [{"name": "ServiceName", "value": "customers"}],
        "Period": 300,
        "EvaluationPeriods": 2,
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": 80.0,
    },
}


def record(message: str, identity: str = "", subject: str | None = None) -> dict[str, object]:
    body = {"Type": "Notification", "MessageId": identity, "Subject": subject, "Message": message}
    return {"EventSource": "aws:sns", "EventVersion": "1.0", "Sns": body}


def event(*records: object) -> dict[str, object]:
    return {"Records": list(records)}


@pytest.fixture
def replies() -> list[Reply]:
    """What Slack answers; `ok` when the list is empty."""
    return []


@pytest.fixture
def slack(
    serve: Serve, local_aws: LocalAws, replies: list[Reply], monkeypatch: pytest.MonkeyPatch
) -> Endpoint:
    def respond(request: Received) -> Reply:
        return replies.pop(0) if replies else Reply(200, b"ok")

    endpoint = serve(respond)
    local_aws.secrets[ARN] = f"{endpoint.url}/services/T/B/x"
    monkeypatch.setenv("WEBHOOK_SECRET_ARN", ARN)
    return endpoint


def sent(endpoint: Endpoint) -> list[str]:
    return [request.body.decode() for request in endpoint.received]


def test_an_alarm_says_what_where_since_when_and_links_to_the_console(slack: Endpoint) -> None:
    result = handler.handler(event(record(json.dumps(ALARM), "m-1")), Invocation())
    text = sent(slack)[0]

    assert result == {"delivered": 1}
    assert slack.received[0].path == "/services/T/B/x"
    assert json.loads(text)["attachments"][0]["color"] == "#d32f2f"
    for part in (
        "ALARM: customers: CPU <high>",
        "Tasks are busy.\\nThreshold Crossed",
        "average AWS/ECS CPUUtilization (ServiceName=customers)",
        "&gt; 80 over 2 periods of 300 s",
        "2026-11-23 10:11:12 UTC",
        "OK → ALARM",
        "https://us-west-2.console.aws.amazon.com/cloudwatch/home?region=us-west-2"
        "#alarmsV2:alarm/customers%3A%20CPU%20%3Chigh%3E",
    ):
        assert part in text


def test_an_event_names_its_type_and_source(slack: Endpoint) -> None:
    message = {
        "detail-type": "AWS Service Event via CloudTrail",
        "source": "aws.secretsmanager",
        "region": "us-west-2",
        "time": "2026-11-23T10:00:00Z",
        "resources": [],
        "detail": {"eventName": "RotationFailed"},
    }
    handler.handler(event(record(json.dumps(message), "m-2")), Invocation())
    payload = json.loads(sent(slack)[0])

    assert payload["text"] == "AWS Service Event via CloudTrail: RotationFailed"
    assert payload["attachments"][0]["color"] == "#d32f2f"


def test_plain_text_keeps_its_subject_and_cannot_mention_anybody(slack: Endpoint) -> None:
    handler.handler(event(record("hello <!channel> & 안녕 🐈", "m-3", "Rotation")), Invocation())
    payload = json.loads(sent(slack)[0])

    assert payload["text"] == "Rotation"
    assert payload["attachments"][0]["blocks"][1]["text"]["text"] == "hello &lt;!channel&gt; &amp; 안녕 🐈"


def test_json_that_is_neither_alarm_nor_event_is_shown_as_text(slack: Endpoint) -> None:
    handler.handler(event(record("[1, 2]", "m-4")), Invocation())

    assert "[1, 2]" in sent(slack)[0]


def test_a_message_that_is_too_long_is_shortened(slack: Endpoint) -> None:
    handler.handler(event(record("<" * 20_000, "m-5")), Invocation())
    text = json.loads(sent(slack)[0])["attachments"][0]["blocks"][1]["text"]["text"]

    assert 2900 < len(text) <= 3000
    assert text.endswith("&lt;…")


def test_half_of_a_character_does_not_keep_a_notice(slack: Endpoint) -> None:
    handler.handler(event(record("half \ud800 of a pair", "m-half", subject="Alarm")), Invocation())

    assert "half ? of a pair" in sent(slack)[0]


def test_one_bad_record_does_not_keep_the_others(slack: Endpoint) -> None:
    with pytest.raises(handler.Incomplete, match="2 of 4"):
        handler.handler(
            event(record("first", "m-6"), {"Sns": {}}, "nonsense", record("last", "m-7")), Invocation()
        )
    assert len(slack.received) == 2


def test_a_repeated_invocation_delivers_only_what_is_missing(slack: Endpoint, replies: list[Reply]) -> None:
    replies += [Reply(200, b"ok"), Reply(400, b"invalid_blocks")]
    both = event(record("first", "m-8"), record("second", "m-9"))
    with pytest.raises(handler.Incomplete):
        handler.handler(both, Invocation())
    handler.handler(both, Invocation())

    assert ["first" in text for text in sent(slack)] == [True, False, False]


def test_a_busy_slack_is_asked_again(slack: Endpoint, replies: list[Reply]) -> None:
    replies += [Reply(429, headers={"Retry-After": "1"}), Reply(500)]
    handler.handler(event(record("text", "m-10")), Invocation())

    assert len(slack.received) == 3


def test_a_slack_that_stays_broken_fails_the_invocation(slack: Endpoint, replies: list[Reply]) -> None:
    replies += [Reply(503)] * 9

    with pytest.raises(handler.Incomplete):
        handler.handler(event(record("text", "m-11")), Invocation(milliseconds=2000))


def test_a_changed_webhook_is_read_anew(slack: Endpoint, replies: list[Reply], local_aws: LocalAws) -> None:
    handler.handler(event(record("first", "m-12")), Invocation())
    replies.append(Reply(404, b"no_service"))
    local_aws.secrets[ARN] = json.dumps({"url": f"{slack.url}/services/new"})
    handler.handler(event(record("second", "m-13")), Invocation())

    assert [request.path for request in slack.received][1:] == ["/services/T/B/x", "/services/new"]


def test_the_webhook_stays_out_of_the_log(
    slack: Endpoint, replies: list[Reply], caplog: pytest.LogCaptureFixture
) -> None:
    replies.append(Reply(400, b"bad"))
    with pytest.raises(handler.Incomplete):
        handler.handler(event(record("text", "m-14")), Invocation())

    assert "400" in str([entry.exc_info for entry in caplog.records])
    assert "/services/T/B" not in caplog.text


@pytest.mark.parametrize("nonsense", [{}, {"Records": []}, {"Records": "x"}])
def test_an_event_without_records_fails(nonsense: dict[str, object]) -> None:
    with pytest.raises(handler.Incomplete, match="no records"):
        handler.handler(nonsense, Invocation())
