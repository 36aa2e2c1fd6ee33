"""Subsegments reach a daemon by UDP, as X-Ray reads them, and hold nothing that was typed."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator

import pytest

from shared import traces

TRACE = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1;Lineage=1:a:0"


@pytest.fixture
def daemon(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.settimeout(5)
        monkeypatch.setenv("AWS_XRAY_DAEMON_ADDRESS", f"127.0.0.1:{listening.getsockname()[1]}")
        monkeypatch.setenv("_X_AMZN_TRACE_ID", TRACE)
        yield listening


def received(daemon: socket.socket) -> dict[str, object]:
    header, _, document = daemon.recv(65536).partition(b"\n")
    assert json.loads(header) == {"format": "json", "version": 1}
    value: dict[str, object] = json.loads(document)
    return value


def test_a_span_is_a_subsegment_of_the_functions_segment(daemon: socket.socket) -> None:
    with traces.span("tool list_vets", accepted=True):
        pass
    document = received(daemon)

    assert (document["trace_id"], document["parent_id"]) == (traces.root(), "53995c3f42cd8ad8")
    assert (document["type"], document["name"]) == ("subsegment", "tool list_vets")
    assert document["annotations"] == {"accepted": True}
    assert len(str(document["id"])) == 16
    assert float(str(document["end_time"])) >= float(str(document["start_time"]))


def test_a_call_to_something_else_is_remote(daemon: socket.socket) -> None:
    with traces.span("slack", remote=True):
        pass

    assert received(daemon)["namespace"] == "remote"


def test_a_fault_is_noted_by_its_type_and_goes_on(daemon: socket.socket) -> None:
    with pytest.raises(KeyError), traces.span("tool"):
        raise KeyError("a telephone number")
    document = received(daemon)

    assert document["fault"] is True
    assert "KeyError" in json.dumps(document["cause"])
    assert "telephone" not in json.dumps(document)


def test_a_name_has_only_signs_that_x_ray_takes(daemon: socket.socket) -> None:
    with traces.span("a<b>(c)" + "x" * 300):
        pass
    name = str(received(daemon)["name"])

    assert name.startswith("a_b__c_x")
    assert len(name) == 200


@pytest.mark.parametrize("header", ["", TRACE.replace("Sampled=1", "Sampled=0"), "nonsense"])
def test_without_a_sampled_request_nothing_is_sent(
    daemon: socket.socket, monkeypatch: pytest.MonkeyPatch, header: str
) -> None:
    monkeypatch.setenv("_X_AMZN_TRACE_ID", header)
    daemon.settimeout(0.2)
    with traces.span("tool"):
        pass

    with pytest.raises(TimeoutError):
        daemon.recv(10)


@pytest.mark.parametrize("address", ["", "127.0.0.1", "127.0.0.1:99999", "no such host.:2000"])
def test_a_daemon_that_is_not_there_costs_nothing(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("_X_AMZN_TRACE_ID", TRACE)
    monkeypatch.setenv("AWS_XRAY_DAEMON_ADDRESS", address)
    ran = False
    with traces.span("tool"):
        ran = True

    assert ran
