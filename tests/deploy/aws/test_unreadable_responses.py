"""Answers that cannot be read are no answers: asked for again, and then said in a sentence."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from petc.deploy.aws import connection as connection_module
from petc.deploy.aws.connection import Connection, calling
from petc.diagnostics import Diagnostic, Rejected

GOOD = (
    b'<ListStackSetsResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><ListStackSetsResult>'
    b"<Summaries><member><StackSetName>shop%s</StackSetName></member></Summaries>"
    b"</ListStackSetsResult></ListStackSetsResponse>"
)
PAGE = b"<!DOCTYPE html>\n<html><head><title>Log in</title></head><body>Welcome</body></html>"
XHTML = b'<?xml version="1.0"?>\n<html xmlns="http://www.w3.org/1999/xhtml"><body>Welcome</body></html>'

TRIES = 2


@dataclass
class Proxy:
    """Answers every request with the next of its answers, the last one for ever."""

    endpoint: str = ""
    answers: list[tuple[int, bytes, dict[str, str]]] = field(default_factory=list)
    asked: int = 0


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    made = Proxy()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, body, headers = made.answers[min(made.asked, len(made.answers) - 1)]
            made.asked += 1
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(body))} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(b"" if self.command == "HEAD" else body)
            if len(body) < int(headers.get("Content-Length", 0)):
                self.close_connection = True

        do_GET = do_POST = do_HEAD = do_PUT = answer  # noqa: N815

        def log_message(self, *_: object) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    made.endpoint = f"http://127.0.0.1:{server.server_address[1]}"
    monkeypatch.setenv("AWS_ENDPOINT_URL", made.endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "123456789012")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "local")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda seconds: None)
    monkeypatch.setattr(connection_module, "_ATTEMPTS", TRIES - 1)
    yield made
    server.shutdown()
    server.server_close()


def sets(connection: Connection) -> Any:
    with calling("cloudformation:ListStackSets"):
        return connection.client("cloudformation").list_stack_sets()["Summaries"]


def clusters(connection: Connection) -> Any:
    with calling("ecs:ListClusters"):
        return connection.client("ecs").list_clusters()["clusterArns"]


def head(connection: Connection) -> Any:
    with calling("s3:GetObject"):
        return connection.client("s3").head_object(Bucket="bucket", Key="key")["ETag"]


def put(connection: Connection) -> Any:
    with calling("s3:PutObject"):
        return connection.client("s3").put_object(Bucket="bucket", Key="key", Body=b"x")["ETag"]


def get(connection: Connection) -> Any:
    with calling("s3:GetObject"):
        return connection.client("s3").get_object(Bucket="bucket", Key="key")["Body"].read()


def refused(proxy: Proxy, call: Callable[[Connection], Any], *answers: Any) -> Diagnostic:
    proxy.answers = list(answers)
    with pytest.raises(Rejected) as caught:
        call(Connection("us-west-2"))
    return caught.value.diagnostics[0]


@pytest.mark.parametrize(
    ("call", "status", "body"),
    [
        (sets, 200, PAGE),
        (sets, 200, XHTML),
        (sets, 302, PAGE),
        (sets, 403, XHTML),
        (sets, 502, PAGE),
        (clusters, 200, PAGE),
        (clusters, 302, XHTML),
        (clusters, 404, PAGE),
        (clusters, 503, XHTML),
        (put, 200, PAGE),
        (put, 403, XHTML),
        (get, 404, PAGE),
    ],
)
def test_a_page_of_a_proxy_is_no_answer(
    proxy: Proxy, call: Callable[[Connection], Any], status: int, body: bytes
) -> None:
    found = refused(proxy, call, (status, body, {"Content-Type": "text/html"}))

    assert found.code == "aws-unreachable"
    assert "HTML" in found.message
    assert "Welcome" not in found.message
    assert proxy.asked == TRIES


@pytest.mark.parametrize(
    ("call", "body"),
    [
        (sets, b""),
        (sets, GOOD[:80]),
        (sets, b"<a/>"),
        (sets, b"OK"),
        (sets, b"\xff\xfe\x00\x01"),
        (sets, b'{"Summaries": []}'),
        (clusters, b'{"clusterArns": ["arn:'),
        (clusters, b"[]"),
        (clusters, b"null"),
        (clusters, b"[" * 100_000),
        (clusters, b"<a/>"),
        (head, b""),
        (put, b""),
        (get, b""),
    ],
)
def test_what_cannot_be_read_is_no_answer(
    proxy: Proxy, call: Callable[[Connection], Any], body: bytes
) -> None:
    found = refused(proxy, call, (200, body, {}))

    assert found.code == "aws-unreachable"
    assert found.help
    assert len(found.message) < 400
    assert proxy.asked == TRIES


@pytest.mark.parametrize("call", [sets, clusters])
def test_half_an_answer_is_no_answer(proxy: Proxy, call: Callable[[Connection], Any]) -> None:
    found = refused(proxy, call, (200, GOOD[:60], {"Content-Length": "4000", "Connection": "close"}))

    assert found.code == "aws-unreachable"
    assert proxy.asked == TRIES


def test_a_body_that_breaks_off_while_it_is_read_is_no_answer(proxy: Proxy) -> None:
    found = refused(
        proxy, get, (200, b"half", {"Content-Length": "4000", "ETag": '"x"', "Connection": "close"})
    )

    assert found.code == "aws-unreachable"


def test_a_server_that_fails_gave_no_answer(proxy: Proxy) -> None:
    found = refused(proxy, sets, (503, b"", {}))

    assert found.code == "aws-unreachable"
    assert "503" in found.message


def test_the_next_answer_is_taken(proxy: Proxy) -> None:
    proxy.answers = [(200, GOOD[:50], {}), (200, GOOD % b"", {})]

    assert [item["StackSetName"] for item in sets(Connection("us-west-2"))] == ["shop"]


@pytest.mark.parametrize(
    "sign", [b"\x1b", b"\x07", b"&#x1b;", b"&#27;", b"&#xD800;", b"\xff", b"&#99999999;"]
)
def test_a_reason_with_characters_that_xml_cannot_hold_is_read_without_them(
    proxy: Proxy, sign: bytes
) -> None:
    proxy.answers = [(200, GOOD % sign, {})]

    assert [item["StackSetName"] for item in sets(Connection("us-west-2"))] == ["shop\ufffd"]
    assert proxy.asked == 1


def test_a_refusal_of_the_service_stays_one(proxy: Proxy) -> None:
    body = b"<ErrorResponse><Error><Code>ValidationError</Code><Message>no</Message></Error></ErrorResponse>"

    found = refused(proxy, sets, (400, body, {}))

    assert (found.code, proxy.asked) == ("aws-refused", 1)
    assert found.message == "cloudformation:ListStackSets was refused: ValidationError: no"
