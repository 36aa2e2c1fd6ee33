"""Entry point: `POST .../chatclient` answers a question about the clinic in plain text."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from genai import chat
from genai.database import Database, place
from shared import deadline, gateway, logs, shapes

logs.configure()

UNAVAILABLE = (
    "The chat is not available at the moment. Please try again in a little while; "
    "if you asked for a change, look first whether it was made."
)
"""What every failure says to the caller; the log has the cause. A change that was made before stands."""

QUESTION_LIMIT = 4000
"""Characters of a question."""

_BODY_LIMIT = 64 * 1024
_RESERVE_SECONDS = 1.5
_GATEWAY_SECONDS = 26.5
"""API Gateway waits 29 seconds at most; the answer must be on its way before."""


class BadQuestion(Exception):
    """The body holds no question."""


def handler(event: object, context: deadline.Context) -> dict[str, object]:
    """Answer 200 with the model's words, 400, 404, 405 or 413 when the caller is at fault, else 503."""
    logs.begin(context)
    if not gateway.path(event).rstrip("/").endswith("/chatclient"):
        return _refused(404, "There is nothing at this path.")
    if gateway.method(event) != "POST":
        return _refused(405, "Only POST is possible here.", {"Allow": "POST"})
    if len(shapes.text(shapes.mapping(event).get("body"))) > _BODY_LIMIT:
        return _refused(413, f"A question may have {QUESTION_LIMIT} characters at most.")
    try:
        asked = question(gateway.body(event))
    except (BadQuestion, gateway.BadBody) as error:
        return _refused(400, f"This is no question: {error}.")
    if len(asked) > QUESTION_LIMIT:
        return _refused(413, f"A question may have {QUESTION_LIMIT} characters at most.")
    until = deadline.of(context, reserve=_RESERVE_SECONDS, at_most=_GATEWAY_SECONDS)
    try:
        database = _database()
        database.begin(until)
        return gateway.answer_text(200, chat.answer(asked, database, until))
    except Exception as error:  # the caller gets the one sentence, whatever failed
        logs.error("the chat failed", cause=error)
        return gateway.answer_text(503, UNAVAILABLE)


def question(body: str) -> str:
    """Return the question of a body, a JSON string or `{"message": ...}`; raise `BadQuestion`."""
    try:
        value = shapes.parsed(body)
    except ValueError as error:
        raise BadQuestion("the body is not JSON") from error
    asked = value if isinstance(value, str) else shapes.mapping(value).get("message")
    if not isinstance(asked, str):
        raise BadQuestion("the body is neither a JSON string nor an object with a text as message")
    if not asked.strip():
        raise BadQuestion("it is empty")
    try:
        asked.encode()
    except UnicodeEncodeError as error:
        raise BadQuestion("it holds half of a character") from error
    return asked.strip()


@functools.cache
def _database() -> Database:
    return Database(place())


def _refused(status: int, sentence: str, headers: Mapping[str, str] | None = None) -> dict[str, object]:
    logs.info("refused", status=status)
    return gateway.answer_text(status, sentence, headers)
