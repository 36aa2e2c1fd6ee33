"""Chats, rotations, alarms and dead letters through a local deployment, with a real MariaDB behind it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from tests.lambda_src import events
from tests.lambda_src.deployed import Deployed, admit, held, secret
from tests.lambda_src.endpoints import Endpoint, Received, Reply, calls, says

OWNER = {"firstName": "Ada", "lastName": "Byron", "address": "1 St", "city": "Rome", "telephone": "12"}
UNWANTED = "nobody reads this"


def _put(made: Deployed, arn: str, value: str) -> None:
    made.client("secretsmanager").put_secret_value(SecretId=arn, SecretString=value)


def _arn(made: Deployed, function: str) -> str:
    found = made.client("lambda").get_function_configuration(FunctionName=f"petclinic-dev-{function}")
    return str(found["FunctionArn"])


def _dead_letters(made: Deployed, function: str) -> str:
    """Return the name of the queue that gets what a function failed to handle."""
    found = made.client("lambda").get_function_event_invoke_config(
        FunctionName=f"petclinic-dev-{function}", Qualifier="$LATEST"
    )
    return str(found["DestinationConfig"]["OnFailure"]["Destination"]).rpartition(":")[2]


def _eventually(look: Callable[[], bool], seconds: float = 120.0) -> bool:
    """Tell whether `look` came true; on a busy machine functions start late and are repeated later still."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if look():
            return True
        time.sleep(0.2)
    return False


@dataclass(slots=True)
class Slack:
    """Slack: what it received, of which it takes all but `UNWANTED`."""

    received: list[str] = field(default_factory=list)

    def respond(self, request: Received) -> Reply:
        message = request.body.decode()
        self.received.append(message)
        return Reply(403, b"invalid_token") if UNWANTED in message else Reply(200, b"ok")

    def said(self, words: str) -> bool:
        """Tell whether a message with these words came, perhaps among others."""
        return any(words in message for message in self.received)


@pytest.fixture(scope="module")
def slack(deployed: Deployed) -> Iterator[Slack]:
    """Slack, whose address stands in the webhook's secret as the operator puts it there."""
    made = Slack()
    with Endpoint(made.respond) as endpoint:
        _put(deployed, secret(deployed, "slack-notifier", "WEBHOOK_SECRET_ARN"), endpoint.url)
        yield made


def test_a_chat_adds_an_owner_that_the_next_question_finds(deployed: Deployed) -> None:
    deployed.model.turns += [calls(("add_owner", OWNER)), says("Ada Byron was added.")]
    added = deployed.asked('"Please add Ada Byron, 1 St, Rome, telephone 12."')
    deployed.model.turns += [calls(("list_owners", {"name": "Byron"})), says("Ada Byron lives in Rome.")]
    found = deployed.asked('{"message": "Where does Byron live?"}')

    assert added == (200, "Ada Byron was added.")
    assert found == (200, "Ada Byron lives in Rome.")
    assert '"Rome"' in json.dumps(deployed.model.asked[-1]["messages"])
    assert deployed.model.models[-1] == "us.anthropic.claude-haiku-5-5"
    assert deployed.database.run("SELECT COUNT(*) FROM owners WHERE last_name = 'Byron'") == [(1,)]


def test_a_bad_question_is_refused_through_the_gateway(deployed: Deployed) -> None:
    assert deployed.asked("hello")[0] == 400
    assert deployed.asked("[]")[0] == 400


def test_a_rotated_password_is_not_noticed_by_the_next_question(deployed: Deployed) -> None:
    rotated = json.dumps({**held(deployed), "password": "another one"})
    _put(deployed, secret(deployed, "genai", "CLINIC_SECRET_ARN"), rotated)
    admit(deployed)
    deployed.database.restart()
    deployed.model.turns += [calls(("list_owners", {})), says("Some.")]

    assert deployed.asked('"who is there?"') == (200, "Some.")


def test_a_rotation_matches_its_rule_rolls_the_services_and_tells_slack(
    deployed: Deployed, slack: Slack
) -> None:
    """Nobody but AWS may put an event of AWS on a bus, so rule and function get the same one apart."""
    arn = secret(deployed, "genai", "CLINIC_SECRET_ARN")
    secrets = deployed.client("secretsmanager")
    # What a rotation does last: a version becomes the current one. The value stays, for the database does not rotate.
    secrets.put_secret_value(
        SecretId=arn, SecretString=secrets.get_secret_value(SecretId=arn)["SecretString"]
    )
    event = json.dumps(events.rotation(arn, datetime.now(UTC)))
    rules = deployed.client("events")
    named = rules.list_rule_names_by_target(TargetArn=_arn(deployed, "credential-refresh"))["RuleNames"]
    patterns = [rules.describe_rule(Name=name)["EventPattern"] for name in named]
    deployed.client("lambda").invoke(
        FunctionName="petclinic-dev-credential-refresh", InvocationType="Event", Payload=event
    )

    matched = [rules.test_event_pattern(EventPattern=item, Event=event)["Result"] for item in patterns]
    own = json.dumps(events.relabelled(arn, datetime.now(UTC)))
    others = [rules.test_event_pattern(EventPattern=item, Event=own)["Result"] for item in patterns]

    # A rule for each of the two events of a rotation, and neither rule takes the other's.
    assert sorted(zip(matched, others, strict=True)) == [(False, True), (True, False)]
    assert _eventually(lambda: slack.said("services were rolled"))
    told = next(message for message in slack.received if "services were rolled" in message)
    assert [told.count(name) for name in ("ServiceCustomers", "ServiceVets", "ServiceVisits")] == [1] * 3


def test_an_alarm_reaches_slack(deployed: Deployed, slack: Slack) -> None:
    cloudwatch = deployed.client("cloudwatch")
    name = cloudwatch.describe_alarms(AlarmTypes=["MetricAlarm"])["MetricAlarms"][0]["AlarmName"]
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="tried")

    assert _eventually(lambda: slack.said(f"ALARM: {name}"))


def test_what_slack_does_not_take_becomes_a_dead_letter(deployed: Deployed, slack: Slack) -> None:
    """Invoked as SNS does, which hands a message over and does not wait."""
    deployed.client("lambda").invoke(
        FunctionName="petclinic-dev-slack-notifier",
        InvocationType="Event",
        Payload=json.dumps(events.sns(UNWANTED)),
    )
    queues = deployed.client("sqs")
    letters = queues.get_queue_url(QueueName=_dead_letters(deployed, "slack-notifier"))["QueueUrl"]

    assert _eventually(lambda: UNWANTED in str(queues.receive_message(QueueUrl=letters)))
    assert slack.said(UNWANTED)
