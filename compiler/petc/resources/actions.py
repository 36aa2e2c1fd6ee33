"""Which IAM actions there are and what they may be limited to, read from the policy list that cfn-lint ships."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from petc.resources.schemas import Json, MissingSchemasError


def limited_to(action: str) -> tuple[str, ...] | None:
    """Return the kinds of resource that a statement may limit an action to, such as `("bucket",)`.

    Empty for an action that knows only `*`; nothing for an action that does not exist. Source: AWS Service
    Authorization Reference, "Actions, resources, and condition keys for AWS services".
    """
    service, _, name = action.partition(":")
    found = _mapping(_mapping(_policies().get(service.lower())).get("Actions")).get(name.lower())
    if found is None:
        return None
    kinds = _mapping(found).get("Resources")
    return tuple(item for item in kinds if isinstance(item, str)) if isinstance(kinds, list) else ()


def arn_of(service: str, kind: str) -> str:
    """Return the form of the ARN of a kind of resource with `*` for what differs; empty when there is none.

    Partition and account stay as `${Partition}` and `${Account}`.
    """
    formats = _kind(service, kind).get("ARNFormats")
    first = formats[0] if isinstance(formats, list) and formats else ""
    return first.replace("${Region}", "*").replace(".*", "*") if isinstance(first, str) else ""


def knows_tags(service: str, kind: str) -> bool:
    """Whether a statement about this kind of resource may ask for tags of the resource (`aws:ResourceTag`)."""
    keys = _kind(service, kind).get("ConditionKeys")
    return isinstance(keys, list) and "aws:ResourceTag/${TagKey}" in keys


def _kind(service: str, kind: str) -> Mapping[str, Json]:
    return _mapping(_mapping(_mapping(_policies().get(service)).get("Resources")).get(kind.lower()))


@cache
def _policies() -> Mapping[str, Json]:
    spec = find_spec("cfnlint")
    if spec is None or not spec.submodule_search_locations:
        raise MissingSchemasError("cfn-lint is not installed, and its list of IAM actions with it")
    file = Path(spec.submodule_search_locations[0]) / "data" / "AdditionalSpecs" / "Policies.json"
    try:
        return _mapping(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise MissingSchemasError(f"{file} of cfn-lint cannot be read: {error}") from error


def _mapping(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}
