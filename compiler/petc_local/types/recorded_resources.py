"""Resources that are recorded and nothing more: MiniStack has no API that would show them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ministack.core.responses import AccountRegionScopedDict

from petc.resources.schemas import Json
from petc_local.types.forms import Attributes, Handlers, Made, Properties, ResourceError

_records = AccountRegionScopedDict()


def recorded(
    type_name: str,
    identify: Callable[[str, Properties, str], str],
    attributes: Callable[[str, Properties], Attributes],
    tags: str = "",
    deletable: Callable[[str], None] = lambda physical_id: None,
) -> Handlers:
    """Return handlers that keep the properties under a physical id.

    `identify` makes the physical id of logical id, properties and stack name; a second resource of the same
    type and id is refused, as a service refuses a name that is taken. `attributes` makes what GetAtt finds.
    `deletable` takes the physical id and raises `ResourceError` for what must not be deleted yet.
    """

    def create(logical_id: str, properties: Properties, stack_name: str) -> Made:
        physical_id = identify(logical_id, properties, stack_name)
        if (type_name, physical_id) in _records:
            raise ResourceError(
                f"Resource of type '{type_name}' with identifier '{physical_id}' already exists."
            )
        _records[type_name, physical_id] = dict(properties)
        return physical_id, attributes(physical_id, properties)

    def update(physical_id: str, old: Properties, new: Properties) -> Made:
        if (type_name, physical_id) not in _records:
            raise ResourceError(
                f"Resource of type '{type_name}' with identifier '{physical_id}' was not found."
            )
        _records[type_name, physical_id] = dict(new)
        return physical_id, attributes(physical_id, new)

    def delete(physical_id: str, properties: Properties) -> None:
        deletable(physical_id)
        _records.pop((type_name, physical_id), None)

    return Handlers(create, update, delete, tags)


def found(type_name: str) -> Mapping[str, Properties]:
    """Return the recorded resources of a type in the account and region of the request, by physical id."""
    return {key[1]: value for key, value in _records.items() if key[0] == type_name}


def keep(type_name: str, physical_id: str, properties: Properties) -> None:
    """Record something beside the properties that CloudFormation hands over."""
    _records[type_name, physical_id] = dict(properties)


def forget(type_name: str, physical_id: str) -> None:
    """Drop a record, if it is there."""
    _records.pop((type_name, physical_id), None)


def dump() -> list[Json]:
    """Return all records of all accounts and regions in a form that JSON can hold."""
    return [
        [account, region, type_name, physical_id, properties]
        for (account, region, (type_name, physical_id)), properties in _records.all_items()
    ]


def load(state: list[Json]) -> None:
    """Take records that `dump` returned, beside those that are there."""
    for record in state:
        if isinstance(record, list):
            account, region, type_name, physical_id, properties = record
            _records.set_scoped(account, region, (type_name, physical_id), properties)


def reset() -> None:
    """Forget all records of all accounts and regions."""
    _records.clear()
