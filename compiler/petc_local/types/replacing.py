"""Which property changes replace a resource, as AWS's own schemas say."""

from __future__ import annotations

from collections.abc import Iterable

from ministack.services.cloudformation import provisioners

from petc.resources import schemas


def enter(types: Iterable[str]) -> None:
    """Enter the create-only properties of the types into MiniStack's table, which decides and reports.

    MiniStack knows them for some types only; for the others its update handlers decide one by one, and its
    change sets say that every change may replace. What it has is kept and added to. Create-only properties
    below another one do not replace here; no type that petc makes needs it.
    """
    for type_name in types:
        found = schemas.schema(type_name)
        if found is not None:
            own = provisioners._REPLACING_PROPERTIES.get(type_name, ())
            added = (name for name in found.create_only if "." not in name)
            provisioners._REPLACING_PROPERTIES[type_name] = tuple(dict.fromkeys((*own, *added)))
