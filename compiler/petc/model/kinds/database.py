"""Databases: Aurora clusters, reached in the database subnets with the credentials of a secret."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from petc import naming
from petc.model.components import Database, Service, Use
from petc.model.injected import Injected, InjectedSecret, Known, SettingReference, upper
from petc.model.kinds.kind import GROUP, Interface, LogicalId, PartKind
from petc.model.parties import Access, Caller, Edge, Party, PartyKind
from petc.model.types import Stage


def credentials(database: Database) -> SettingReference:
    """Return the secret that holds the database's username and password."""
    if database.user == "master":
        return SettingReference(Known.MASTER_SECRET_ARN, database.name)
    return SettingReference(Known.SECRET_ARN, database.user)


def holders(stage: Stage, name: str) -> tuple[Service, ...]:
    """Return the services that are given the managed secret of a database when a task starts."""
    if name not in stage.databases or stage.databases[name].user != "master":
        return ()
    return tuple(service for service in stage.services.values() if name in service.uses)


def settings(database: Database, use: Use) -> Iterator[Injected]:
    """Yield where a database is and how it is called, under plain names."""
    prefix = upper(database.name)
    host = SettingReference(Known.WRITER_HOST, database.name)
    yield Injected(f"{prefix}_HOST", "${host}", use.at, {"host": host})
    if database.readers:
        reader = SettingReference(Known.READER_HOST, database.name)
        yield Injected(f"{prefix}_READER_HOST", "${host}", use.at, {"host": reader})
    yield Injected(f"{prefix}_PORT", database.port, use.at)
    yield Injected(f"{prefix}_SCHEMA", database.schema, use.at)
    if use.pool:
        yield Injected(f"{prefix}_POOL", use.pool, use.at)


def _reached(caller: Caller, database: Database, use: Use) -> Iterator[Edge]:
    target = Party(PartyKind.DATABASE, database.name)
    because = caller.because(database.name)
    yield Edge(caller.party, target, Access.CONNECT, use.at, because, database.port)
    held = Party(PartyKind.SECRET, database.user) if database.user != "master" else target
    yield Edge(
        caller.party,
        held,
        Access.READ_SECRET,
        use.at,
        because,
        role=caller.secrets,
        calls=("secretsmanager",),
    )


def _own(stage: Stage, database: Database) -> Iterator[Edge]:
    writer = Party(PartyKind.DATABASE, database.name)
    yield Edge(writer, Party(PartyKind.METRICS), Access.WRITE_METRICS, database.at, "AWS measures it")
    if database.readers:
        reader = Party(PartyKind.READER, database.name)
        yield Edge(writer, reader, Access.REPLICATE, f"{database.at}/readers", "readers follow the writer")


def _given_function(database: Database, use: Use) -> Iterator[Injected]:
    secret = {"secret": credentials(database)}
    yield Injected(f"{upper(database.name)}_SECRET_ARN", "${secret}", use.at, secret)


def _given_secret(service: Service, database: Database, use: Use) -> Iterator[InjectedSecret]:
    username, password = CREDENTIAL_VARIABLES[service.framework](database)
    yield InjectedSecret(username, credentials(database), "username", use.at)
    yield InjectedSecret(password, credentials(database), "password", use.at)


def _more_ids(database: Database) -> Iterator[tuple[str, str]]:
    for log in database.log_exports:
        yield "database", naming.logical_id("DatabaseLog", database.key, log)
    for number in range(1, database.readers + 1):
        yield "database", naming.logical_id("Reader", database.key) + str(number)


CREDENTIAL_VARIABLES: Mapping[str, Callable[[Database], tuple[str, str]]] = {
    "plain": lambda database: (f"{upper(database.name)}_USERNAME", f"{upper(database.name)}_PASSWORD"),
    "spring-boot": lambda database: ("SPRING_DATASOURCE_USERNAME", "SPRING_DATASOURCE_PASSWORD"),
}
"""The variables that a service's framework reads username and password from."""

KIND = PartKind(
    "database",
    "databases",
    Database,
    reached=_reached,
    own=_own,
    given_plain=settings,
    given_function=_given_function,
    given_secret=_given_secret,
    interface=Interface.ALWAYS,
    tier="database",
    holds=("AWS::RDS::DBCluster",),
    passive=True,
    options=("pool",),
    ids=(
        GROUP,
        LogicalId("database", "Database"),
        LogicalId("database", "DatabaseSubnets"),
        LogicalId("database", "ClusterParameters"),
        LogicalId("database", "InstanceParameters"),
        LogicalId("aws_native", "MasterRotation"),
        LogicalId("database", "Writer"),
        LogicalId("database", "Endpoint"),
    ),
    more_ids=_more_ids,
)
