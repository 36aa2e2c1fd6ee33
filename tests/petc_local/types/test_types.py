"""The extension as a whole: what it needs of MiniStack, and that installing and resetting it are safe."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from ministack.core.responses import request_scope
from ministack.services import cloudformation
from ministack.services.cloudformation import provisioners

from petc_local import types
from petc_local.types import patches, recorded_resources
from petc_local.types.application_auto_scaling import HANDLERS
from tests.petc_local.running import local_aws
from tests.petc_local.types.deploying import create, resource, update

FOLDER = Path(types.__file__).parent
TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"


def private_names() -> list[tuple[str, str]]:
    """Return each module of MiniStack and each name in it that the extension's sources use."""
    found = set()
    for path in FOLDER.glob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        modules = {
            alias.asname or alias.name: f"{node.module}.{alias.name}"
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ministack")
            for alias in node.names
        }
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef):
                named = {
                    node.target.id: modules[node.value.id]
                    for node in ast.walk(function)
                    if isinstance(node, ast.AnnAssign)
                    and isinstance(node.target, ast.Name)
                    and isinstance(node.value, ast.Name)
                    and node.value.id in modules
                }
                found |= set(_used(function, modules | named))
    return sorted(found)


def _used(tree: ast.AST, modules: dict[str, str]) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name):
            continue
        if node.value.id in modules and node.attr.startswith("_"):
            yield modules[node.value.id], node.attr


def test_ministack_is_the_one_version_that_the_extension_fits() -> None:
    assert metadata.version("ministack") == "1.5.33"


@pytest.mark.parametrize(("module", "name"), private_names())
def test_a_private_name_exists(module: str, name: str) -> None:
    assert hasattr(importlib.import_module(module), name)


def test_installing_twice_changes_nothing() -> None:
    held: Any = provisioners._RESOURCE_HANDLERS
    types.install()
    once = {kind: held[kind]["create"] for kind in patches.MENDED}
    named = provisioners._physical_name
    types.install()

    assert {kind: held[kind]["create"] for kind in patches.MENDED} == once
    assert provisioners._physical_name is named


def test_what_is_dumped_is_loaded_and_reset_with_ministack() -> None:
    types.install()
    given = {"ResourceId": "service/a/b", "ScalableDimension": "x", "ServiceNamespace": "ecs"}
    with request_scope("111111111111", "us-west-2"):
        HANDLERS[TARGET].create("Target", given, "stack")
    kept = types.dump()
    cloudformation.reset()
    with request_scope("111111111111", "us-west-2"):
        after_reset = dict(recorded_resources.found(TARGET))
        types.load(kept)
        after_load = dict(recorded_resources.found(TARGET))
    types.reset()

    assert after_reset == {}
    assert after_load == {"service/a/b|x|ecs": given}
    assert types.dump() == {"records": []}


def test_what_is_recorded_survives_a_restart(tmp_path: Path) -> None:
    target = {
        "ResourceId": "service/a/b",
        "ScalableDimension": "ecs:service:DesiredCount",
        "ServiceNamespace": "ecs",
        "MinCapacity": 1,
    }
    with local_aws(tmp_path) as aws:
        create(aws, {"Target": resource(TARGET, **target, MaxCapacity=2)})
    with local_aws(tmp_path) as aws:
        changed = update(aws, {"Target": resource(TARGET, **target, MaxCapacity=3)})

    assert changed.status == "UPDATE_COMPLETE"
