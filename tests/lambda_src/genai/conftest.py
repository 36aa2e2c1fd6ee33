"""A clinic's database behind TLS, reached as the compiler would inject it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from genai import database, encryption
from shared import deadline
from tests.lambda_src import mariadb
from tests.lambda_src.endpoints import LocalAws

SECRET = "arn:aws:secretsmanager:us-west-2:123456789012:secret:rds!cluster-1"


def user(password: str) -> str:
    """Return what the secret holds for the clinic's user."""
    return json.dumps({"username": "clinic", "password": password})


@pytest.fixture
def clinic_server(
    database_server: mariadb.Server, local_aws: LocalAws, monkeypatch: pytest.MonkeyPatch
) -> Iterator[mariadb.Server]:
    """Inject the server, and undo what a test changed: its rows and the user's password."""
    for name, value in {
        "CLINIC_HOST": "127.0.0.1",
        "CLINIC_PORT": str(database_server.port),
        "CLINIC_SCHEMA": "petclinic",
        "CLINIC_SECRET_ARN": SECRET,
        "DATABASE_CA": str(database_server.authority),
    }.items():
        monkeypatch.setenv(name, value)
    local_aws.secrets[SECRET] = user(mariadb.PASSWORD)
    encryption.context.cache_clear()
    yield database_server
    encryption.context.cache_clear()
    database_server.run(
        f"ALTER USER clinic@'%' IDENTIFIED BY '{mariadb.PASSWORD}' ACCOUNT UNLOCK",
        "DELETE FROM visits WHERE id > 4",
        "DELETE FROM pets WHERE id > 8",
        "DELETE FROM owners WHERE id > 5",
    )


@pytest.fixture
def clinic_database(clinic_server: mariadb.Server) -> database.Database:
    """A database in an invocation that has half a minute."""
    opened = database.Database(database.place())
    opened.begin(deadline.after(30))
    return opened
