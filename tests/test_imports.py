"""The import statements of petc keep to the layout: one direction, one owner per library, no cycles."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
COMPILER = ROOT / "compiler"

# From the top: a part may import from the rows below its own, never from above and never from beside.
DIRECTION = (
    ("__main__",),
    ("cli",),
    ("local",),
    ("readiness",),
    ("source_map", "deployment"),
    ("pipeline",),
    ("synthesis",),
    ("build_cache",),
    ("deploy", "review"),
    ("artifacts",),
    ("verify", "estimate", "output", "report"),
    ("layers",),
    ("model",),
    ("source",),
    ("resources", "naming", "diagnostics", "bundled", "atomic_write"),
)

# Within petc.deploy, from the top: the same rule. What a row imports from below it may know; above, it may not.
DEPLOY_DIRECTION = (
    ("operations",),
    ("package", "site", "bootstrap"),
    ("aws",),
    ("execute",),
    ("preflight",),
    ("engine",),
    ("plan",),
    ("desired", "images", "service_linked_roles"),
    ("observed",),
    ("targets",),
    ("codes",),
)

# Only these import the library; every library that is not listed and not Python's own is refused.
OWNERS = {
    "click": ("petc.cli",),
    "yaml": ("petc.source.parse", "petc.output.render", "petc_local.performance"),
    "jsonschema": ("petc.model.schema",),
    "troposphere": ("petc.layers", "petc.output.render"),
    "awacs": ("petc.layers",),
    "cfnlint": ("petc.verify.lint", "petc.resources"),
    "boto3": ("petc.deploy.aws",),
    "botocore": ("petc.deploy.aws", "petc_local"),
    "ministack": ("petc_local",),
    "hypercorn": ("petc_local",),
}

# What the local AWS may know of petc: what it shares with the command that starts it, AWS's own schemas, writing files.
# Nothing of the plan or of the deployment: then the same code would ask and answer.
SHARED_WITH_LOCAL = ("petc.local", "petc.resources", "petc.atomic_write")

# Too slow to load before a command needs them.
HEAVY = ("awacs", "boto3", "botocore", "cfnlint", "jsonschema", "ministack", "troposphere", "yaml")

# Names of the reference spec; the compiler serves any spec.
FOREIGN_WORD = re.compile(r"(?<![a-z])(customers|vets|visits|petclinic|owners)(?![a-z])", re.IGNORECASE)
DEFAULT_SPEC = "spec/petclinic.yaml"

Sources = Mapping[str, str]
"""Source text by dotted module name."""


def sources_of_petc() -> dict[str, str]:
    return sources_of("petc")


def sources_of(package: str) -> dict[str, str]:
    found = {}
    for path in sorted((COMPILER / package).rglob("*.py")):
        parts = path.relative_to(COMPILER).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = path.read_text(encoding="utf-8")
    return found


def imported_by(module: str, sources: Sources) -> Iterator[str]:
    """Yield the dotted name of each module that `module` imports, inside functions too."""
    for node in ast.walk(ast.parse(sources[module], module)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module is not None:
            for alias in node.names:
                submodule = f"{node.module}.{alias.name}"
                yield submodule if submodule in sources else node.module


def imports_inside(module: str, sources: Sources) -> set[str]:
    return {name for name in imported_by(module, sources) if name in sources and name not in (module, "petc")}


def row(part: str, direction: tuple[tuple[str, ...], ...]) -> int:
    return next(number for number, parts in enumerate(direction) if part in parts)


def part_of(module: str, package: str = "petc") -> str:
    """Return the part of a package that a module belongs to, such as `aws` for `petc.deploy.aws.stacks`."""
    return module.removeprefix(package + ".").split(".")[0]


def is_within(module: str, owner: str) -> bool:
    return module == owner or module.startswith(owner + ".")


def wrong_direction(
    sources: Sources, package: str = "petc", direction: tuple[tuple[str, ...], ...] = DIRECTION
) -> list[str]:
    """Return the imports between parts of a package that do not point to a lower row of its direction."""
    found = []
    for module in inside(sources, package):
        for imported in sorted(inside(imports_inside(module, sources), package)):
            here, there = part_of(module, package), part_of(imported, package)
            if (
                here != there
                and not is_table_of_codes(imported)
                and row(there, direction) <= row(here, direction)
            ):
                found.append(f"{module} imports {imported}")
    return found


def is_table_of_codes(module: str) -> bool:
    """Whether a module is a table of diagnostic codes, which depends on nothing and may be known everywhere."""
    return module.rpartition(".")[2] == "codes"


def inside(modules: Iterable[str], package: str) -> list[str]:
    return [module for module in modules if module.startswith(package + ".")]


def unlisted_parts(
    sources: Sources, package: str = "petc", direction: tuple[tuple[str, ...], ...] = DIRECTION
) -> set[str]:
    listed = {part for parts in direction for part in parts}
    return {part_of(module, package) for module in inside(sources, package)} - listed


def foreign_libraries(sources: Sources) -> list[str]:
    found = []
    for module in sources:
        for library in sorted({name.split(".")[0] for name in imported_by(module, sources)}):
            if library in sys.stdlib_module_names or library in ("petc", "petc_local"):
                continue
            if not any(is_within(module, owner) for owner in OWNERS.get(library, ())):
                found.append(f"{module} imports {library}")
    return found


def cycles(sources: Sources) -> list[str]:
    """Return one line per cycle found by walking the imports depth first."""
    graph = {module: sorted(imports_inside(module, sources)) for module in sources}
    found: list[str] = []
    done: set[str] = set()

    def walk(module: str, path: tuple[str, ...]) -> None:
        if module in path:
            found.append(" > ".join((*path[path.index(module) :], module)))
        elif module not in done:
            for imported in graph[module]:
                walk(imported, (*path, module))
            done.add(module)

    for module in graph:
        walk(module, ())
    return found


def hidden_imports(sources: Sources) -> list[str]:
    """Return the uses of relative imports and of `TYPE_CHECKING`, which hide where a type lives."""
    found = []
    for module, source in sources.items():
        for node in ast.walk(ast.parse(source, module)):
            relative = isinstance(node, ast.ImportFrom) and node.level > 0
            checking = (
                (isinstance(node, ast.Name) and node.id == "TYPE_CHECKING")
                or (isinstance(node, ast.Attribute) and node.attr == "TYPE_CHECKING")
                or (isinstance(node, ast.ImportFrom) and any(a.name == "TYPE_CHECKING" for a in node.names))
            )
            if relative or checking:
                found.append(f"{module}:{getattr(node, 'lineno', 0)}")
    return sorted(set(found))


def foreign_words(sources: Sources) -> list[str]:
    found = []
    for module, source in sources.items():
        for number, line in enumerate(source.splitlines(), start=1):
            text = line.replace(DEFAULT_SPEC, "") if is_within(module, "petc.cli") else line
            if match := FOREIGN_WORD.search(text):
                found.append(f"{module}:{number}: {match.group()}")
    return found


def test_every_part_has_its_place_in_the_direction() -> None:
    assert unlisted_parts(sources_of_petc()) == set()


def test_imports_point_downward_only() -> None:
    assert wrong_direction(sources_of_petc()) == []


def test_every_part_of_the_deployment_has_its_place() -> None:
    assert unlisted_parts(sources_of_petc(), "petc.deploy", DEPLOY_DIRECTION) == set()


def test_imports_within_the_deployment_point_downward_only() -> None:
    assert wrong_direction(sources_of_petc(), "petc.deploy", DEPLOY_DIRECTION) == []


def test_petc_never_imports_the_local_aws() -> None:
    sources = sources_of_petc()

    assert [
        name for name in sources if any(is_within(it, "petc_local") for it in imported_by(name, sources))
    ] == []


def test_the_local_aws_knows_little_of_petc() -> None:
    every = {**sources_of("petc"), **sources_of("petc_local")}
    known = {
        it for name in sources_of("petc_local") for it in imported_by(name, every) if is_within(it, "petc")
    }

    assert sorted(it for it in known if not any(is_within(it, part) for part in SHARED_WITH_LOCAL)) == []


@pytest.mark.parametrize("package", ["petc", "petc_local"])
def test_each_library_is_imported_by_its_owner_only(package: str) -> None:
    assert foreign_libraries(sources_of(package)) == []


@pytest.mark.parametrize("package", ["petc", "petc_local"])
def test_no_module_imports_itself_by_way_of_others(package: str) -> None:
    assert cycles(sources_of(package)) == []


@pytest.mark.parametrize("package", ["petc", "petc_local"])
def test_no_import_is_relative_or_for_type_checking_only(package: str) -> None:
    assert hidden_imports(sources_of(package)) == []


@pytest.mark.parametrize("package", ["petc", "petc_local"])
def test_no_package_knows_a_name_of_the_reference_spec(package: str) -> None:
    assert foreign_words(sources_of(package)) == []


def test_the_command_line_loads_nothing_heavy() -> None:
    probe = f"import sys, petc.cli; print(*sorted(set({HEAVY!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)

    assert done.stdout.split() == []


def test_each_public_class_has_its_name_once() -> None:
    places: dict[str, list[str]] = {}
    for module, source in {**sources_of("petc"), **sources_of("petc_local")}.items():
        for node in ast.parse(source, module).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places.setdefault(node.name, []).append(module)

    assert {name: found for name, found in places.items() if len(found) > 1} == {}


# The checks themselves, on trees that break one rule each.


@pytest.mark.parametrize(
    ("above", "below"),
    [
        ("petc.cli", "petc.pipeline"),
        ("petc.layers.network", "petc.model.types"),
        ("petc.verify.lint", "petc.layers.network"),
    ],
)
def test_an_upward_import_is_seen(above: str, below: str) -> None:
    downward = {above: f"import {below}", below: ""}
    package, _, name = above.rpartition(".")
    upward = {above: "", below: f"from {package} import {name}"}

    assert wrong_direction(downward) == []
    assert wrong_direction(upward) == [f"{below} imports {above}"]


def test_an_upward_import_within_the_deployment_is_seen() -> None:
    upward = {"petc.deploy.aws.stacks": "", "petc.deploy.plan.types": "from petc.deploy.aws import stacks"}

    assert wrong_direction(upward, "petc.deploy", DEPLOY_DIRECTION) == [
        "petc.deploy.plan.types imports petc.deploy.aws.stacks"
    ]


def test_an_import_across_is_seen() -> None:
    across = {"petc.verify.lint": "from petc.output import render", "petc.output.render": ""}

    assert wrong_direction(across) == ["petc.verify.lint imports petc.output.render"]


def test_an_import_inside_a_function_counts() -> None:
    lazy = {"petc.naming": "def name():\n    from petc.cli import main", "petc.cli": ""}

    assert wrong_direction(lazy) == ["petc.naming imports petc.cli"]


def test_a_part_that_is_not_in_the_table_is_seen() -> None:
    assert unlisted_parts({"petc.helpers": "", "petc.cli": ""}) == {"helpers"}


@pytest.mark.parametrize("statement", ["import yaml", "from yaml import nodes", "import requests"])
def test_a_library_outside_its_owner_is_seen(statement: str) -> None:
    assert len(foreign_libraries({"petc.model.decode": statement})) == 1


def test_a_cycle_inside_one_part_is_seen() -> None:
    circle = {
        "petc.model.a": "from petc.model import b",
        "petc.model.b": "import petc.model.c",
        "petc.model.c": "from petc.model.a import thing",
    }

    assert cycles(circle) == ["petc.model.a > petc.model.b > petc.model.c > petc.model.a"]


@pytest.mark.parametrize(
    "source",
    [
        "from . import decode",
        "from typing import TYPE_CHECKING",
        "import typing\nif typing.TYPE_CHECKING: pass",
    ],
)
def test_a_hidden_import_is_seen(source: str) -> None:
    assert len(hidden_imports({"petc.model.types": source})) == 1


def test_the_default_spec_path_is_known_to_the_command_line_only() -> None:
    source = f'SPEC = "{DEFAULT_SPEC}"'

    assert foreign_words({"petc.cli.options": source}) == []
    assert foreign_words({"petc.pipeline": source}) == ["petc.pipeline:1: petclinic"]
