"""The tools that the model may call: their names, inputs and effects."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from genai import clinic, fields
from genai.database import BadValue, Database
from genai.fields import LARGEST_ID, Field, Kind, Values
from shared import logs, traces


@dataclass(frozen=True, slots=True)
class Tool:
    """What the model reads about a tool, and what runs when it calls it."""

    description: str
    inputs: Mapping[str, Field]
    run: Callable[[Database, Values], dict[str, object]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a call gives back to the model: a result, or a sentence that says what was wrong."""

    result: Mapping[str, object] | None = None
    problem: str = ""


_NAME_PART = Field(
    Kind.TEXT, "part of the first or last name; leave it out for everybody", 60, required=False
)

TOOLS: Mapping[str, Tool] = {
    "list_owners": Tool(
        "Lists pet owners with address, telephone and pets, in order of last name.",
        {"name": _NAME_PART},
        clinic.list_owners,
    ),
    "list_vets": Tool(
        "Lists the clinic's vets with their specialties.",
        {
            "name": _NAME_PART,
            "specialty": Field(
                Kind.TEXT, "part of a specialty's name, for example surgery", 80, required=False
            ),
        },
        clinic.list_vets,
    ),
    "list_visits": Tool(
        "Lists visits, newest first, optionally of one pet or of all pets of one owner.",
        {
            "petId": Field(Kind.NUMBER, "id of the pet", LARGEST_ID, required=False),
            "ownerId": Field(Kind.NUMBER, "id of the owner", LARGEST_ID, required=False),
        },
        clinic.list_visits,
    ),
    "add_owner": Tool(
        "Adds a pet owner. Use it only when the user asks for it and has given every input.",
        {
            "firstName": Field(Kind.TEXT, "first name", 30),
            "lastName": Field(Kind.TEXT, "last name", 30),
            "address": Field(Kind.TEXT, "street and number", 255),
            "city": Field(Kind.TEXT, "city", 80),
            "telephone": Field(Kind.DIGITS, "telephone number, digits only", 12),
        },
        clinic.add_owner,
    ),
    "add_pet": Tool(
        "Adds a pet to an owner. Use it only when the user asks for it and has given every input.",
        {
            "ownerId": Field(Kind.NUMBER, "id of the owner, from list_owners", LARGEST_ID),
            "name": Field(Kind.TEXT, "name of the pet", 30),
            "birthDate": Field(Kind.DATE, "birth date, yyyy-mm-dd", 10),
            "typeId": Field(Kind.NUMBER, "1 cat, 2 dog, 3 lizard, 4 snake, 5 bird, 6 hamster", LARGEST_ID),
        },
        clinic.add_pet,
    ),
    "add_visit": Tool(
        "Records a visit of a pet. Use it only when the user asks for it.",
        {
            "petId": Field(Kind.NUMBER, "id of the pet, from list_owners", LARGEST_ID),
            "description": Field(Kind.TEXT, "what the visit is for", 8192),
            "date": Field(Kind.DATE, "day of the visit, yyyy-mm-dd; today when left out", 10, required=False),
        },
        clinic.add_visit,
    ),
}


def specifications() -> list[dict[str, object]]:
    """Return the tools in the form of Bedrock's Converse operation."""
    return [
        {
            "toolSpec": {
                "name": name,
                "description": tool.description,
                "inputSchema": {"json": fields.schema(tool.inputs)},
            }
        }
        for name, tool in TOOLS.items()
    ]


def run(name: str, given: object, database: Database) -> Outcome:
    """Run one call of the model; only a database that cannot be used raises (`database.Unavailable`)."""
    tool = TOOLS.get(name)
    if tool is None:
        return Outcome(problem=f"there is no tool of this name; the tools are {', '.join(TOOLS)}")
    if not isinstance(given, dict):
        return Outcome(problem="the input must be an object")
    began = time.monotonic()
    try:
        with traces.span(f"tool {name}"):
            outcome = Outcome(tool.run(database, fields.checked(tool.inputs, given)))
    except fields.Invalid as error:
        outcome = Outcome(problem=str(error))
    except BadValue as error:
        outcome = Outcome(problem=str(error))
    # Neither inputs nor results: they hold names, addresses and telephone numbers.
    spent = round((time.monotonic() - began) * 1000)
    logs.info("ran a tool", tool=name, ms=spent, accepted=outcome.result is not None)
    return outcome
