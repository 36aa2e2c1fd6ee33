"""Forms of ARNs and of condition keys, filled with the properties of a resource."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from petc.resources.schemas import Json

_PLACE = re.compile(r"\{([A-Za-z0-9.]+)(?:\|([a-z]+))?\}")


@dataclass(frozen=True, slots=True)
class Filling:
    """What forms are filled with: account and region, the resource's ids, its logical id and its properties."""

    account: str
    region: str
    new: str
    own: str
    logical: str
    properties: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Filled:
    """One text that a form gives, and the value of the last property in it, by which another resource is found."""

    text: str
    value: str


def _last(value: str) -> str:
    return value.rstrip("/").rpartition("/")[2]


def _function(value: str) -> str:
    return value.split(":")[6] if value.startswith("arn:") else value.partition(":")[0]


_DONE: Mapping[str, Callable[[str], str]] = {
    # The id of a web ACL is `name|id|scope`; of a scalable target `resource|dimension|namespace`.
    "acl": lambda value: value.split("|")[1] if "|" in value else value,
    "bucket": lambda value: value.partition(".s3.")[0],
    "function": _function,
    "last": _last,
    "path": lambda value: value.lstrip("/"),
    # Service Authorization Reference, "Amazon Route 53": in lower case, without the last dot.
    "record": lambda value: value.lower().rstrip("."),
    "scope": lambda value: "global" if value == "CLOUDFRONT" else "regional",
    "target": lambda value: value.partition("|")[0],
}
"""What `|name` does to a value."""


def filled(form: str, filling: Filling) -> tuple[Filled, ...]:
    """Return the texts that a form gives; none when it names a property that the resource does not have."""
    found = [Filled("", "")]
    position = 0
    for place in _PLACE.finditer(form):
        literal = form[position : place.start()]
        values = tuple(_values(place[1], place[2] or "", filling))
        if not values:
            return ()
        ends = place.end() == len(form)
        found = [
            # A value that is an ARN already stands for itself.
            Filled(value, value)
            if ends and value.startswith("arn:")
            else Filled(before.text + literal + value, value)
            for before in found
            for value in values
        ]
        position = place.end()
    return tuple(Filled(each.text + form[position:], each.value) for each in found)


def arns(form: str, filling: Filling) -> tuple[Filled, ...]:
    """Return the ARNs that a form gives, without keys that AWS manages, for which nobody needs a policy."""
    return tuple(
        Filled(_arn(each.text), each.value)
        for each in filled(form, filling)
        if not each.value.startswith("alias/aws/")
    )


def names(form: str) -> tuple[str, ...]:
    """Return what a form is filled with."""
    return tuple(place[1] for place in _PLACE.finditer(form))


def at(properties: Mapping[str, Json], path: str) -> Json:
    """Return what stands at a dotted path; of a list, what stands there in each of its items."""
    found: Json = dict(properties)
    for name in path.split("."):
        if isinstance(found, list):
            found = [
                item.get(name) for item in found if isinstance(item, dict) and item.get(name) is not None
            ]
        elif isinstance(found, dict):
            found = found.get(name)
        else:
            return None
    return found


def _arn(text: str) -> str:
    return text if text == "*" or text.startswith("arn:") else f"arn:aws:{text}"


def _values(name: str, done: str, filling: Filling) -> Iterator[str]:
    known = {
        "account": filling.account,
        "here": f"{filling.region}:{filling.account}",
        "id": filling.own,
        "logical": filling.logical,
        "new": filling.new,
        "region": filling.region,
    }
    value: Json = known.get(name) or at(filling.properties, name)
    if done == "package":
        yield from _package(value)
        return
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, str | int) and not isinstance(each, bool) and str(each):
            yield _DONE[done](str(each)) if done else str(each)


def _package(code: Json) -> Iterator[str]:
    """Yield the object in which a function's package lies, unless its code stands in the template."""
    if isinstance(code, dict) and isinstance(code.get("S3Bucket"), str):
        yield f"{code['S3Bucket']}/{code.get('S3Key')}"


def tags(value: Json) -> dict[str, str]:
    """Return tags as a mapping, from either form in which templates write them."""
    if isinstance(value, dict):
        return {str(key): str(each) for key, each in value.items()}
    items: Sequence[Json] = value if isinstance(value, list) else ()
    return {
        str(each["Key"]): str(each.get("Value", ""))
        for each in items
        if isinstance(each, dict) and "Key" in each
    }
