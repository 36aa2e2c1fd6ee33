"""Responses of the Query protocol written by the output shape of their action."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from html import escape

from botocore.model import Shape

from petc_local.stack_sets import model
from petc_local.stack_sets.errors import RequestRefused

Response = tuple[int, dict[str, str], bytes]
"""Status, headers and body, as MiniStack's handlers return them."""


def render(action: str, result: Mapping[str, object]) -> Response:
    """Return `result` as the XML response of `action`.

    Members that are None are left out. A member that the model does not know, a missing required one and a value
    outside its enumeration raise ValueError: they are faults of this service, not of the request.
    """
    operation = model.operation(action)
    parts: list[str] = []
    shape = operation.output_shape
    if shape is not None:
        wrapper = shape.serialization.get("resultWrapper", f"{action}Result")
        _write(parts, wrapper, shape, result)
    return _response(
        200, f'<{action}Response xmlns="{model.NAMESPACE}">', "".join(parts), f"</{action}Response>"
    )


def render_error(refused: RequestRefused) -> Response:
    """Return the error envelope of the Query protocol, with the status that the model declares for the code."""
    status = model.error_status().get(refused.code, 400)
    body = (
        f'<ErrorResponse xmlns="{model.NAMESPACE}"><Error><Type>{"Sender" if status < 500 else "Receiver"}</Type>'
        f"<Code>{escape(refused.code)}</Code><Message>{escape(refused.message)}</Message></Error>"
        f"<RequestId>{uuid.uuid4()}</RequestId></ErrorResponse>"
    )
    return status, {"Content-Type": "text/xml"}, body.encode()


def _response(status: int, head: str, inner: str, tail: str) -> Response:
    metadata = f"<ResponseMetadata><RequestId>{uuid.uuid4()}</RequestId></ResponseMetadata>"
    return status, {"Content-Type": "text/xml"}, f"{head}{inner}{metadata}{tail}".encode()


def _write(parts: list[str], tag: str, shape: Shape, value: object) -> None:
    kind = shape.type_name
    if kind == "structure":
        if not isinstance(value, Mapping):
            raise ValueError(f"{tag} is not a structure")
        parts.append(f"<{tag}>")
        _write_members(parts, shape, value)
        parts.append(f"</{tag}>")
    elif kind == "list":
        if not isinstance(value, (tuple, list)):
            raise ValueError(f"{tag} is not a list")
        parts.append(f"<{tag}>")
        for item in value:
            _write(parts, "member", model.item(shape), item)
        parts.append(f"</{tag}>")
    else:
        parts.append(f"<{tag}>{_text(tag, shape, value)}</{tag}>")


def _write_members(parts: list[str], shape: Shape, value: Mapping[str, object]) -> None:
    known = model.members(shape)
    unknown = value.keys() - dict(known).keys()
    missing = [name for name in shape.required_members if value.get(name) is None]
    if unknown or missing:
        raise ValueError(f"{shape.name} has unknown {sorted(unknown)} and lacks {missing}")
    for name, member in known:
        inner = value.get(name)
        if inner is not None:
            _write(parts, name, member, inner)


def _text(tag: str, shape: Shape, value: object) -> str:
    kind = shape.type_name
    if kind == "boolean" and isinstance(value, bool):
        return "true" if value else "false"
    if kind == "integer" and isinstance(value, int):
        return str(value)
    if kind in ("string", "timestamp") and isinstance(value, str):
        if shape.metadata.get("enum") and value not in shape.metadata["enum"]:
            raise ValueError(f"{tag} {value} is none of {shape.metadata['enum']}")
        return escape(value, quote=False)
    raise ValueError(f"{tag} is no {kind}: {value!r}")
