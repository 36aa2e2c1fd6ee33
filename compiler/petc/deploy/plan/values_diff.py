"""Where two values of a template differ."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import TypeAlias

from petc.deploy.plan.resolve import spelled
from petc.deploy.plan.templates import mangled
from petc.deploy.plan.types import MISSING, Missing
from petc.source.tree import Json
from petc.verify.rendered import function

Path: TypeAlias = tuple[str | int, ...]
Difference: TypeAlias = tuple[Path, "Json | Missing", "Json | Missing"]


def differences(
    old: Json | Missing, new: Json | Missing, order_matters: Callable[[Path], bool], path: Path = ()
) -> Iterator[Difference]:
    """Yield path, old and new value of everything that differs, as deep as it can be told.

    Functions are compared as a whole, and so are lists of different lengths. `order_matters` is asked about
    lists that hold the same in another order.
    """
    if equal(old, new):
        return
    if isinstance(old, dict) and isinstance(new, dict) and not (function(old) or function(new)):
        for key in sorted(old.keys() | new.keys()):
            yield from differences(old.get(key, MISSING), new.get(key, MISSING), order_matters, (*path, key))
        return
    if isinstance(old, list) and isinstance(new, list):
        if not order_matters(path):
            if Counter(map(_canonical, old)) != Counter(map(_canonical, new)):
                yield path, old, new
            return
        if len(old) == len(new):
            for index, (left, right) in enumerate(zip(old, new, strict=True)):
                yield from differences(left, right, order_matters, (*path, index))
            return
    yield path, old, new


def equal(old: Json | Missing, new: Json | Missing) -> bool:
    """Whether two values mean the same to CloudFormation, to which every scalar is text."""
    if isinstance(old, Missing) or isinstance(new, Missing):
        return old is new
    if isinstance(old, dict) and isinstance(new, dict):
        return old.keys() == new.keys() and all(equal(old[key], new[key]) for key in old)
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(equal, old, new))
    if isinstance(old, dict | list) or isinstance(new, dict | list):
        return False
    if old is None or new is None:
        return old is new
    return spelled(old) in (spelled(new), mangled(spelled(new)))


def _canonical(value: Json) -> str:
    if isinstance(value, dict | list):
        return json.dumps(value, sort_keys=True)
    return json.dumps(mangled(spelled(value)))
