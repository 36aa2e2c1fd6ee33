"""What the model should not put into a tool's inputs: text stays text, and what is refused changes nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from genai import tools
from genai.database import Database
from tests.lambda_src import mariadb

SQL = "'; DROP TABLE owners; -- \\\" `"
GOOD: Mapping[str, Mapping[str, object]] = {
    "add_owner": {"firstName": "A", "lastName": "B", "address": "C", "city": "D", "telephone": "1"},
    "add_pet": {"ownerId": 1, "name": "E", "birthDate": "2020-01-02", "typeId": 1},
    "add_visit": {"petId": 1, "description": "F", "date": "2020-01-02"},
    "list_owners": {"name": "Coleman"},
    "list_vets": {"name": "Leary", "specialty": "radiology"},
    "list_visits": {"petId": 7, "ownerId": 5},
}
FIELDS = [(tool, field) for tool, inputs in GOOD.items() for field in inputs]


def counted(server: mariadb.Server) -> dict[str, object]:
    return {
        table: server.run(f"SELECT COUNT(*) FROM {table}")[0][0]
        for table in ("owners", "pets", "visits", "vets", "types")
    }


@pytest.mark.parametrize(("tool", "field"), FIELDS)
def test_sql_in_a_field_is_text_or_refused(
    clinic_database: Database, clinic_server: mariadb.Server, tool: str, field: str
) -> None:
    before = counted(clinic_server)
    outcome = tools.run(tool, {**GOOD[tool], field: SQL}, clinic_database)
    grown = {
        table: int(str(count)) - int(str(before[table])) for table, count in counted(clinic_server).items()
    }

    assert sum(grown.values()) == (1 if outcome.result is not None and tool.startswith("add") else 0)
    if outcome.result is not None and tool.startswith("add"):
        assert SQL in json.dumps(outcome.result, ensure_ascii=False).replace('\\"', '"').replace("\\\\", "\\")


@pytest.mark.parametrize(("tool", "field"), [pair for pair in FIELDS if pair[1].endswith("Id")])
@pytest.mark.parametrize(
    "value",
    [-1, 0, 2**31, 10**30, 1.5, True, "-1", "0", "abc", "1 OR 1=1", "1e3", [], {}, "\uff11"],
    ids=repr,
)
def test_a_bad_id_in_a_field_is_refused(
    clinic_database: Database, clinic_server: mariadb.Server, tool: str, field: str, value: object
) -> None:
    before = counted(clinic_server)
    outcome = tools.run(tool, {**GOOD[tool], field: value}, clinic_database)

    assert outcome.result is None
    assert field in outcome.problem
    assert counted(clinic_server) == before


@pytest.mark.parametrize("name", ["길동", "🐈🐕", "O'Hara", "Zoë", "שלום", "ﬁ", "\U0001d49c"])
def test_a_name_of_any_script_is_kept_and_found(clinic_database: Database, name: str) -> None:
    tools.run("add_owner", {**GOOD["add_owner"], "firstName": name, "lastName": name}, clinic_database)
    outcome = tools.run("list_owners", {"name": name}, clinic_database)

    assert outcome.result is not None
    owners = outcome.result["owners"]
    assert isinstance(owners, list)
    assert [owner["firstName"] for owner in owners] == [name]
