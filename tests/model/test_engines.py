"""Each row of the table of engines agrees with the schema and with the catalogue that it names."""

from __future__ import annotations

import dataclasses

import pytest

from petc.model import catalogue, engines
from petc.model.engines import ENGINES, DatabaseEngine
from petc.model.schema import stage_schema
from tests import specs

DATABASE = stage_schema()["$defs"]["Database"]["properties"]


def test_the_schema_offers_the_rows() -> None:
    assert DATABASE["engine"]["enum"] == list(engines.BY_NAME)


def test_the_defaults_of_the_schema_are_those_of_its_default_engine() -> None:
    engine = engines.BY_NAME[DATABASE["engine"]["default"]]

    assert DATABASE["port"]["default"] == engine.port
    assert DATABASE["log_exports"]["items"]["enum"] == list(engine.logs)
    assert DATABASE["version"]["default"] in catalogue.catalogue(engine.catalogue)["versions"]


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
def test_every_known_version_has_a_family_of_a_known_major_version(engine: DatabaseEngine) -> None:
    families = {engine.family(version) for version in catalogue.catalogue(engine.catalogue)["versions"]}

    assert families <= {f"{engine.name}{major}" for major in engine.majors}


def test_the_address_says_whether_tls_is_asked_for() -> None:
    database = specs.reference("dev").databases["clinic"]
    plain = dataclasses.replace(database, tls=False, port=3307, schema="s")

    assert engines.of(plain).jdbc_url(plain, "h") == "jdbc:mysql://h:3307/s?sslMode=PREFERRED"
    assert engines.of(database).jdbc_url(database, "h").endswith("?sslMode=REQUIRED")
