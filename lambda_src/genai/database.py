"""Connections to the clinic's database: reader and writer, rotated credentials, stale connections."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

import pymysql
from pymysql.constants import CR, ER
from pymysql.cursors import Cursor

from genai import encryption
from shared import deadline, logs, secrets, settings, traces

Result = TypeVar("Result")
Row = tuple[object, ...]
Connection: TypeAlias = "pymysql.connections.Connection[Cursor]"  # generic to the type checker alone

_CONNECT_SECONDS = 3
_STATEMENT_SECONDS = 5
_LOCK_WAIT_SECONDS = 3
_FIRST_STATEMENT = f"SET SESSION innodb_lock_wait_timeout = {_LOCK_WAIT_SECONDS}, time_zone = '+00:00'"

_ACCESS_DENIED = frozenset({ER.ACCESS_DENIED_ERROR, ER.DBACCESS_DENIED_ERROR})
_LOST = frozenset({CR.CR_SERVER_GONE_ERROR, CR.CR_SERVER_LOST, ER.SERVER_SHUTDOWN})
# A former writer takes connections after a failover, but no statement that changes anything:
# --read-only, "in a read only transaction", "running in read-only mode".
_READ_ONLY = frozenset({ER.OPTION_PREVENTS_STATEMENT, 1792, 1836})
_BAD_VALUE = frozenset(
    {
        ER.DATA_TOO_LONG,
        ER.TRUNCATED_WRONG_VALUE_FOR_FIELD,
        ER.TRUNCATED_WRONG_VALUE,
        ER.WARN_DATA_OUT_OF_RANGE,
    }
)


class Unavailable(Exception):
    """The database cannot be used now; a change that was under way was undone, but see `Lost`."""


class Lost(Unavailable):
    """The connection broke while a change was being kept: it may or may not stand."""


class BadValue(Exception):
    """A column cannot hold a value, for example an emoji where the table's character set has none."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the database is and how its user is known; `secret` is an ARN."""

    host: str
    reader_host: str | None
    port: int
    schema: str
    secret: str


def place() -> Place:
    """Return the one database that the compiler injected; raise `settings.Misconfigured` otherwise."""
    name = settings.prefix_of("_SCHEMA")
    port = settings.required(f"{name}_PORT")
    if not port.isascii() or not port.isdigit():
        raise settings.Misconfigured(f"{name}_PORT is {port!r}, no port")
    return Place(
        settings.required(f"{name}_HOST"),
        settings.optional(f"{name}_READER_HOST"),
        int(port),
        settings.required(f"{name}_SCHEMA"),
        settings.required(f"{name}_SECRET_ARN"),
    )


class Database:
    """One environment's connections, at most one to each endpoint, kept between invocations.

    After `begin`, reads go to the reader endpoint until the invocation writes: from then on they go to
    the writer, so that a conversation sees what it just added in spite of the replica's lag.
    """

    def __init__(self, where: Place) -> None:
        self._where = where
        self._open: dict[str, Connection] = {}
        self._until = deadline.after(0)
        self._wrote = False

    def begin(self, until: deadline.Deadline) -> None:
        """Start an invocation: no statement begins that might end after `until`, as each takes seconds at most."""
        self._until = until
        self._wrote = False

    def read(self, sql: str, *values: object) -> Sequence[Row]:
        """Return the rows of a query, asked again once when the connection is stale; raises `Unavailable`."""

        def query(connection: Connection) -> Sequence[Row]:
            rows = select(connection.cursor(), sql, *values)
            connection.rollback()  # the next read must not see this one's snapshot
            return rows

        host = self._where.host if self._wrote else self._where.reader_host or self._where.host
        return self._run(host, query)

    def write(self, change: Callable[[Cursor], Result]) -> Result:
        """Run `change` in one transaction on the writer and keep it; whatever it raises undoes it.

        It may run twice, as a connection that breaks before the end has kept nothing.
        Raises `BadValue`, `Lost` or `Unavailable` beside what `change` raises.
        """

        def transaction(connection: Connection) -> Result:
            try:
                result = change(connection.cursor())
            except pymysql.MySQLError:
                raise
            except BaseException:
                self._drop(self._where.host)  # closing undoes: the server keeps nothing uncommitted
                raise
            try:
                connection.commit()
            except pymysql.MySQLError as error:
                self._drop(self._where.host)
                raise Lost("the connection broke while a change was being kept") from error
            return result

        self._wrote = True
        return self._run(self._where.host, transaction)

    def _run(self, host: str, work: Callable[[Connection], Result]) -> Result:
        try:
            return work(self._connection(host))
        except pymysql.MySQLError as error:
            self._drop(host)
            if _code(error) in _BAD_VALUE:
                raise BadValue("the database cannot hold one of the values") from error
            if _code(error) not in _LOST | _READ_ONLY:
                raise Unavailable(f"a statement failed on {host}") from error
            logs.warning("a database connection is replaced", cause=error)
        try:
            return work(self._connection(host))
        except pymysql.MySQLError as error:
            self._drop(host)
            raise Unavailable(f"a statement failed twice on {host}") from error

    def _connection(self, host: str) -> Connection:
        needed = _STATEMENT_SECONDS + (0 if host in self._open else _CONNECT_SECONDS)
        if self._until.remaining() < needed:
            raise Unavailable("no time is left for the database")
        if host not in self._open:
            self._open[host] = self._connected(host)
        return self._open[host]

    def _connected(self, host: str) -> Connection:
        try:
            return self._login(host, secrets.credentials(self._where.secret))
        except pymysql.MySQLError as error:
            if _code(error) not in _ACCESS_DENIED:
                raise Unavailable(f"no connection to {host}") from error
            logs.info("the database refused the credentials, so the secret is read anew")
        try:
            return self._login(host, secrets.credentials(self._where.secret, fresh=True))
        except pymysql.MySQLError as error:
            raise Unavailable(f"no connection to {host} with the current secret") from error

    def _login(self, host: str, user: secrets.Credentials) -> Connection:
        context = encryption.context()
        with traces.span("connect to the database", remote=True):
            return pymysql.connect(
                host=host,
                port=self._where.port,
                user=user.username,
                password=user.password,
                database=self._where.schema,
                charset="utf8mb4",
                connect_timeout=_CONNECT_SECONDS,
                read_timeout=_STATEMENT_SECONDS,
                write_timeout=_STATEMENT_SECONDS,
                init_command=_FIRST_STATEMENT,
                ssl=context,
                ssl_disabled=context is None,
            )

    def _drop(self, host: str) -> None:
        connection = self._open.pop(host, None)
        if connection is not None and connection.open:
            connection.close()


def select(cursor: Cursor, sql: str, *values: object) -> Sequence[Row]:
    """Return the rows of a query inside a transaction."""
    cursor.execute(sql, values)
    return tuple(tuple(row) for row in cursor.fetchall())


def insert(cursor: Cursor, sql: str, *values: object) -> int:
    """Insert one row inside a transaction and return the id that the database gave it."""
    cursor.execute(sql, values)
    return int(cursor.lastrowid)


def _code(error: pymysql.MySQLError) -> int:
    return error.args[0] if error.args and isinstance(error.args[0], int) else 0
