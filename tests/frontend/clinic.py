"""The services in memory, in the shapes and with the status codes of the originals."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Mapping
from urllib.parse import parse_qs, urlsplit

from tests.lambda_src.endpoints import Received, Reply, reply_json

Fields = dict[str, object]

TYPES = ("cat", "dog", "lizard", "snake", "bird", "hamster")
OWNERS = (
    ("George", "Franklin", "110 W. Liberty St.", "Madison", "6085551023"),
    ("Betty", "Davis", "638 Cardinal Ave.", "Sun Prairie", "6085551749"),
    ("Eduardo", "Rodriquez", "2693 Commerce St.", "McFarland", "6085558763"),
    ("Harold", "Davis", "563 Friendly St.", "Windsor", "6085553198"),
    ("Peter", "McTavish", "2387 S. Fair Way", "Madison", "6085552765"),
    ("Jean", "Coleman", "105 N. Lake St.", "Monona", "6085552654"),
    ("Jeff", "Black", "1450 Oak Blvd.", "Monona", "6085555387"),
    ("Maria", "Escobito", "345 Maple St.", "Madison", "6085557683"),
    ("David", "Schroeder", "2749 Blackhawk Trail", "Madison", "6085559435"),
    ("Carlos", "Estaban", "2335 Independence La.", "Waunakee", "6085555487"),
)
PETS = (
    ("Leo", "2000-09-07", 1, 1),
    ("Basil", "2002-08-06", 6, 2),
    ("Rosy", "2001-04-17", 2, 3),
    ("Jewel", "2000-03-07", 2, 3),
    ("Iggy", "2000-11-30", 3, 4),
    ("George", "2000-01-20", 4, 5),
    ("Samantha", "1995-09-04", 1, 6),
    ("Max", "1995-09-04", 1, 6),
    ("Lucky", "1999-08-06", 5, 7),
    ("Mulligan", "1997-02-24", 2, 8),
    ("Freddy", "2000-03-09", 5, 9),
    ("Lucky", "2000-06-24", 2, 10),
    ("Sly", "2002-06-08", 1, 10),
)
VISITS = (
    (7, "2010-03-04", "rabies shot"),
    (8, "2011-03-04", "rabies shot"),
    (8, "2009-06-04", "neutered"),
    (7, "2008-09-04", "spayed"),
)
VETS = (
    ("James", "Carter", ()),
    ("Helen", "Leary", ("radiology",)),
    ("Linda", "Douglas", ("dentistry", "surgery")),
    ("Rafael", "Ortega", ("surgery",)),
    ("Henry", "Stevens", ("radiology",)),
    ("Sharon", "Jenkins", ()),
)

_OWNER_RULES = (
    ("firstName", r".*\S.*", "must not be blank"),
    ("lastName", r".*\S.*", "must not be blank"),
    ("address", r".*\S.*", "must not be blank"),
    ("city", r".*\S.*", "must not be blank"),
    ("telephone", r"[0-9]{1,12}", "numeric value out of bounds (<12 digits>.<0 digits> expected)"),
)


class Clinic:
    """Owners, pets, visits and vets, and what the chat answers; tests read and change all of it."""

    def __init__(self) -> None:
        self.owners: dict[int, Fields] = {}
        self.pets: dict[int, Fields] = {}
        self.visits: list[Fields] = []
        self.vets: list[Fields] = [
            {
                "id": number,
                "firstName": first,
                "lastName": last,
                "specialties": [{"id": index, "name": name} for index, name in enumerate(skills, 1)],
                "nrOfSpecialties": len(skills),
            }
            for number, (first, last, skills) in enumerate(VETS, 1)
        ]
        self.chat: Callable[[str], Reply] = lambda question: text(f"You asked: {question}")
        self._ids = itertools.count(1)
        for owner in OWNERS:
            self.add_owner(*owner)
        self._ids = itertools.count(1)
        for name, born, kind, owner_id in PETS:
            self.add_pet(owner_id, name, born, kind)
        for pet_id, day, description in VISITS:
            self.add_visit(pet_id, day, description)
        self._ids = itertools.count(100)

    def add_owner(self, first: str, last: str, address: str, city: str, telephone: str) -> int:
        identity = next(self._ids)
        self.owners[identity] = {
            "id": identity,
            "firstName": first,
            "lastName": last,
            "address": address,
            "city": city,
            "telephone": telephone,
        }
        return identity

    def add_pet(self, owner_id: int, name: str, born: str, kind: int) -> int:
        identity = next(self._ids)
        self.pets[identity] = {
            "id": identity,
            "name": name,
            "birthDate": born,
            "type": {"id": kind, "name": TYPES[kind - 1]},
            "owner": owner_id,
        }
        return identity

    def add_visit(self, pet_id: int, day: str, description: str) -> Fields:
        visit: Fields = {
            "id": len(self.visits) + 1,
            "date": day,
            "description": description,
            "petId": pet_id,
        }
        self.visits.append(visit)
        return visit

    def customers(self, request: Received) -> Reply:
        """Answer as the customers service does below its own root."""
        path = urlsplit(request.path).path
        match (request.method, path.strip("/").split("/")):
            case "GET", ["owners"]:
                return reply_json([self._with_pets(owner) for owner in self.owners.values()])
            case "POST", ["owners"]:
                return self._write_owner(request, None)
            case "GET", ["owners", owner]:
                found = self.owners.get(int(owner))
                return reply_json(self._with_pets(found) if found else None)
            case "PUT", ["owners", owner]:
                return self._write_owner(request, int(owner))
            case "GET", ["petTypes"]:
                return reply_json(
                    sorted(
                        ({"id": number, "name": name} for number, name in enumerate(TYPES, 1)),
                        key=lambda kind: str(kind["name"]),
                    )
                )
            case "POST", ["owners", owner, "pets"]:
                return self._write_pet(request, int(owner))
            case "PUT", ["owners", _, "pets", _]:
                return self._write_pet(request, None)
            case "GET", ["owners", _, "pets", pet]:
                return self._pet_details(int(pet))
            case _:
                return problem(404, path)

    def visit_service(self, request: Received) -> Reply:
        """Answer as the visits service does below its own root."""
        parts = urlsplit(request.path)
        match (request.method, parts.path.strip("/").split("/")):
            case "GET", ["pets", "visits"]:
                ids = parse_qs(parts.query)["petId"][0].split(",")
                return reply_json({"items": [item for item in self.visits if str(item["petId"]) in ids]})
            case "POST", ["owners", _, "pets", pet, "visits"]:
                given = request.json()
                return reply_json(
                    self.add_visit(int(pet), str(given["date"]), str(given["description"])), 201
                )
            case _:
                return problem(404, parts.path)

    def _with_pets(self, owner: Fields) -> Fields:
        pets = [_without_owner(pet) for pet in self.pets.values() if pet["owner"] == owner["id"]]
        return {**owner, "pets": sorted(pets, key=lambda pet: str(pet["name"]))}

    def _write_owner(self, request: Received, identity: int | None) -> Reply:
        given = request.json()
        errors = [
            {"field": field, "defaultMessage": message}
            for field, rule, message in _OWNER_RULES
            if not re.fullmatch(rule, str(given.get(field, "")), re.DOTALL)
        ]
        if errors:
            return problem(400, request.path, errors)
        values = [str(given[field]) for field, _, _ in _OWNER_RULES]
        if identity is None:
            return reply_json(self._with_pets(self.owners[self.add_owner(*values)]), 201)
        if identity not in self.owners:
            return problem(404, request.path)
        self.owners[identity].update(zip((field for field, _, _ in _OWNER_RULES), values, strict=True))
        return Reply(204)

    def _write_pet(self, request: Received, owner: int | None) -> Reply:
        given = request.json()
        name, born, kind = str(given["name"]), str(given["birthDate"]), int(str(given["typeId"]))
        if owner is not None:
            return reply_json(_without_owner(self.pets[self.add_pet(owner, name, born, kind)]), 201)
        changed: Fields = {"name": name, "birthDate": born, "type": {"id": kind, "name": TYPES[kind - 1]}}
        self.pets[int(str(given["id"]))].update(changed)
        return Reply(204)

    def _pet_details(self, identity: int) -> Reply:
        pet = self.pets.get(identity)
        if pet is None:
            return problem(404, f"/owners/*/pets/{identity}")
        owner = self.owners[int(str(pet["owner"]))]
        return reply_json({**pet, "owner": f"{owner['firstName']} {owner['lastName']}"})


def _without_owner(pet: Fields) -> Fields:
    return {name: value for name, value in pet.items() if name != "owner"}


def problem(status: int, path: str, errors: list[dict[str, str]] | None = None) -> Reply:
    """The error object of Spring Boot, with `errors` only where a field is at fault."""
    body: Mapping[str, object] = {
        "timestamp": "2026-01-01T00:00:00.000+00:00",
        "status": status,
        "error": "Bad Request" if status == 400 else "Not Found",
        "path": path,
    }
    return reply_json({**body, **({"errors": errors} if errors else {})}, status)


def text(words: str, status: int = 200) -> Reply:
    return Reply(status, words.encode(), {"Content-Type": "text/plain; charset=utf-8"})


def question(request: Received) -> str:
    """The question of a chat request, which is a JSON text."""
    value = json.loads(request.body)
    assert isinstance(value, str)
    return value
