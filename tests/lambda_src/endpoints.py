"""Real servers on 127.0.0.1 for what the functions talk to: plain HTTP, and AWS in its wire formats."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.parse import parse_qs, unquote


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it arrived."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> dict[str, object]:
        value = json.loads(self.body)
        assert isinstance(value, dict)
        return value


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, sent after `delay` seconds."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0


def reply_json(value: object, status: int = 200) -> Reply:
    return Reply(status, json.dumps(value).encode(), {"Content-Type": "application/json"})


class Endpoint:
    """A server that answers each request with `respond` and remembers what it received."""

    def __init__(self, respond: Callable[[Received], Reply]) -> None:
        self.received: list[Received] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler(respond))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Endpoint:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self, respond: Callable[[Received], Reply]) -> type[BaseHTTPRequestHandler]:
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _serve(self) -> None:
                size = int(self.headers.get("Content-Length", "0"))
                headers = {name.lower(): value for name, value in self.headers.items()}
                request = Received(self.command, self.path, headers, self.rfile.read(size))
                endpoint.received.append(request)
                reply = respond(request)
                time.sleep(reply.delay)
                try:
                    self.send_response(reply.status)
                    for name, value in reply.headers.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(reply.body)))
                    self.end_headers()
                    self.wfile.write(reply.body)
                except OSError:
                    self.close_connection = True  # the caller did not wait

            do_GET = do_POST = _serve  # noqa: N815 the names that the base class calls

            def log_message(self, format: str, *args: object) -> None:
                """Keep the tests' output quiet."""

        return Handler


@dataclass(slots=True)
class LocalAws:
    """The little of AWS that the functions call, with state that a test sets and reads."""

    secrets: dict[str, str] = field(default_factory=dict)
    secret_reads: int = 0
    changed: dict[str, float] = field(default_factory=dict)
    deployments: dict[str, float] = field(default_factory=dict)
    rolling: dict[str, int] = field(default_factory=dict)
    """How many more times a service's deployment is described as running."""
    refused_services: set[str] = field(default_factory=set)
    describe_refused: bool = False
    rolled: list[Mapping[str, object]] = field(default_factory=list)
    published: list[Mapping[str, str]] = field(default_factory=list)
    turns: deque[Reply] = field(default_factory=deque)
    asked: list[dict[str, object]] = field(default_factory=list)
    models: list[str] = field(default_factory=list)
    before_turn: Callable[[], None] | None = None

    def respond(self, request: Received) -> Reply:
        target = request.headers.get("x-amz-target", "")
        if target == "secretsmanager.GetSecretValue":
            return self._secret(str(request.json()["SecretId"]))
        if target == "secretsmanager.DescribeSecret":
            return self._described(str(request.json()["SecretId"]))
        if target.endswith(".DescribeServices"):
            return self._describe(request.json())
        if target.endswith(".UpdateService"):
            return self._update(request.json())
        if request.path.startswith("/model/") and request.path.endswith("/converse"):
            self.models.append(unquote(request.path.split("/")[2]))
            self.asked.append(request.json())
            if self.before_turn:
                self.before_turn()
            return self.turns.popleft()
        return self._publish(request)

    def _secret(self, arn: str) -> Reply:
        self.secret_reads += 1
        if arn not in self.secrets:
            return aws_error("ResourceNotFoundException", "no such secret", 400)
        return reply_json({"ARN": arn, "Name": arn, "SecretString": self.secrets[arn]})

    def _described(self, arn: str) -> Reply:
        if arn not in self.changed:
            return aws_error("ResourceNotFoundException", "no such secret", 400)
        return reply_json({"ARN": arn, "Name": arn, "LastChangedDate": self.changed[arn]})

    def _describe(self, request: dict[str, object]) -> Reply:
        if self.describe_refused:
            return aws_error("AccessDeniedException", "not allowed to describe", 400)
        names = request["services"]
        assert isinstance(names, list)
        services = [
            {
                "serviceName": name,
                "deployments": [
                    {
                        "status": "PRIMARY",
                        "createdAt": self.deployments[name],
                        "rolloutState": self._rollout(name),
                    }
                ],
            }
            for name in names
            if name in self.deployments
        ]
        return reply_json({"services": services, "failures": []})

    def _rollout(self, name: str) -> str:
        left = self.rolling.get(name, 0)
        self.rolling[name] = left - 1
        return "IN_PROGRESS" if left > 0 else "COMPLETED"

    def _update(self, request: dict[str, object]) -> Reply:
        if request["service"] in self.refused_services:
            return aws_error("ServiceNotActiveException", "the service is not active", 400)
        self.rolled.append(request)
        self.deployments[str(request["service"])] = time.time()
        return reply_json({"service": {"serviceName": request["service"]}})

    def _publish(self, request: Received) -> Reply:
        form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        assert form["Action"] == "Publish"
        self.published.append(form)
        body = b"<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>"
        return Reply(200, body, {"Content-Type": "text/xml"})


def aws_error(code: str, message: str, status: int) -> Reply:
    body = json.dumps({"__type": code, "message": message}).encode()
    return Reply(status, body, {"Content-Type": "application/json", "x-amzn-errortype": code})


def says(text: str, stop: str = "end_turn") -> Reply:
    """A turn of the model that holds text."""
    return _turn([{"text": text}], stop)


def calls(*uses: tuple[str, object], tokens: int = 100, before: object = None) -> Reply:
    """A turn of the model that asks for tools, with a block `before` all others where one is given."""
    blocks: list[object] = [*([before] if before else []), {"text": "I look that up."}]
    blocks += [
        {"toolUse": {"toolUseId": f"use-{number}", "name": name, "input": given}}
        for number, (name, given) in enumerate(uses)
    ]
    return _turn(blocks, "tool_use", tokens)


def _turn(content: list[object], stop: str, tokens: int = 100) -> Reply:
    return reply_json(
        {
            "output": {"message": {"role": "assistant", "content": content}},
            "stopReason": stop,
            "usage": {"inputTokens": tokens - 10, "outputTokens": 10, "totalTokens": tokens},
            "metrics": {"latencyMs": 1},
        }
    )


@dataclass(frozen=True, slots=True)
class Invocation:
    """The context object of one invocation."""

    milliseconds: int = 28_000
    aws_request_id: str = "11111111-2222-3333-4444-555555555555"

    def get_remaining_time_in_millis(self) -> int:
        return self.milliseconds
