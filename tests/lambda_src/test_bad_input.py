"""What nobody should send: a status and a message, one log line, no traceback, nothing half done."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.lambda_src import events
from tests.lambda_src.endpoints import Endpoint, LocalAws
from tests.lambda_src.runtime import Environment, Outcome, environment
from tests.lambda_src.zips import Unpacked

SECRET = "arn:aws:secretsmanager:us-west-2:123456789012:secret:one"
CHAT = "/api/genai/chatclient"
VARIABLES: Mapping[str, Mapping[str, str]] = {
    "genai": {
        "ASSISTANT_MODEL_ID": "m",
        "CLINIC_HOST": "127.0.0.1",
        "CLINIC_PORT": "1",
        "CLINIC_SCHEMA": "petclinic",
        "CLINIC_SECRET_ARN": SECRET,
    },
    "owner_details": {
        "CUSTOMERS_SERVICE_URL": "http://127.0.0.1:1",
        "VISITS_SERVICE_URL": "http://127.0.0.1:1",
    },
    "slack_notifier": {"WEBHOOK_SECRET_ARN": SECRET},
    "credential_refresh": {"ROLLS": "{}"},
}


@pytest.fixture(scope="module")
def aws() -> Iterator[LocalAws]:
    """An AWS that counts what it is asked for: nothing of this module may get that far."""
    yield LocalAws()


@pytest.fixture(scope="module")
def running(
    functions: dict[str, Unpacked], aws: LocalAws, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Environment]]:
    """One environment for each function: what is bad must not spoil the next invocation either."""
    folder: Path = tmp_path_factory.mktemp("logs")
    with ExitStack() as stack:
        url = stack.enter_context(Endpoint(aws.respond)).url
        yield {
            name: stack.enter_context(
                environment(functions[name], {"AWS_ENDPOINT_URL": url, **variables}, folder / name)
            )
            for name, variables in VARIABLES.items()
        }


def assert_refused(outcome: Outcome, status: int) -> None:
    assert outcome.status == status
    assert outcome.body
    assert "Traceback" not in outcome.body
    assert "File " not in outcome.body
    assert len(outcome.lines) == 1


BODIES: Mapping[str, tuple[str | None, int]] = {
    "none": (None, 400),
    "empty": ("", 400),
    "no json": ("hello", 400),
    "broken json": ('{"message": "hi', 400),
    "empty text": ('""', 400),
    "blank text": ('" \\n\\t "', 400),
    "number": ("5", 400),
    "list": ('["hi"]', 400),
    "object without message": ('{"question": "hi"}', 400),
    "message of a wrong kind": ('{"message": {"a": 1}}', 400),
    "half a character": ('"\\ud83d"', 400),
    "deep": ("[" * 50_000, 400),
    "1 MB of json": (json.dumps("x" * 1_000_000), 413),
    "1 MB of nothing": (" " * 1_000_000, 413),
    "a little too long": (json.dumps("x" * 4001), 413),
    "emoji, too long": (json.dumps("🐈" * 4001, ensure_ascii=False), 413),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_bad_body_is_refused(running: dict[str, Environment], name: str) -> None:
    body, status = BODIES[name]

    assert_refused(running["genai"].invoke(events.rest_request("POST", CHAT, body)), status)


@pytest.mark.parametrize(
    "raw", [b'"\xff\xfe"', b"\x80", '"hé"'.encode("latin-1"), '"hi"'.encode("utf-16")], ids=repr
)
def test_a_body_that_is_not_utf_8_is_refused(running: dict[str, Environment], raw: bytes) -> None:
    body = base64.b64encode(raw).decode()

    assert_refused(running["genai"].invoke(events.rest_request("POST", CHAT, body, base64=True)), 400)


def test_base64_that_is_none_is_refused(running: dict[str, Environment]) -> None:
    assert_refused(running["genai"].invoke(events.rest_request("POST", CHAT, "%%%", base64=True)), 400)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "post ", ""])
def test_another_method_is_refused(running: dict[str, Environment], method: str) -> None:
    assert_refused(running["genai"].invoke(events.rest_request(method, CHAT, '"hi"')), 405)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "HEAD"])
def test_owners_details_are_only_read(running: dict[str, Environment], method: str) -> None:
    assert_refused(running["owner_details"].invoke(events.rest_request(method, "/api/gateway/owners/1")), 405)


@pytest.mark.parametrize(
    "identity",
    [
        *(
            "0",
            "-1",
            "2147483648",
            "99999999999999999999",
            "abc",
            "1.5",
            "1e3",
            "+1",
            "0x1",
            "%31%00",
            "\uff11",
        ),
        *("1 OR 1=1", "1;DROP TABLE owners", "'", "%27%20OR%20%271%27=%271", "🐈", "길동", "1%0a", "null"),
    ],
)
def test_a_bad_id_is_refused_and_reaches_no_service(running: dict[str, Environment], identity: str) -> None:
    event = events.rest_request("GET", f"/api/gateway/owners/{identity}")

    assert_refused(running["owner_details"].invoke(event), 400)


@pytest.mark.parametrize("path", ["", "/", "/api/gateway/owners", "/api/gateway/owners/1/pets", "/owners//"])
def test_another_path_is_refused(running: dict[str, Environment], path: str) -> None:
    assert_refused(running["owner_details"].invoke(events.rest_request("GET", path)), 404)
    assert_refused(running["genai"].invoke(events.rest_request("POST", path, '"hi"')), 404)


FOREIGN: Mapping[str, object] = {
    "topic": events.sns(events.alarm()),
    "rotation": events.rotation("arn:aws:secretsmanager:us-west-2:1:secret:none", datetime.now(UTC)),
    "failed rotation": events.rotation(SECRET, datetime.now(UTC), "RotationFailed"),
    "schedule": events.schedule(),
    "bucket's test": events.s3_test(),
    "bucket": {"Records": [{"eventSource": "aws:s3", "s3": {"object": {"key": "a"}}}]},
    "queue": {"Records": [{"eventSource": "aws:sqs", "body": "hi"}]},
    "nothing": {},
    "records of a wrong kind": {"Records": "all"},
    "request of another kind": {"version": "2.0", "rawPath": CHAT, "body": '"hi"'},
}


@pytest.mark.parametrize("name", FOREIGN)
@pytest.mark.parametrize("function", ["genai", "owner_details"])
def test_an_event_of_another_service_is_no_request(
    running: dict[str, Environment], function: str, name: str
) -> None:
    outcome = running[function].invoke(FOREIGN[name])

    assert outcome.status in (404, 405)
    assert len(outcome.lines) == 1


@pytest.mark.parametrize("name", FOREIGN)
def test_an_event_of_another_service_rolls_nothing(running: dict[str, Environment], name: str) -> None:
    outcome = running["credential_refresh"].invoke(FOREIGN[name])

    assert outcome.answer == {"rolled": [], "already current": [], "failed": []}
    assert len(outcome.lines) == 1


@pytest.mark.parametrize("name", [name for name in FOREIGN if name != "topic"])
def test_an_event_of_another_service_is_kept_as_a_dead_letter(
    running: dict[str, Environment], name: str
) -> None:
    """The invocation fails, which is what Lambda repeats and then keeps."""
    outcome = running["slack_notifier"].invoke(FOREIGN[name])

    own = [line for line in outcome.lines if "errorType" not in line]  # the others are the runtime's

    assert outcome.error["errorType"] == "Incomplete"
    assert len(own) <= 1 <= len(outcome.lines)


@pytest.mark.parametrize("event", [None, 5, "hi", ["hi"], True], ids=repr)
@pytest.mark.parametrize("function", VARIABLES)
def test_an_event_that_is_no_object_breaks_nothing(
    running: dict[str, Environment], function: str, event: object
) -> None:
    outcome = running[function].invoke(event)

    assert len(outcome.lines) == 1
    assert outcome.error.get("errorType") in (None, "Incomplete")


def test_nothing_of_all_this_reached_aws(running: dict[str, Environment], aws: LocalAws) -> None:
    assert running
    assert (aws.asked, aws.secret_reads, aws.rolled, aws.published) == ([], 0, [], [])
