"""The tools' statements on a real MariaDB with the clinic's tables."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from genai import clinic, tools
from genai.database import Database
from tests.lambda_src import mariadb


def run(database: Database, name: str, /, **given: object) -> dict[str, object]:
    outcome = tools.run(name, given, database)
    assert outcome.result is not None, outcome.problem
    return dict(outcome.result)


def problem(database: Database, name: str, /, **given: object) -> str:
    outcome = tools.run(name, given, database)
    assert outcome.result is None
    return outcome.problem


def test_owners_are_listed_with_their_pets(clinic_database: Database) -> None:
    result = run(clinic_database, "list_owners", name="jean")
    pet = {"birthDate": "1995-09-04", "type": "cat"}

    assert result == {
        "owners": [
            {
                "id": 5,
                "firstName": "Jean",
                "lastName": "Coleman",
                "address": "5 Fifth St.",
                "city": "Monona",
                "telephone": "6085550105",
                "pets": [{"id": 8, "name": "Max", **pet}, {"id": 7, "name": "Samantha", **pet}],
            }
        ],
        "complete": True,
    }


def test_all_owners_come_in_the_order_of_their_names(clinic_database: Database) -> None:
    owners = run(clinic_database, "list_owners")["owners"]

    assert isinstance(owners, list)
    assert [owner["id"] for owner in owners] == [5, 2, 4, 1, 3]


def test_a_long_list_of_owners_is_cut_and_says_so(
    clinic_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clinic, "OWNERS_AT_MOST", 2)
    result = run(clinic_database, "list_owners")

    assert isinstance(result["owners"], list)
    assert (len(result["owners"]), result["complete"]) == (2, False)


@pytest.mark.parametrize("name", ["%", "_", "!", "' OR '1'='1", "\\", '"; DROP TABLE owners; --'])
def test_signs_that_mean_something_in_sql_are_only_text(clinic_database: Database, name: str) -> None:
    assert run(clinic_database, "list_owners", name=name)["owners"] == []


def test_vets_are_found_by_specialty_and_show_all_of_theirs(clinic_database: Database) -> None:
    result = run(clinic_database, "list_vets", specialty="SURG")

    assert result["vets"] == [
        {"id": 3, "firstName": "Linda", "lastName": "Douglas", "specialties": ["dentistry", "surgery"]}
    ]


def test_a_vet_without_specialty_is_listed(clinic_database: Database) -> None:
    vets = run(clinic_database, "list_vets")["vets"]

    assert isinstance(vets, list)
    assert [(vet["lastName"], vet["specialties"]) for vet in vets] == [
        ("Carter", []),
        ("Douglas", ["dentistry", "surgery"]),
        ("Leary", ["radiology"]),
    ]


def test_visits_are_listed_newest_first(clinic_database: Database) -> None:
    visits = run(clinic_database, "list_visits", ownerId=5)["visits"]

    assert isinstance(visits, list)
    assert [visit["id"] for visit in visits] == [2, 1, 3, 4]
    assert visits[0] == {
        "id": 2,
        "date": "2011-03-04",
        "description": "rabies shot",
        "petId": 8,
        "petName": "Max",
        "ownerId": 5,
    }


def test_visits_of_one_pet(clinic_database: Database) -> None:
    visits = run(clinic_database, "list_visits", petId="7")["visits"]

    assert isinstance(visits, list)
    assert [visit["id"] for visit in visits] == [1, 4]


def test_a_long_description_is_cut_in_a_list(clinic_database: Database) -> None:
    run(clinic_database, "add_visit", petId=7, description="x" * 8192, date="2030-01-01")
    visits = run(clinic_database, "list_visits", petId=7)["visits"]

    assert isinstance(visits, list)
    assert visits[0]["description"] == "x" * 400 + "…"


def test_an_added_owner_is_found(clinic_database: Database) -> None:
    given = {
        "firstName": "길동 🐈",
        "lastName": "O'Hara",
        "address": "1 \\ Road",
        "city": "Busan",
        "telephone": "051",
    }
    added = run(clinic_database, "add_owner", **given)["owner"]
    found = run(clinic_database, "list_owners", name="o'hara")["owners"]

    assert isinstance(added, dict)
    assert found == [added]
    assert {name: added[name] for name in given} == given


def test_an_added_pet_and_its_visit_are_found(clinic_database: Database) -> None:
    pet = run(clinic_database, "add_pet", ownerId=1, name="Tweety", birthDate="2020-02-29", typeId=5)["pet"]
    assert isinstance(pet, dict)
    visit = run(clinic_database, "add_visit", petId=pet["id"], description="check-up")["visit"]

    assert pet == {"id": pet["id"], "name": "Tweety", "birthDate": "2020-02-29", "type": "bird", "ownerId": 1}
    assert isinstance(visit, dict)
    assert (visit["petName"], visit["date"]) == ("Tweety", datetime.now(UTC).date().isoformat())
    assert run(clinic_database, "list_visits", petId=pet["id"])["visits"] == [{**visit, "ownerId": 1}]


def test_a_pet_of_nobody_is_refused(clinic_database: Database, clinic_server: mariadb.Server) -> None:
    said = problem(clinic_database, "add_pet", ownerId=99, name="X", birthDate="2020-01-01", typeId=1)

    assert said == "there is no owner with the id 99"
    assert clinic_server.run("SELECT COUNT(*) FROM pets WHERE id > 8") == [(0,)]


def test_an_unknown_type_names_those_that_exist(clinic_database: Database) -> None:
    said = problem(clinic_database, "add_pet", ownerId=1, name="X", birthDate="2020-01-01", typeId=9)

    assert said == "there is no type 9; the types are 1 cat, 2 dog, 3 lizard, 4 snake, 5 bird, 6 hamster"


def test_a_visit_of_an_unknown_pet_is_refused(clinic_database: Database) -> None:
    assert (
        problem(clinic_database, "add_visit", petId=99, description="x") == "there is no pet with the id 99"
    )


def test_a_value_that_a_column_cannot_hold_is_the_callers_fault(
    clinic_database: Database, clinic_server: mariadb.Server
) -> None:
    clinic_server.run("ALTER TABLE visits MODIFY description VARCHAR(8192) CHARACTER SET latin1")
    try:
        said = problem(clinic_database, "add_visit", petId=1, description="🐈")
    finally:
        clinic_server.run("ALTER TABLE visits MODIFY description VARCHAR(8192) CHARACTER SET utf8mb4")

    assert said == "the database cannot hold one of the values"
