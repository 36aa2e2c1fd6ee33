"""A real MariaDB on a free port of 127.0.0.1, with its own data folder, TLS and the clinic's tables."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pymysql

TABLES = Path(__file__).parent / "clinic.sql"
PASSWORD = "first password"


@dataclass(slots=True)
class Server:
    """A running server; `authority` is the file of the certificate authority that signed for it."""

    folder: Path
    port: int
    authority: Path
    _process: subprocess.Popen[bytes]

    def restart(self) -> None:
        """Stop the server and start it again at the same place, with the same data."""
        self.stop()
        self._process = _started(self.folder, self.port)
        _wait(self)

    def stop(self) -> None:
        """Stop the server; `restart` starts it again."""
        self._process.terminate()
        self._process.wait(30)

    @property
    def lives(self) -> bool:
        """Whether the process has not ended."""
        return self._process.poll() is None

    def run(self, *statements: str) -> list[tuple[object, ...]]:
        """Run statements as an administrator and return the rows of the last."""
        with pymysql.connect(
            host="127.0.0.1", port=self.port, user="tester", password="tester", database="petclinic",
            autocommit=True, ssl_ca=str(self.authority),
        ) as connection, connection.cursor() as cursor:  # fmt: skip
            for statement in statements:
                cursor.execute(statement)
            return [tuple(row) for row in cursor.fetchall()]


def missing() -> str:
    """Return why no server can be started here, or the empty string."""
    absent = [name for name in ("mariadbd", "mariadb-install-db", "openssl") if not _program(name)]
    return f"no {', '.join(absent)} here; Debian: apt-get install mariadb-server openssl" if absent else ""


@contextmanager
def server(folder: Path) -> Iterator[Server]:
    """Start a server whose files all stand in `folder`, and stop it at the end."""
    authority = _certificates(folder)
    _temporary(folder).mkdir()
    _run(
        "mariadb-install-db", "--no-defaults", f"--datadir={folder / 'data'}",
        f"--tmpdir={_temporary(folder)}", "--user=root", "--skip-test-db",
        "--auth-root-authentication-method=normal",
    )  # fmt: skip
    (folder / "first.sql").write_text(
        "CREATE USER IF NOT EXISTS tester@'%' IDENTIFIED BY 'tester';\n"
        "GRANT ALL ON *.* TO tester@'%' WITH GRANT OPTION;\n"
        "CREATE DATABASE IF NOT EXISTS petclinic CHARACTER SET utf8mb4;\n"
        f"CREATE USER IF NOT EXISTS clinic@'%' IDENTIFIED BY '{PASSWORD}' REQUIRE SSL;\n"
        "GRANT SELECT, INSERT, UPDATE, DELETE ON petclinic.* TO clinic@'%';\n"
    )
    port = _free_port()
    running = Server(folder, port, authority, _started(folder, port))
    try:
        _wait(running)
        running.run(*(part for part in TABLES.read_text().split(";\n") if part.strip()))
        yield running
    finally:
        running.stop()


def _temporary(folder: Path) -> Path:
    """Return a folder of the server's own: one that starts removes the temporary tables of others in the same."""
    return folder / "tmp"


def _started(folder: Path, port: int) -> subprocess.Popen[bytes]:
    with (folder / "server.log").open("ab") as output:
        return subprocess.Popen(
            [
                _program("mariadbd"), "--no-defaults", f"--datadir={folder / 'data'}",
                f"--tmpdir={_temporary(folder)}", f"--port={port}",
                "--user=root", "--bind-address=127.0.0.1", f"--socket={folder / 's'}",
                f"--init-file={folder / 'first.sql'}",
                f"--ssl-ca={folder / 'authority.pem'}", f"--ssl-cert={folder / 'server.pem'}",
                f"--ssl-key={folder / 'server.key'}", "--skip-log-bin",
                "--innodb-buffer-pool-size=16M", "--skip-name-resolve",
            ],
            stdout=output, stderr=output,
        )  # fmt: skip


def _wait(running: Server) -> None:
    ends = time.monotonic() + 60
    while time.monotonic() < ends and running.lives:
        try:
            running.run("SELECT 1")
        except pymysql.MySQLError:
            time.sleep(0.1)
        else:
            return
    said = (running.folder / "server.log").read_text(errors="replace")[-2000:]
    raise AssertionError(f"the database server did not start:\n{said}")


def _certificates(folder: Path) -> Path:
    authority, key, request = folder / "authority.pem", folder / "server.key", folder / "server.csr"
    names = folder / "names"
    names.write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    _run(
        "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
        "-subj", "/CN=test authority", "-keyout", f"{folder / 'authority.key'}", "-out", f"{authority}",
    )  # fmt: skip
    _run(
        "openssl", "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost",
        "-keyout", f"{key}", "-out", f"{request}",
    )  # fmt: skip
    _run(
        "openssl", "x509", "-req", "-in", f"{request}", "-CA", f"{authority}", "-days", "2",
        "-CAcreateserial", "-CAkey", f"{folder / 'authority.key'}", "-extfile",
        f"{names}", "-out", f"{folder / 'server.pem'}",
    )  # fmt: skip
    ssl.create_default_context(cafile=authority)
    return authority


def _program(name: str) -> str:
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/bin:/usr/local/sbin") or ""


def _run(program: str, *arguments: str) -> None:
    done = subprocess.run([_program(program), *arguments], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
