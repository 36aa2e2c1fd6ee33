"""One turn of a conversation with a Bedrock model, within the time that is left."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared import aws, deadline, logs, settings, shapes

ANSWER_TOKENS = 2048
"""Tokens that one turn may produce, those of its thinking included; the prompt asks for brief answers."""

# The SDK fixes the time-out when a client is made, so there is a client for each of these.
_TIMEOUTS = (20.0, 12.0, 6.0, 3.0)
_ATTEMPTS = 4
_FIRST_PAUSE = 0.4

_PASSING = frozenset(
    {
        "ThrottlingException",
        "ServiceUnavailableException",
        "InternalServerException",
        "ModelNotReadyException",
        "ModelTimeoutException",
    }
)
# What Bedrock's error codes mean for a model's id; Amazon Bedrock API Reference, "Converse", errors, and User
# Guide, "Model lifecycle" and "Access Amazon Bedrock foundation models". The next cause has Bedrock's own words.
_UNUSABLE = {
    "AccessDeniedException": "it is not enabled for this account, or the function's role may not invoke it; "
    "enable it once under Bedrock's model access",
    "ResourceNotFoundException": "it is retired, or this region does not offer it; set another id in the spec",
    "ValidationException": "its id is wrong here or needs an inference profile, or the request is too long",
}


class ModelFailed(Exception):
    """The model gave no turn: it is busy, fails, or there is no time left."""


class ModelUnusable(ModelFailed):
    """Bedrock refuses the model for good: it is retired, not enabled for the account, or its id is wrong."""


@dataclass(frozen=True, slots=True)
class Call:
    """A tool that the model wants to be run; `given` is whatever it sent as input."""

    identity: str
    name: str
    given: object


@dataclass(frozen=True, slots=True)
class Turn:
    """What the model said: the message as it must be sent back, its text, and the calls in it."""

    message: Mapping[str, object]
    stop: str
    text: str
    calls: tuple[Call, ...]
    tokens: int


def turn(
    messages: Sequence[Mapping[str, object]],
    *,
    system: str,
    tools: Sequence[Mapping[str, object]],
    until: deadline.Deadline,
) -> Turn:
    """Ask the model for its next turn; busy answers are tried again with growing pauses.

    Raises `ModelFailed` or `ModelUnusable`; the one environment variable `..._MODEL_ID` names the model.
    """
    model = settings.required(f"{settings.prefix_of('_MODEL_ID')}_MODEL_ID")
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return _turn(
                aws.call(
                    "bedrock-runtime",
                    "converse",
                    timeout=_timeout(until),
                    attempts=1,
                    modelId=model,
                    messages=list(messages),
                    system=[{"text": system}],
                    toolConfig={"tools": list(tools)},
                    inferenceConfig={"maxTokens": ANSWER_TOKENS},
                )
            )
        except aws.Refused as error:
            if error.code in _UNUSABLE:
                raise ModelUnusable(f"the model {model} cannot be used: {_UNUSABLE[error.code]}") from error
            pause = _FIRST_PAUSE * 2 ** (attempt - 1) * random.uniform(0.75, 1.25)
            if error.code not in _PASSING or attempt == _ATTEMPTS or pause >= until.remaining():
                raise ModelFailed(f"the model {model} failed at attempt {attempt}") from error
            logs.warning("the model is asked again", code=error.code, attempt=attempt)
            time.sleep(pause)
        except aws.Unreachable as error:
            raise ModelFailed(f"the model {model} did not answer") from error
    raise AssertionError("unreachable: the last attempt returns or raises")


def _timeout(until: deadline.Deadline) -> float:
    for seconds in _TIMEOUTS:
        if seconds <= until.remaining():
            return seconds
    raise ModelFailed("no time is left to ask the model")


def _turn(answer: Mapping[str, object]) -> Turn:
    message = shapes.mapping(shapes.mapping(answer.get("output")).get("message"))
    blocks = [shapes.mapping(block) for block in shapes.items(message.get("content"))]
    uses = [shapes.mapping(block["toolUse"]) for block in blocks if "toolUse" in block]
    usage = shapes.mapping(answer.get("usage"))
    return Turn(
        message=message,
        stop=shapes.text(answer.get("stopReason")),
        text="\n".join(filter(None, (shapes.text(block.get("text")).strip() for block in blocks))),
        calls=tuple(
            Call(shapes.text(use.get("toolUseId")), shapes.text(use.get("name")), use.get("input"))
            for use in uses
        ),
        tokens=shapes.whole(usage.get("totalTokens")) or 0,
    )
