"""Database engines: one row for each that `databases` may name, as RDS spells it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from petc.model.components import Database

SLOW_SECONDS = 1
"""From when on a query is logged as slow."""


@dataclass(frozen=True, slots=True)
class DatabaseEngine:
    """What differs between engines.

    `port` is the default of clients. `catalogue` names the file of `schemas` with versions, ends of support and
    connections by capacity. `majors` are the major versions that are upgraded one after another.
    """

    name: str
    port: int
    catalogue: str
    majors: tuple[str, ...]
    family: Callable[[str], str]
    """The parameter group family of a version."""
    jdbc_url: Callable[[Database, str], str]
    """The address for a JVM, at a host that may be a placeholder."""
    logs: tuple[str, ...]
    """What the engine can export to CloudWatch Logs."""
    cluster_parameters: Callable[[Database], Mapping[str, str]]
    instance_parameters: Callable[[Database], Mapping[str, str]]


def of(database: Database) -> DatabaseEngine:
    """Return the engine of a database."""
    return BY_NAME[database.engine]


def _mysql_family(version: str) -> str:
    """Return `aurora-mysql8.0` for `8.0.mysql_aurora.3.10.6`."""
    major, minor, *_ = version.split(".")
    return f"aurora-mysql{major}.{minor}"


def _mysql_url(database: Database, host: str) -> str:
    mode = "REQUIRED" if database.tls else "PREFERRED"
    return f"jdbc:mysql://{host}:{database.port}/{database.schema}?sslMode={mode}"


def _mysql_cluster(database: Database) -> Mapping[str, str]:
    parameters = {"require_secure_transport": "ON" if database.tls else "OFF"}
    if "audit" in database.log_exports:
        parameters |= {"server_audit_logging": "1", "server_audit_events": "CONNECT,QUERY_DCL,QUERY_DDL"}
    return parameters


def _mysql_instance(database: Database) -> Mapping[str, str]:
    parameters = {"log_output": "FILE"}
    if "slowquery" in database.log_exports:
        parameters |= {"slow_query_log": "1", "long_query_time": str(SLOW_SECONDS)}
    if "general" in database.log_exports:
        parameters["general_log"] = "1"
    if database.max_connections:
        parameters["max_connections"] = str(database.max_connections)
    return parameters


ENGINES = (
    DatabaseEngine(
        "aurora-mysql",
        port=3306,
        catalogue="aurora",
        # Amazon Aurora User Guide, "Upgrading the major version of an Aurora MySQL DB cluster".
        majors=("5.7", "8.0", "8.4"),
        family=_mysql_family,
        jdbc_url=_mysql_url,
        # Amazon Aurora User Guide, "Publishing Amazon Aurora MySQL logs to Amazon CloudWatch Logs".
        logs=("audit", "error", "general", "slowquery"),
        cluster_parameters=_mysql_cluster,
        instance_parameters=_mysql_instance,
    ),
)

BY_NAME = {engine.name: engine for engine in ENGINES}
