"""Whether a response is what botocore's service model says: as parsed, and in its raw XML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree

from botocore.model import ListShape, OperationModel, Shape, StructureShape
from botocore.validate import ParamValidator

TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def problems(operation: OperationModel, parsed: Mapping[str, object], xml: bytes) -> list[str]:
    """Return everything in a response that the model does not allow."""
    root = ElementTree.fromstring(xml)
    found = [] if local(root) == f"{operation.name}Response" else [f"the root is {local(root)}"]
    shape = operation.output_shape
    inside = [child for child in root if local(child) != "ResponseMetadata"]
    if shape is None:
        return found + [f"unexpected {local(child)}" for child in inside]
    wrapper = shape.serialization.get("resultWrapper")
    if [local(child) for child in inside] != [wrapper]:
        return [*found, f"the root holds {[local(child) for child in inside]}"]
    members = {name: value for name, value in parsed.items() if name != "ResponseMetadata"}
    report = ParamValidator().validate(members, shape)
    return (
        found + list(walk(inside[0], shape, "")) + ([report.generate_report()] if report.has_errors() else [])
    )


def walk(element: ElementTree.Element, shape: Shape, path: str) -> Iterator[str]:
    if isinstance(shape, StructureShape):
        names = [local(child) for child in element]
        yield from (f"{path} lacks {name}" for name in shape.required_members if name not in names)
        yield from (f"{path} has {name} twice" for name in set(names) if names.count(name) > 1)
        for child in element:
            if local(child) not in shape.members:
                yield f"{path}.{local(child)} is unknown"
            else:
                yield from walk(child, shape.members[local(child)], f"{path}.{local(child)}")
    elif isinstance(shape, ListShape):
        for child in element:
            if local(child) != "member":
                yield f"{path} has {local(child)} for a member"
            yield from walk(child, shape.member, f"{path}[]")
    else:
        yield from scalar(element.text or "", shape, path)


def scalar(text: str, shape: Shape, path: str) -> Iterator[str]:
    allowed, pattern = shape.metadata.get("enum"), shape.metadata.get("pattern")
    if allowed and text not in allowed:
        yield f"{path} {text} is none of {allowed}"
    if pattern and not re.fullmatch(pattern, text):
        yield f"{path} {text} does not match {pattern}"
    if shape.type_name == "boolean" and text not in ("true", "false"):
        yield f"{path} {text} is no boolean"
    if shape.type_name == "integer" and not text.isdigit():
        yield f"{path} {text} is no number"
    if shape.type_name == "timestamp" and not TIMESTAMP.fullmatch(text):
        yield f"{path} {text} is no time"


def local(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]
