"""CloudFormation's service model as botocore ships it: the shapes that requests and responses must have."""

from __future__ import annotations

from functools import cache

from botocore.loaders import Loader
from botocore.model import ListShape, OperationModel, ServiceModel, Shape, StructureShape

VERSION = "2010-05-15"
NAMESPACE = f"http://cloudformation.amazonaws.com/doc/{VERSION}/"


@cache
def service() -> ServiceModel:
    """Return CloudFormation's model, read once."""
    return ServiceModel(Loader().load_service_model("cloudformation", "service-2", VERSION))


@cache
def operation(action: str) -> OperationModel:
    """Return the model of `action`; unknown names raise botocore's OperationNotFoundError."""
    found: OperationModel = service().operation_model(action)
    return found


@cache
def members(shape: Shape) -> tuple[tuple[str, Shape], ...]:
    """Return name and shape of each member of a structure, in the model's order."""
    return tuple(shape.members.items()) if isinstance(shape, StructureShape) else ()


def item(shape: Shape) -> Shape:
    """Return the shape of the items of a list."""
    if not isinstance(shape, ListShape):
        raise TypeError(f"{shape.name} is no list")
    found: Shape = shape.member
    return found


@cache
def error_status() -> dict[str, int]:
    """Return the HTTP status of each error code that the model declares."""
    found = {}
    for name in service().shape_names:
        error = service().shape_for(name).metadata.get("error")
        if error:
            found[str(error.get("code", name))] = int(error["httpStatusCode"])
    return found
