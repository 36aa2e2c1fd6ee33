"""A question and its answer: turns of the model, with tools between them, within bounds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from genai import bedrock, prompt, tools
from genai.database import Database
from shared import deadline, logs

TURNS_AT_MOST = 8
CALLS_AT_MOST = 16
TOKENS_AT_MOST = 80_000
SECONDS_FOR_TOOLS = 8.0
"""A tool starts only while this much time is left, as the model has to speak once more after it."""

DECLINED = "I cannot help with this. I can answer questions about owners, pets, vets and visits."
"""What is said in place of an answer that a filter held back: nothing failed, so it is an answer."""

_HELD_BACK = frozenset({"guardrail_intervened", "content_filtered"})
_MALFORMED = frozenset({"malformed_model_output", "malformed_tool_use"})
"""Reasons to stop of the Converse operation; Amazon Bedrock API Reference, "Converse", stopReason."""

_NO_MORE = "no more tools can be run for this question; answer now with what is known and say what is missing"


class NoAnswer(Exception):
    """The model came to no answer within the bounds."""


def answer(question: str, database: Database, until: deadline.Deadline) -> str:
    """Return the model's answer to a question that stands alone: there is no memory between questions.

    Raises `NoAnswer`, `bedrock.ModelFailed`, or what the database and the secret raise.
    """
    system = prompt.system(datetime.now(UTC).date())
    specifications = tools.specifications()
    messages: list[Mapping[str, object]] = [{"role": "user", "content": [{"text": question}]}]
    tokens = calls = 0
    warned = spent = False
    for number in range(1, TURNS_AT_MOST + 1):
        turn = bedrock.turn(messages, system=system, tools=specifications, until=until)
        tokens += turn.tokens
        if turn.stop in _MALFORMED and tokens <= TOKENS_AT_MOST:
            logs.warning("the model garbled its turn and is asked again", turn=number, stop=turn.stop)
            continue
        if turn.stop != "tool_use" or not turn.calls:
            logs.info("the model answered", turns=number, calls=calls, tokens=tokens, stop=turn.stop)
            return _spoken(turn)
        if warned:
            break
        results: list[Mapping[str, object]] = []
        for call in turn.calls:
            calls += 1
            spent = (
                number >= TURNS_AT_MOST - 1
                or calls > CALLS_AT_MOST
                or tokens > TOKENS_AT_MOST
                or until.remaining() < SECONDS_FOR_TOOLS
            )
            outcome = tools.Outcome(problem=_NO_MORE) if spent else tools.run(call.name, call.given, database)
            results.append(_result(call, outcome))
        # What is spent stays spent, so the last call tells for the whole turn.
        warned = spent
        messages += [turn.message, {"role": "user", "content": results}]
    raise NoAnswer(f"the model came to no answer in {number} turns, {calls} calls and {tokens} tokens")


def _spoken(turn: bedrock.Turn) -> str:
    if turn.stop in _HELD_BACK:
        return DECLINED
    if turn.stop not in ("end_turn", "stop_sequence", "max_tokens") or not turn.text:
        raise NoAnswer(f"the model stopped with {turn.stop!r} and {len(turn.text)} characters of text")
    return turn.text + (" …" if turn.stop == "max_tokens" else "")


def _result(call: bedrock.Call, outcome: tools.Outcome) -> Mapping[str, object]:
    content: object = {"text": outcome.problem} if outcome.result is None else {"json": outcome.result}
    status = "error" if outcome.result is None else "success"
    return {"toolResult": {"toolUseId": call.identity, "content": [content], "status": status}}
