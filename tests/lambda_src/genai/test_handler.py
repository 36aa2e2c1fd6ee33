"""Chats through the entry point: the real SDK on a local Converse endpoint, tools on a real MariaDB."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator

import pytest

from genai import bedrock, chat, handler
from shared import aws
from tests.lambda_src import mariadb
from tests.lambda_src.conftest import Serve
from tests.lambda_src.endpoints import Invocation, LocalAws, Reply, aws_error, calls, reply_json, says
from tests.lambda_src.genai.conftest import SECRET


@pytest.fixture(autouse=True)
def deployed(local_aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Inject a model, and a database that only answers where a test asks for one."""
    for name, value in {
        "CHAT_MODEL_ID": "us.anthropic.claude-haiku-5-5",
        "CLINIC_HOST": "127.0.0.1",
        "CLINIC_PORT": "1",
        "CLINIC_SCHEMA": "petclinic",
        "CLINIC_SECRET_ARN": SECRET,
    }.items():
        monkeypatch.setenv(name, value)
    handler._database.cache_clear()
    yield
    handler._database.cache_clear()


def event(body: str | None, method: str = "POST", path: str = "/api/genai/chatclient") -> dict[str, object]:
    return {
        "resource": "/api/genai/{proxy+}",
        "path": path,
        "httpMethod": method,
        "headers": {"Content-Type": "application/json"},
        "pathParameters": {"proxy": "chatclient"},
        "requestContext": {"stage": "v1"},
        "body": body,
        "isBase64Encoded": False,
    }


def ask(question: str, milliseconds: int = 28_000) -> tuple[object, object]:
    answer = handler.handler(event(json.dumps(question)), Invocation(milliseconds))
    return answer["statusCode"], answer["body"]


def results(local_aws: LocalAws, turn: int) -> list[dict[str, object]]:
    """Return the results of tools that the model received at its turn with this index."""
    messages = local_aws.asked[turn]["messages"]
    assert isinstance(messages, list)
    return [block["toolResult"] for block in messages[-1]["content"]]


def test_an_answer_is_plain_text(local_aws: LocalAws) -> None:
    local_aws.turns.append(says("Hello 🐈 안녕"))
    answer = handler.handler(event('"hi"'), Invocation())
    headers = answer["headers"]

    assert (answer["statusCode"], answer["body"]) == (200, "Hello 🐈 안녕")
    assert isinstance(headers, dict)
    assert headers["Content-Type"] == "text/plain; charset=utf-8"


def test_the_model_gets_question_prompt_and_tools(local_aws: LocalAws) -> None:
    local_aws.turns.append(says("Hello"))
    ask("who are you?")
    asked = local_aws.asked[0]

    assert local_aws.models == ["us.anthropic.claude-haiku-5-5"]
    assert asked["messages"] == [{"role": "user", "content": [{"text": "who are you?"}]}]
    assert "veterinary clinic" in json.dumps(asked["system"])
    assert "add_visit" in json.dumps(asked["toolConfig"])


@pytest.mark.parametrize("body", ['{"message": " hi "}', '"hi"', '"\\u0068i"'])
def test_both_forms_of_a_question_are_read(local_aws: LocalAws, body: str) -> None:
    local_aws.turns.append(says("Hello"))
    handler.handler(event(body), Invocation())

    assert '"text": "hi"' in json.dumps(local_aws.asked[0]["messages"])


def test_a_body_in_base64_is_read(local_aws: LocalAws) -> None:
    local_aws.turns.append(says("Hello"))
    encoded = base64.b64encode('"안녕"'.encode()).decode()
    answer = handler.handler({**event(encoded), "isBase64Encoded": True}, Invocation())

    assert answer["statusCode"] == 200


@pytest.mark.parametrize(
    "body",
    [None, "", "hi", "{", "[]", "{}", '{"message": 5}', '"  "', "null", '"\\ud83d"', "[" * 60_000],
)
def test_a_body_without_question_is_400(local_aws: LocalAws, body: str | None) -> None:
    answer = handler.handler(event(body), Invocation())

    assert answer["statusCode"] == 400
    assert local_aws.asked == []


@pytest.mark.parametrize("raw", ["\xff\xfe".encode("latin-1"), b"\x80"])
def test_a_body_that_is_not_utf_8_is_400(raw: bytes) -> None:
    encoded = base64.b64encode(raw).decode()

    assert handler.handler({**event(encoded), "isBase64Encoded": True}, Invocation())["statusCode"] == 400


@pytest.mark.parametrize("size", [handler.QUESTION_LIMIT + 1, 1_000_000])
def test_a_question_that_is_too_long_is_413(local_aws: LocalAws, size: int) -> None:
    assert ask("x" * size)[0] == 413
    assert local_aws.asked == []


def test_other_methods_and_paths_are_refused() -> None:
    assert handler.handler(event('"hi"', "GET"), Invocation())["statusCode"] == 405
    assert handler.handler(event('"hi"', path="/api/genai/other"), Invocation())["statusCode"] == 404
    assert handler.handler({"Records": []}, Invocation())["statusCode"] == 404


def test_a_chat_adds_an_owner_that_the_next_question_finds(
    clinic_server: mariadb.Server, local_aws: LocalAws
) -> None:
    given = {"firstName": "Ada", "lastName": "Byron", "address": "1 St", "city": "Rome", "telephone": "12"}
    local_aws.turns += [calls(("add_owner", given)), says("Ada was added.")]
    assert ask("add Ada Byron, ...") == (200, "Ada was added.")
    local_aws.turns += [calls(("list_owners", {"name": "byron"})), says("Yes, Ada Byron.")]
    answer = ask("do we know a Byron?")
    result = results(local_aws, 3)[0]

    assert answer == (200, "Yes, Ada Byron.")
    assert (result["toolUseId"], result["status"]) == ("use-0", "success")
    assert '"firstName": "Ada"' in json.dumps(result["content"])


def test_the_model_is_told_what_is_wrong_with_its_input(local_aws: LocalAws) -> None:
    local_aws.turns += [
        calls(("add_owner", {"firstName": "A"}), ("drop_table", {}), ("list_vets", "all")),
        says("Which last name?"),
    ]
    answer = ask("add A")

    assert answer == (200, "Which last name?")
    assert [result["status"] for result in results(local_aws, 1)] == ["error"] * 3
    assert "lastName is required" in json.dumps(results(local_aws, 1)[0])


def test_each_question_stands_alone(local_aws: LocalAws) -> None:
    local_aws.turns += [says("one"), says("two")]
    ask("my name is Ada")
    ask("what is my name?")

    assert "Ada" not in json.dumps(local_aws.asked[1])


def test_an_endless_loop_of_tools_is_cut_and_the_model_may_answer(local_aws: LocalAws) -> None:
    turns = [calls(("nothing", {})) for _ in range(chat.TURNS_AT_MOST - 1)]
    local_aws.turns += [*turns, says("I could not find it.")]

    assert ask("loop") == (200, "I could not find it.")
    assert "no more tools" in json.dumps(results(local_aws, chat.TURNS_AT_MOST - 1))


def test_a_model_that_never_stops_asking_is_503(local_aws: LocalAws) -> None:
    local_aws.turns += [calls(("nothing", {})) for _ in range(chat.TURNS_AT_MOST + 5)]

    assert ask("loop") == (503, handler.UNAVAILABLE)
    assert len(local_aws.asked) == chat.TURNS_AT_MOST


def test_many_calls_in_one_turn_are_bounded(local_aws: LocalAws) -> None:
    local_aws.turns += [calls(*[("nothing", {})] * (chat.CALLS_AT_MOST + 1)), says("done")]
    ask("many")
    said = [json.dumps(result) for result in results(local_aws, 1)]

    assert ["no more tools" in text for text in said] == [False] * chat.CALLS_AT_MOST + [True]


def test_no_tool_starts_when_little_time_is_left(local_aws: LocalAws) -> None:
    local_aws.turns += [calls(("list_owners", {})), says("Sorry, later.")]

    assert ask("who?", milliseconds=8_000) == (200, "Sorry, later.")


def test_a_model_that_is_busy_is_asked_again(local_aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bedrock, "_FIRST_PAUSE", 0.01)
    local_aws.turns += [
        aws_error("ThrottlingException", "slow down", 429),
        aws_error("ServiceUnavailableException", "busy", 503),
        says("Hello"),
    ]

    assert ask("hi") == (200, "Hello")


@pytest.mark.parametrize(
    ("reply", "cause"),
    [
        (
            aws_error("ResourceNotFoundException", "The model reached the end of its life.", 404),
            "end of its life",
        ),
        (aws_error("AccessDeniedException", "No access to the model.", 403), "No access to the model"),
        (aws_error("ValidationException", "The model identifier is invalid.", 400), "identifier is invalid"),
        (aws_error("ModelErrorException", "boom", 424), "boom"),
        (Reply(200, b"not json"), "stopped with ''"),
        (says("", "end_turn"), "stopped with 'end_turn'"),
        (says("...", "model_context_window_exceeded"), "model_context_window_exceeded"),
    ],
    ids=["retired", "not enabled", "wrong id", "model error", "nonsense", "empty", "too long"],
)
def test_what_the_model_cannot_do_is_503_and_the_log_says_why(
    local_aws: LocalAws, caplog: pytest.LogCaptureFixture, reply: Reply, cause: str
) -> None:
    local_aws.turns.append(reply)
    answer = ask("hi")
    errors = [record.exc_info[1] for record in caplog.records if record.exc_info]

    assert answer == (503, handler.UNAVAILABLE)
    assert cause in f"{errors[0]} {errors[0].__cause__ if errors[0] else ''}"


@pytest.mark.parametrize(
    ("code", "way_out"),
    [
        ("ResourceNotFoundException", "it is retired"),
        ("AccessDeniedException", "it is not enabled for this account"),
        ("ValidationException", "needs an inference profile"),
    ],
)
def test_the_log_says_what_to_do_about_a_model_that_cannot_be_used(
    local_aws: LocalAws, caplog: pytest.LogCaptureFixture, code: str, way_out: str
) -> None:
    local_aws.turns.append(aws_error(code, "Bedrock's words", 400))
    ask("hi")
    cause = next(record.exc_info[1] for record in caplog.records if record.exc_info)

    assert "us.anthropic.claude-haiku-5-5 cannot be used" in str(cause)
    assert way_out in str(cause)


@pytest.mark.parametrize("stop", ["guardrail_intervened", "content_filtered"])
def test_what_a_filter_holds_back_is_declined_and_no_failure(local_aws: LocalAws, stop: str) -> None:
    local_aws.turns.append(says("half of something", stop))

    assert ask("how do I hurt somebody?") == (200, chat.DECLINED)


def test_a_refusal_of_the_model_is_its_answer(local_aws: LocalAws) -> None:
    local_aws.turns.append(says("I will not do that."))

    assert ask("delete everybody") == (200, "I will not do that.")


@pytest.mark.parametrize("stop", ["malformed_model_output", "malformed_tool_use"])
def test_a_garbled_turn_is_asked_for_again(local_aws: LocalAws, stop: str) -> None:
    local_aws.turns += [says("{", stop), says("Hello")]

    assert ask("hi") == (200, "Hello")
    assert local_aws.asked[0]["messages"] == local_aws.asked[1]["messages"]


def test_a_model_that_only_garbles_is_503(local_aws: LocalAws) -> None:
    local_aws.turns += [says("{", "malformed_tool_use") for _ in range(chat.TURNS_AT_MOST + 1)]

    assert ask("hi") == (503, handler.UNAVAILABLE)
    assert len(local_aws.asked) == chat.TURNS_AT_MOST


def test_after_too_many_tokens_there_is_one_turn_more(local_aws: LocalAws) -> None:
    local_aws.turns += [calls(("nothing", {}), tokens=chat.TOKENS_AT_MOST + 1) for _ in range(5)]

    assert ask("hi") == (503, handler.UNAVAILABLE)
    assert len(local_aws.asked) == 2


def test_throttling_that_does_not_end_is_503_within_the_time(
    local_aws: LocalAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bedrock, "_FIRST_PAUSE", 0.01)
    local_aws.turns += [aws_error("ThrottlingException", "slow down", 429) for _ in range(10)]

    assert ask("hi") == (503, handler.UNAVAILABLE)
    assert len(local_aws.asked) == 4


def test_what_the_model_thinks_is_sent_back_to_it_and_not_shown(local_aws: LocalAws) -> None:
    """Bedrock refuses a turn with tools whose reasoning does not come back with its signature."""
    thought = {"reasoningContent": {"reasoningText": {"text": "A secret thought.", "signature": "c2ln"}}}
    local_aws.turns += [
        calls(("nothing", {}), before=thought),
        reply_json(
            {
                "output": {"message": {"role": "assistant", "content": [thought, {"text": "Done."}]}},
                "stopReason": "end_turn",
                "usage": {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2},
            }
        ),
    ]

    assert ask("hi") == (200, "Done.")
    assert json.dumps(thought) in json.dumps(local_aws.asked[1]["messages"])


def test_an_answer_that_is_cut_says_so(local_aws: LocalAws) -> None:
    local_aws.turns.append(says("Owners: Jean", "max_tokens"))

    assert ask("list all") == (200, "Owners: Jean …")


def test_a_model_that_is_slow_is_503_before_the_gateway_gives_up(local_aws: LocalAws) -> None:
    local_aws.turns.append(Reply(delay=4.5))

    assert ask("hi", milliseconds=5_000) == (503, handler.UNAVAILABLE)


def test_a_model_that_cannot_be_reached_is_503(local_aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    aws.forget()

    assert ask("hi") == (503, handler.UNAVAILABLE)


def test_a_database_that_is_down_is_503(local_aws: LocalAws) -> None:
    local_aws.secrets[SECRET] = json.dumps({"username": "clinic", "password": "x"})
    local_aws.turns.append(calls(("list_owners", {})))

    assert ask("who?") == (503, handler.UNAVAILABLE)


@pytest.mark.parametrize("name", ["CHAT_MODEL_ID", "CLINIC_SCHEMA"])
def test_a_missing_setting_is_503(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.delenv(name)

    assert ask("hi") == (503, handler.UNAVAILABLE)


def test_what_was_asked_and_found_stays_out_of_the_log(
    clinic_server: mariadb.Server, local_aws: LocalAws, caplog: pytest.LogCaptureFixture, serve: Serve
) -> None:
    local_aws.turns += [calls(("list_owners", {"name": "Coleman"})), says("Jean Coleman")]
    with caplog.at_level("INFO"):
        ask("where does Coleman live?")
    logged = " ".join(str(record.__dict__) for record in caplog.records)

    assert "list_owners" in logged
    assert "Coleman" not in logged
