"""Connections to a real MariaDB: TLS, rotation, stale connections, transactions."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pymysql
import pytest
from pymysql.cursors import Cursor

from genai import database, encryption
from genai.database import Database
from shared import deadline, settings
from tests.lambda_src import mariadb
from tests.lambda_src.endpoints import LocalAws
from tests.lambda_src.genai.conftest import SECRET, user
from tests.lambda_src.zips import Unpacked

_KILL = "SELECT CONCAT('KILL ', id) FROM information_schema.processlist WHERE user = 'clinic'"


def cut(server: mariadb.Server) -> None:
    """End every connection of the clinic's user, as a restart or a failover does."""
    for (statement,) in server.run(_KILL):
        server.run(str(statement))


def test_the_connection_is_encrypted(clinic_database: Database) -> None:
    rows = clinic_database.read("SHOW SESSION STATUS LIKE %s", "Ssl_cipher")

    assert rows[0][1]


def test_a_server_of_another_authority_is_refused(
    clinic_server: mariadb.Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    other = tmp_path / "other.pem"
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-subj",
            "/CN=other",
            "-days",
            "2",
            "-keyout",
            str(tmp_path / "key"),
            "-out",
            str(other),
        ],
        check=True,
        capture_output=True,
    )
    monkeypatch.setenv("DATABASE_CA", str(other))
    opened = Database(database.place())
    opened.begin(deadline.after(30))

    with pytest.raises(database.Unavailable) as caught:
        opened.read("SELECT 1")
    assert "CERTIFICATE_VERIFY_FAILED" in str(caught.value.__cause__)


def test_a_host_that_the_certificate_does_not_name_is_refused(clinic_server: mariadb.Server) -> None:
    opened = Database(replace(database.place(), host="127.0.0.2"))
    opened.begin(deadline.after(30))

    with pytest.raises(database.Unavailable):
        opened.read("SELECT 1")


def test_a_missing_file_of_authorities_is_never_ignored(
    clinic_server: mariadb.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_CA", "/nowhere/authorities")

    with pytest.raises(settings.Misconfigured, match="/nowhere/authorities"):
        encryption.context()


def test_without_a_named_file_the_authorities_of_rds_are_trusted_and_no_other(
    clinic_server: mariadb.Server, monkeypatch: pytest.MonkeyPatch, functions: dict[str, Unpacked]
) -> None:
    monkeypatch.delenv("DATABASE_CA")
    monkeypatch.setenv("LAMBDA_TASK_ROOT", str(functions["genai"].folder))
    opened = Database(database.place())
    opened.begin(deadline.after(30))

    with pytest.raises(database.Unavailable) as caught:
        opened.read("SELECT 1")
    assert "CERTIFICATE_VERIFY_FAILED" in str(caught.value.__cause__)


def test_without_any_authorities_there_is_no_connection(
    clinic_server: mariadb.Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("DATABASE_CA")
    monkeypatch.setenv("LAMBDA_TASK_ROOT", str(tmp_path))

    with pytest.raises(settings.Misconfigured, match="global-bundle"):
        encryption.context()


def test_a_rotated_password_is_read_anew(
    clinic_database: Database, clinic_server: mariadb.Server, local_aws: LocalAws
) -> None:
    clinic_database.read("SELECT 1")
    clinic_server.run("ALTER USER clinic@'%' IDENTIFIED BY 'second password'")
    local_aws.secrets[SECRET] = user("second password")
    cut(clinic_server)

    assert clinic_database.read("SELECT 1") == ((1,),)
    assert local_aws.secret_reads == 2


def test_a_secret_that_is_wrong_stays_wrong_after_one_more_read(
    clinic_database: Database, local_aws: LocalAws
) -> None:
    local_aws.secrets[SECRET] = user("wrong")

    with pytest.raises(database.Unavailable, match="current secret"):
        clinic_database.read("SELECT 1")
    assert local_aws.secret_reads == 2


def test_a_connection_is_kept_between_invocations(clinic_database: Database) -> None:
    first = clinic_database.read("SELECT CONNECTION_ID()")
    clinic_database.begin(deadline.after(30))

    assert clinic_database.read("SELECT CONNECTION_ID()") == first


def test_a_stale_connection_is_replaced(clinic_database: Database, clinic_server: mariadb.Server) -> None:
    first = clinic_database.read("SELECT CONNECTION_ID()")
    cut(clinic_server)

    assert clinic_database.read("SELECT CONNECTION_ID()") != first


def test_a_connection_that_breaks_in_a_change_keeps_nothing_of_the_first_try(
    clinic_database: Database, clinic_server: mariadb.Server
) -> None:
    tries: list[int] = []

    def change(cursor: Cursor) -> int:
        tries.append(1)
        identity = database.insert(cursor, "INSERT INTO owners (first_name) VALUES (%s)", "Once")
        if len(tries) == 1:
            cut(clinic_server)
        cursor.execute("SELECT 1")
        return identity

    clinic_database.write(change)

    assert len(tries) == 2
    assert clinic_server.run("SELECT COUNT(*) FROM owners WHERE first_name = 'Once'") == [(1,)]


def test_a_change_that_raises_is_undone(clinic_database: Database, clinic_server: mariadb.Server) -> None:
    def change(cursor: Cursor) -> None:
        database.insert(cursor, "INSERT INTO owners (first_name) VALUES (%s)", "Never")
        raise KeyError("stop")

    with pytest.raises(KeyError):
        clinic_database.write(change)
    assert clinic_server.run("SELECT COUNT(*) FROM owners WHERE first_name = 'Never'") == [(0,)]


def test_a_statement_that_is_slow_is_given_up(
    clinic_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_STATEMENT_SECONDS", 1)

    with pytest.raises(database.Unavailable):
        clinic_database.read("SELECT SLEEP(4)")


def test_a_server_that_is_down_is_unavailable(clinic_server: mariadb.Server) -> None:
    opened = Database(replace(database.place(), port=1))
    opened.begin(deadline.after(30))

    with pytest.raises(database.Unavailable, match="no connection"):
        opened.read("SELECT 1")


def test_no_statement_starts_that_might_end_after_the_deadline(clinic_database: Database) -> None:
    clinic_database.begin(deadline.after(database._CONNECT_SECONDS + database._STATEMENT_SECONDS - 1))

    with pytest.raises(database.Unavailable, match="no time"):
        clinic_database.read("SELECT 1")


def test_no_statement_starts_after_the_deadline(clinic_database: Database) -> None:
    clinic_database.begin(deadline.after(-1))

    with pytest.raises(database.Unavailable, match="no time"):
        clinic_database.read("SELECT 1")


def test_reads_go_to_the_reader_until_the_invocation_writes(clinic_server: mariadb.Server) -> None:
    opened = Database(replace(database.place(), host="localhost", reader_host="127.0.0.1"))
    opened.begin(deadline.after(30))
    before = opened.read("SELECT CONNECTION_ID()")
    written = opened.write(lambda cursor: database.select(cursor, "SELECT CONNECTION_ID()"))
    after = opened.read("SELECT CONNECTION_ID()")
    opened.begin(deadline.after(30))

    assert before != written
    assert after == written
    assert opened.read("SELECT CONNECTION_ID()") == before


def test_unencrypted_is_possible_only_when_it_is_asked_for(
    clinic_server: mariadb.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_TLS", "off")
    opened = Database(database.place())
    opened.begin(deadline.after(30))

    with pytest.raises(database.Unavailable) as caught:  # this user may log in over TLS alone
        opened.read("SELECT 1")
    assert isinstance(caught.value.__cause__, pymysql.OperationalError)


def test_a_port_that_is_none_is_refused(
    clinic_server: mariadb.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLINIC_PORT", "mysql")

    with pytest.raises(settings.Misconfigured, match="CLINIC_PORT"):
        database.place()
