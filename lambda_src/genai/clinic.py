"""What can be asked of and told to the clinic's database: fixed statements, values as parameters."""

from __future__ import annotations

from datetime import UTC, date, datetime

from pymysql.cursors import Cursor

from genai.database import Database, Row, insert, select
from genai.fields import Invalid, Values

OWNERS_AT_MOST = 50
VETS_AT_MOST = 50
VISITS_AT_MOST = 50
_ROWS_AT_MOST = 500
_DESCRIPTION_AT_MOST = 400
"""Characters of a visit's description in a list; the column holds 8192, and fifty of them fill a model."""

_OWNERS = """
SELECT o.id, o.first_name, o.last_name, o.address, o.city, o.telephone, p.id, p.name, p.birth_date, t.name
FROM (
    SELECT id, first_name, last_name, address, city, telephone FROM owners
    WHERE %s = '' OR CONCAT_WS(' ', first_name, last_name) LIKE %s ESCAPE '!'
    ORDER BY last_name, first_name, id LIMIT %s
) AS o
LEFT JOIN pets p ON p.owner_id = o.id
LEFT JOIN types t ON t.id = p.type_id
ORDER BY o.last_name, o.first_name, o.id, p.name, p.id LIMIT %s
"""

_ADD_OWNER = """
INSERT INTO owners (first_name, last_name, address, city, telephone) VALUES (%s, %s, %s, %s, %s)
"""

_VETS = """
SELECT v.id, v.first_name, v.last_name, s.name
FROM (
    SELECT id, first_name, last_name FROM vets
    WHERE (%s = '' OR CONCAT_WS(' ', first_name, last_name) LIKE %s ESCAPE '!')
      AND (%s = '' OR EXISTS (
        SELECT 1 FROM vet_specialties f JOIN specialties n ON n.id = f.specialty_id
        WHERE f.vet_id = vets.id AND n.name LIKE %s ESCAPE '!'))
    ORDER BY last_name, first_name, id LIMIT %s
) AS v
LEFT JOIN vet_specialties l ON l.vet_id = v.id
LEFT JOIN specialties s ON s.id = l.specialty_id
ORDER BY v.last_name, v.first_name, v.id, s.name LIMIT %s
"""

_VISITS = """
SELECT i.id, i.visit_date, LEFT(i.description, %s), p.id, p.name, p.owner_id
FROM visits i JOIN pets p ON p.id = i.pet_id
WHERE (%s = 0 OR p.id = %s) AND (%s = 0 OR p.owner_id = %s)
ORDER BY i.visit_date DESC, i.id DESC LIMIT %s
"""


def list_owners(database: Database, values: Values) -> dict[str, object]:
    """Return the owners whose name holds `name`, with their pets; `complete` tells whether that is all."""
    name = values.text("name")
    rows = database.read(_OWNERS, name, _containing(name), OWNERS_AT_MOST + 1, _ROWS_AT_MOST + 1)
    owners: dict[object, dict[str, object]] = {}
    pets: dict[object, list[dict[str, object]]] = {}
    for row in rows[:_ROWS_AT_MOST]:
        owners.setdefault(
            row[0], _named(row[:6], "id", "firstName", "lastName", "address", "city", "telephone")
        )
        if row[6] is not None:
            pets.setdefault(row[0], []).append(_named(row[6:], "id", "name", "birthDate", "type"))
    found = [{**owner, "pets": pets.get(identity, [])} for identity, owner in owners.items()]
    complete = len(found) <= OWNERS_AT_MOST and len(rows) <= _ROWS_AT_MOST
    return {"owners": found[:OWNERS_AT_MOST], "complete": complete}


def list_vets(database: Database, values: Values) -> dict[str, object]:
    """Return the vets by part of a name and of a specialty, with all their specialties."""
    name, specialty = values.text("name"), values.text("specialty")
    rows = database.read(
        _VETS, name, _containing(name), specialty, _containing(specialty), VETS_AT_MOST + 1, _ROWS_AT_MOST + 1
    )
    vets: dict[object, dict[str, object]] = {}
    specialties: dict[object, list[object]] = {}
    for row in rows[:_ROWS_AT_MOST]:
        vets.setdefault(row[0], _named(row[:3], "id", "firstName", "lastName"))
        if row[3] is not None:
            specialties.setdefault(row[0], []).append(row[3])
    found = [{**vet, "specialties": specialties.get(identity, [])} for identity, vet in vets.items()]
    complete = len(found) <= VETS_AT_MOST and len(rows) <= _ROWS_AT_MOST
    return {"vets": found[:VETS_AT_MOST], "complete": complete}


def list_visits(database: Database, values: Values) -> dict[str, object]:
    """Return the newest visits, of one pet or of one owner's pets where that is asked."""
    pet, owner = values.number("petId") or 0, values.number("ownerId") or 0
    rows = database.read(_VISITS, _DESCRIPTION_AT_MOST + 1, pet, pet, owner, owner, VISITS_AT_MOST + 1)
    visits = [
        _named(
            (row[0], row[1], _shortened(row[2]), *row[3:]),
            *("id", "date", "description", "petId", "petName", "ownerId"),
        )
        for row in rows[:VISITS_AT_MOST]
    ]
    return {"visits": visits, "complete": len(rows) <= VISITS_AT_MOST}


def add_owner(database: Database, values: Values) -> dict[str, object]:
    """Add an owner and return it with its id."""
    fields = ("firstName", "lastName", "address", "city", "telephone")
    given = [values.text(field) for field in fields]

    def change(cursor: Cursor) -> int:
        return insert(
            cursor,
            _ADD_OWNER,
            *given,
        )

    identity = database.write(change)
    return {"owner": {"id": identity, **dict(zip(fields, given, strict=True)), "pets": []}}


def add_pet(database: Database, values: Values) -> dict[str, object]:
    """Add a pet to an owner and return it with its id; an unknown owner or type is `Invalid`."""
    owner, kind, name = values.number("ownerId"), values.number("typeId"), values.text("name")
    born = values.day("birthDate")

    def change(cursor: Cursor) -> dict[str, object]:
        if not select(cursor, "SELECT id FROM owners WHERE id = %s", owner):
            raise Invalid(f"there is no owner with the id {owner}")
        types = select(cursor, "SELECT name FROM types WHERE id = %s", kind)
        if not types:
            known = select(cursor, "SELECT id, name FROM types ORDER BY id LIMIT 50")
            raise Invalid(
                f"there is no type {kind}; the types are " + ", ".join(f"{i} {n}" for i, n in known)
            )
        identity = insert(
            cursor,
            "INSERT INTO pets (name, birth_date, type_id, owner_id) VALUES (%s, %s, %s, %s)",
            *(name, born, kind, owner),
        )
        return {
            "id": identity,
            "name": name,
            "birthDate": _plain(born),
            "type": types[0][0],
            "ownerId": owner,
        }

    return {"pet": database.write(change)}


def add_visit(database: Database, values: Values) -> dict[str, object]:
    """Add a visit of a pet, today unless a date is given, and return it; an unknown pet is `Invalid`."""
    pet, description = values.number("petId"), values.text("description")
    day = values.day("date") or datetime.now(UTC).date()

    def change(cursor: Cursor) -> dict[str, object]:
        pets = select(cursor, "SELECT name FROM pets WHERE id = %s", pet)
        if not pets:
            raise Invalid(f"there is no pet with the id {pet}")
        identity = insert(
            cursor,
            "INSERT INTO visits (pet_id, visit_date, description) VALUES (%s, %s, %s)",
            *(pet, day, description),
        )
        return {
            "id": identity,
            "petId": pet,
            "petName": pets[0][0],
            "date": _plain(day),
            "description": description,
        }

    return {"visit": database.write(change)}


def _containing(text: str) -> str:
    escaped = text.replace("!", "!!").replace("%", "!%").replace("_", "!_")
    return f"%{escaped}%"


def _shortened(description: object) -> object:
    if not isinstance(description, str) or len(description) <= _DESCRIPTION_AT_MOST:
        return description
    return description[:_DESCRIPTION_AT_MOST] + "…"


def _named(row: Row, *names: str) -> dict[str, object]:
    return {name: _plain(value) for name, value in zip(names, row, strict=True)}


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
