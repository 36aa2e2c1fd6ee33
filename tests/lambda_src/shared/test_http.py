"""HTTP requests against a real server: attempts, time and size are bounded."""

from __future__ import annotations

import time

import pytest

from shared import deadline, http
from tests.lambda_src.conftest import Serve
from tests.lambda_src.endpoints import Reply


def test_a_busy_answer_is_tried_again_after_the_pause_it_asks_for(serve: Serve) -> None:
    replies = [Reply(429, headers={"Retry-After": "1"}), Reply(503), Reply(200, b"done")]
    endpoint = serve(lambda request: replies.pop(0))
    began = time.monotonic()

    response = http.send_patiently(
        http.Request("POST", endpoint.url, b"x"), until=deadline.after(10), timeout=2, attempts=4
    )

    assert (response.status, response.body, len(endpoint.received)) == (200, b"done", 3)
    assert time.monotonic() - began >= 1


def test_a_pause_that_reaches_past_the_deadline_ends_the_attempts(serve: Serve) -> None:
    endpoint = serve(lambda request: Reply(429, headers={"Retry-After": "30"}))
    response = http.send_patiently(
        http.Request("GET", endpoint.url), until=deadline.after(2), timeout=2, attempts=4
    )

    assert (response.status, len(endpoint.received)) == (429, 1)


def test_attempts_end_with_the_last_answer(serve: Serve) -> None:
    endpoint = serve(lambda request: Reply(500, b"broken"))
    response = http.send_patiently(
        http.Request("GET", endpoint.url), until=deadline.after(10), timeout=2, attempts=2
    )

    assert (response.status, response.body, len(endpoint.received)) == (500, b"broken", 2)


def test_a_slow_answer_times_out(serve: Serve) -> None:
    endpoint = serve(lambda request: Reply(delay=1.0))

    with pytest.raises(http.TimedOut):
        http.send(http.Request("GET", endpoint.url), until=deadline.after(10), timeout=0.2)


def test_nothing_is_sent_after_the_deadline(serve: Serve) -> None:
    endpoint = serve(lambda request: Reply())

    with pytest.raises(http.TimedOut):
        http.send(http.Request("GET", endpoint.url), until=deadline.after(-1), timeout=5)
    assert endpoint.received == []


def test_a_redirect_is_not_followed(serve: Serve) -> None:
    target = serve(lambda request: Reply())
    endpoint = serve(lambda request: Reply(302, headers={"Location": target.url}))
    response = http.send(http.Request("GET", endpoint.url), until=deadline.after(5), timeout=5)

    assert response.status == 302
    assert target.received == []


def test_an_answer_that_is_too_long_is_refused(serve: Serve) -> None:
    endpoint = serve(lambda request: Reply(body=b"x" * (http.BODY_LIMIT + 1)))

    with pytest.raises(http.Unreachable, match="longer than"):
        http.send(http.Request("GET", endpoint.url), until=deadline.after(5), timeout=5)


def test_a_closed_port_is_unreachable() -> None:
    with pytest.raises(http.Unreachable, match="ConnectionRefused"):
        http.send(http.Request("GET", "http://127.0.0.1:1/"), until=deadline.after(5), timeout=5)


def test_an_address_of_another_scheme_is_refused() -> None:
    with pytest.raises(http.Unreachable, match="does not start with"):
        http.send(http.Request("GET", "file:///etc/hostname"), until=deadline.after(5), timeout=5)


def test_the_address_stays_out_of_what_is_printed() -> None:
    assert "token" not in repr(http.Request("POST", "https://hooks.example/token"))
