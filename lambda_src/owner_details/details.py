"""An owner and the visits of its pets, merged into the shape that the owner page reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shared import shapes

_OWNER_FIELDS = ("id", "firstName", "lastName", "address", "city", "telephone")
_PET_FIELDS = ("id", "name", "birthDate")
_VISIT_FIELDS = ("id", "petId", "date", "description")


def pet_ids(owner: Mapping[str, object]) -> tuple[int, ...]:
    """Return the ids of the owner's pets, in their order."""
    ids = (shapes.whole(pet.get("id")) for pet in _pets(owner))
    return tuple(identity for identity in ids if identity is not None)


def merged(owner: Mapping[str, object], visits: Sequence[object]) -> dict[str, object]:
    """Return the owner with its pets and, in each pet, the visits that name its id."""
    return {
        **_only(owner, _OWNER_FIELDS),
        "pets": [
            {
                **_only(pet, _PET_FIELDS),
                "type": _only(shapes.mapping(pet.get("type")), ("name",)),
                "visits": [
                    _only(visit, _VISIT_FIELDS)
                    for visit in map(shapes.mapping, visits)
                    if pet.get("id") is not None and visit.get("petId") == pet.get("id")
                ],
            }
            for pet in _pets(owner)
        ],
    }


def _pets(owner: Mapping[str, object]) -> Sequence[Mapping[str, object]]:
    return [shapes.mapping(pet) for pet in shapes.items(owner.get("pets"))]


def _only(value: Mapping[str, object], fields: Sequence[str]) -> dict[str, object]:
    return {field: value.get(field) for field in fields}
