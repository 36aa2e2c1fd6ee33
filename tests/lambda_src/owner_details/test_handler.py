"""An owner's details come from two real HTTP services, in the shape that the page reads."""

from __future__ import annotations

import json

import pytest

from owner_details import handler, upstreams
from tests.lambda_src.conftest import Serve
from tests.lambda_src.endpoints import Invocation, Received, Reply, reply_json

OWNER = {
    "id": 6,
    "firstName": "Jean",
    "lastName": "콜먼 🐈",
    "address": "105 N. Lake St.",
    "city": "Monona",
    "telephone": "6085552654",
    "pets": [
        {"id": 8, "name": "Max", "birthDate": "1995-09-04", "type": {"id": 1, "name": "cat"}},
        {"id": 7, "name": "Samantha", "birthDate": "1995-09-04", "type": {"id": 1, "name": "cat"}},
    ],
}
VISITS = {
    "items": [
        {"id": 1, "petId": 7, "date": "2010-03-04", "description": "rabies shot"},
        {"id": 2, "petId": 8, "date": "2011-03-04", "description": "rabies shot"},
        {"id": 4, "petId": 7, "date": "2008-09-04", "description": "spayed"},
    ]
}


class Clinic:
    """The two services; a test replaces what they answer."""

    def __init__(self, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
        self.owner = reply_json(OWNER)
        self.visit = reply_json(VISITS)
        self.failures = 0
        self.customers = serve(self._owner)
        self.visits = serve(self._visit)
        monkeypatch.setenv("CUSTOMERS_SERVICE_URL", f"{self.customers.url}/api/customers")
        monkeypatch.setenv("VISITS_SERVICE_URL", self.visits.url + "/")

    def _owner(self, request: Received) -> Reply:
        self.failures -= 1
        return Reply(503) if self.failures >= 0 else self.owner

    def _visit(self, request: Received) -> Reply:
        return self.visit


@pytest.fixture
def clinic(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> Clinic:
    return Clinic(serve, monkeypatch)


def event(identity: str, method: str = "GET") -> dict[str, object]:
    path = f"/api/gateway/owners/{identity}"
    return {
        "resource": "/api/gateway/{proxy+}",
        "path": path,
        "httpMethod": method,
        "headers": {"Accept": "application/json"},
        "queryStringParameters": None,
        "pathParameters": {"proxy": f"owners/{identity}"},
        "requestContext": {"stage": "v1"},
        "body": None,
        "isBase64Encoded": False,
    }


def body(answer: dict[str, object]) -> dict[str, object]:
    value = json.loads(str(answer["body"]))
    assert isinstance(value, dict)
    return value


def test_owner_pets_and_visits_are_merged(clinic: Clinic) -> None:
    answer = handler.handler(event("6"), Invocation())

    assert answer["statusCode"] == 200
    assert body(answer) == {
        "id": 6,
        "firstName": "Jean",
        "lastName": "콜먼 🐈",
        "address": "105 N. Lake St.",
        "city": "Monona",
        "telephone": "6085552654",
        "pets": [
            {
                "id": 8,
                "name": "Max",
                "birthDate": "1995-09-04",
                "type": {"name": "cat"},
                "visits": [VISITS["items"][1]],
            },
            {
                "id": 7,
                "name": "Samantha",
                "birthDate": "1995-09-04",
                "type": {"name": "cat"},
                "visits": [VISITS["items"][0], VISITS["items"][2]],
            },
        ],
    }


def test_the_services_are_asked_at_their_own_paths(clinic: Clinic) -> None:
    handler.handler(event("6"), Invocation())

    assert [request.path for request in clinic.customers.received] == ["/api/customers/owners/6"]
    assert [request.path for request in clinic.visits.received] == ["/pets/visits?petId=8,7"]


def test_an_owner_without_pets_needs_no_visits(clinic: Clinic) -> None:
    clinic.owner = reply_json({**OWNER, "pets": []})
    answer = handler.handler(event("6"), Invocation())

    assert (answer["statusCode"], body(answer)["pets"]) == (200, [])
    assert clinic.visits.received == []


@pytest.mark.parametrize(
    "visit",
    [Reply(500), Reply(200, b"<html>"), reply_json([]), Reply(404)],
    ids=["500", "html", "list", "404"],
)
def test_visits_that_fail_leave_the_lists_empty(clinic: Clinic, visit: Reply) -> None:
    clinic.visit = visit
    answer = handler.handler(event("6"), Invocation())
    pets = body(answer)["pets"]

    assert answer["statusCode"] == 200
    assert isinstance(pets, list)
    assert [pet["visits"] for pet in pets] == [[], []]


def test_visits_that_are_slow_leave_the_lists_empty(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upstreams, "VISITS_TIMEOUT", 0.2)
    clinic.visit = Reply(delay=1.0)

    assert handler.handler(event("6"), Invocation())["statusCode"] == 200


@pytest.mark.parametrize("owner", [reply_json(None), Reply(200), Reply(404)], ids=["null", "empty", "404"])
def test_an_unknown_owner_is_404(clinic: Clinic, owner: Reply) -> None:
    clinic.owner = owner
    answer = handler.handler(event("999"), Invocation())

    assert (answer["statusCode"], body(answer)["error"], body(answer)["errors"]) == (404, "Not Found", [])


@pytest.mark.parametrize(
    "identity", ["0", "-1", "abc", "1.5", "2147483648", "9" * 40, "%31%2F2", "1;DROP", "\u0661"]
)
def test_a_bad_id_is_400_and_asks_nobody(clinic: Clinic, identity: str) -> None:
    answer = handler.handler(event(identity), Invocation())

    assert (answer["statusCode"], body(answer)["error"]) == (400, "Bad Request")
    assert clinic.customers.received == []


@pytest.mark.parametrize("owner", [Reply(500), Reply(200, b"<html>"), reply_json([1]), Reply(302)])
def test_an_owner_that_cannot_be_read_is_503(clinic: Clinic, owner: Reply) -> None:
    clinic.owner = owner
    answer = handler.handler(event("6"), Invocation())

    assert (answer["statusCode"], body(answer)["error"]) == (503, "Service Unavailable")


def test_a_failure_that_passes_is_asked_once_more(clinic: Clinic) -> None:
    clinic.failures = 1
    answer = handler.handler(event("6"), Invocation())

    assert (answer["statusCode"], len(clinic.customers.received)) == (200, 2)


def test_services_that_are_down_are_503(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUSTOMERS_SERVICE_URL", "http://127.0.0.1:1")

    assert handler.handler(event("6"), Invocation())["statusCode"] == 503


def test_an_owner_that_is_slow_is_504(clinic: Clinic) -> None:
    clinic.owner = Reply(delay=2.0)
    answer = handler.handler(event("6"), Invocation(milliseconds=1300))

    assert (answer["statusCode"], body(answer)["error"]) == (504, "Gateway Timeout")


def test_a_missing_setting_is_503(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CUSTOMERS_SERVICE_URL")

    assert handler.handler(event("6"), Invocation())["statusCode"] == 503


@pytest.mark.parametrize("method", ["POST", "DELETE", ""])
def test_other_methods_are_405(clinic: Clinic, method: str) -> None:
    answer = handler.handler(event("6", method), Invocation())

    assert answer["statusCode"] == 405


@pytest.mark.parametrize("path", ["/api/gateway", "/api/gateway/owners/", "/api/gateway/owners/1/pets", ""])
def test_other_paths_are_404(clinic: Clinic, path: str) -> None:
    assert handler.handler({**event("6"), "path": path}, Invocation())["statusCode"] == 404
