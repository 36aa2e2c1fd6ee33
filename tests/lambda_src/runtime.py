"""A Lambda environment: the function's zip under AWS's own runtime client, which asks our runtime API."""

from __future__ import annotations

import importlib.util
import json
import os
import queue
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.lambda_src.endpoints import Endpoint, Received, Reply
from tests.lambda_src.zips import Unpacked

TRACE = "Root=1-6564f3a0-0123456789abcdef01234567;Parent=53995c3f42cd8ad8;Sampled=1"
_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the function gave back (`answer`), or how it failed (`error`), and its log lines meanwhile."""

    answer: object
    error: Mapping[str, object]
    lines: tuple[Mapping[str, object], ...]

    @property
    def status(self) -> object:
        """The status of an answer to a gateway."""
        return self.answer.get("statusCode") if isinstance(self.answer, dict) else None

    @property
    def body(self) -> str:
        """The body of an answer to a gateway."""
        return str(self.answer.get("body")) if isinstance(self.answer, dict) else ""


@dataclass(slots=True)
class Environment:
    """One execution environment, which serves one invocation at a time."""

    log: Path
    timeout: float
    process: subprocess.Popen[bytes] | None = None
    waiting: queue.Queue[tuple[str, bytes]] = field(default_factory=queue.Queue)
    done: queue.Queue[tuple[str, bytes]] = field(default_factory=queue.Queue)
    count: int = 0
    read: int = 0

    def invoke(self, event: object) -> Outcome:
        """Invoke the function and wait for its end."""
        self.count += 1
        self.waiting.put((f"request-{self.count}", json.dumps(event).encode()))
        kind, body = self.done.get(timeout=_SECONDS)
        value: object = json.loads(body)
        if kind == "response":
            return Outcome(value, {}, self.lines())
        assert isinstance(value, dict)
        return Outcome(None, value, self.lines())

    def lines(self) -> tuple[Mapping[str, object], ...]:
        """Return the log since the last call; each line has to be a JSON object."""
        text = self.log.read_bytes()[self.read :]
        self.read += len(text)
        lines = [json.loads(line) for line in text.decode().splitlines()]
        assert all(isinstance(line, dict) for line in lines)
        return tuple(lines)

    def respond(self, request: Received) -> Reply:
        """Be the runtime API; AWS Lambda Developer Guide, "Using the Lambda runtime API"."""
        if request.path.endswith("/invocation/next"):
            identity, body = self.waiting.get()
            headers = {
                "Content-Type": "application/json",
                "Lambda-Runtime-Aws-Request-Id": identity,
                "Lambda-Runtime-Deadline-Ms": str(round(1000 * (time.time() + self.timeout))),
                "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:us-west-2:123456789012:function:f",
                "Lambda-Runtime-Trace-Id": TRACE,
            }
            return Reply(200, body, headers)
        kind = request.path.rsplit("/", 1)[-1]
        self.done.put((kind, request.body))
        return Reply(202, b'{"status": "OK"}', {"Content-Type": "application/json"})


@contextmanager
def environment(
    function: Unpacked, variables: Mapping[str, str], log: Path, *, timeout: float = 28.0
) -> Iterator[Environment]:
    """Start a function's environment with these variables, and end it; `timeout` is the function's, seconds."""
    if importlib.util.find_spec("awslambdaric") is None:
        pytest.skip("no awslambdaric here, which has wheels for Linux; pip install awslambdaric")
    made = Environment(log, timeout)
    with Endpoint(made.respond) as api, log.open("wb") as output:
        made.process = subprocess.Popen(
            [sys.executable, "-m", "awslambdaric", "handler.handler"],
            cwd=function.folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            env={
                "PATH": os.environ["PATH"],
                "AWS_LAMBDA_RUNTIME_API": api.url.removeprefix("http://"),
                "LAMBDA_TASK_ROOT": str(function.folder),
                "AWS_LAMBDA_FUNCTION_NAME": function.name,
                "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
                "AWS_LAMBDA_LOG_FORMAT": "JSON",
                "AWS_LAMBDA_LOG_LEVEL": "INFO",
                "AWS_DEFAULT_REGION": "us-west-2",
                "AWS_ACCESS_KEY_ID": "test",
                "AWS_SECRET_ACCESS_KEY": "test",
                "AWS_CONFIG_FILE": os.devnull,
                "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
                "STAGE": "dev",
                **variables,
            },
        )  # fmt: skip
        try:
            yield made
        finally:
            made.process.kill()
            made.process.wait(30)
