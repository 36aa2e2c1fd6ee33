"""Every code that petc can say is explained, once, with examples that are true."""

from __future__ import annotations

import ast
import dataclasses
import re
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

import petc
from petc import diagnostics
from petc.cli import codes as cli_codes
from petc.cli.code_catalogue import every_code
from petc.cli.commands.explain import command
from petc.deploy import codes as deploy_codes
from petc.deploy.execute import codes as run_codes
from petc.deploy.operations import codes as operate_codes
from petc.deploy.package import codes as asset_codes
from petc.deploy.plan import codes as plan_codes
from petc.deploy.preflight import codes as preflight_codes
from petc.diagnostics import Code, Rejected
from petc.layers import overrides
from petc.local import codes as local_codes
from petc.model import codes as model_codes
from petc.model import exceptions, neighbours
from petc.model.decode import decode
from petc.model.rules.table import RULES
from petc.model.schema import conforming
from petc.output import codes as output_codes
from petc.source import codes as source_codes
from petc.source.tree import plain
from petc.synthesis import emitted
from petc.verify import codes as verify_codes
from tests import examples, specs

CATALOGUE = every_code()
PHASES = (
    source_codes.CODES,
    model_codes.CODES,
    tuple(rule.code for rule in RULES),
    neighbours.CODES,
    exceptions.CODES,
    overrides.CODES,
    verify_codes.CODES,
    output_codes.CODES,
    local_codes.CODES,
    deploy_codes.CODES,
    plan_codes.CODES,
    preflight_codes.CODES,
    asset_codes.CODES,
    run_codes.CODES,
    operate_codes.CODES,
    cli_codes.CODES,
    diagnostics.CODES,
)


def test_no_two_phases_share_a_code() -> None:
    names = [code.name for phase in PHASES for code in phase]

    assert sorted(names) == sorted(CATALOGUE)


@pytest.mark.parametrize("code", CATALOGUE.values(), ids=lambda code: code.name)
def test_a_code_has_a_name_a_title_and_a_reason(code: Code) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", code.name)
    assert not code.title[0].isupper() or code.title.split()[0].isupper()
    assert not code.title.endswith(".")
    assert code.why.endswith((".", "?"))
    assert bool(code.bad) == bool(code.good)


@pytest.mark.parametrize("code", CATALOGUE.values(), ids=lambda code: code.name)
def test_explain_knows_every_code(code: Code) -> None:
    result = CliRunner().invoke(command, [code.name])

    assert result.exit_code == 0
    assert result.output.startswith(f"{code.name} ({code.severity.value}): {code.title}\n")
    assert code.why.split()[-1] in result.output
    assert all(line in result.output for line in (code.bad + code.good).splitlines())


def sources() -> dict[str, ast.Module]:
    home = Path(petc.__file__).parent
    return {
        str(path.relative_to(home)): ast.parse(path.read_text("utf-8")) for path in sorted(home.rglob("*.py"))
    }


def rows(tree: ast.Module) -> set[str]:
    """Return the names of the codes that a module defines: `STAGE_HELD = Code(...)`."""
    return {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        for target in node.targets
        if isinstance(target, ast.Name) and getattr(node.value.func, "id", "") in ("Code", "_code")
    }


def test_every_code_that_is_defined_is_raised_somewhere() -> None:
    trees = sources()
    defined = {name for tree in trees.values() for name in rows(tree)}
    used = {
        node.attr if isinstance(node, ast.Attribute) else node.id
        for tree in trees.values()
        for top in tree.body
        if not isinstance(top, ast.Assign | ast.AnnAssign) or not has_name(top, "CODES")
        for node in ast.walk(top)
        if isinstance(node, ast.Attribute | ast.Name) and isinstance(node.ctx, ast.Load)
    }

    spelled = {
        node.value.upper().replace("-", "_")
        for module, tree in trees.items()
        if not module.endswith("codes.py")
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }

    assert len(defined) > 150
    assert defined - used - spelled == set()


def has_name(node: ast.Assign | ast.AnnAssign, name: str) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return any(isinstance(target, ast.Name) and target.id == name for target in targets)


def test_no_module_spells_a_code_as_text() -> None:
    """A code is an object of a table, so that it has a title and a reason, and one severity."""
    spelled = {
        f"{module}:{node.lineno}"
        for module, tree in sources().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "Diagnostic"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }

    assert spelled == set()


def judged(fragment: str) -> list[str]:
    """Return the codes that anything up to the layers finds in a fragment."""
    found = examples.judged(fragment)
    if any(item.is_error for item in found):
        return [item.code for item in found]
    stage = decode(conforming(plain(examples.tree_of(fragment))), "dev")
    try:
        emitted(dataclasses.replace(stage, assets=dict.fromkeys(stage.functions, specs.DIGEST)), "spec.yaml")
    except Rejected as rejected:
        return [item.code for item in (*found, *rejected.diagnostics)]
    return [item.code for item in found]


SHOWN = [*model_codes.CODES, *exceptions.CODES, *overrides.CODES]


@pytest.mark.parametrize("code", SHOWN, ids=lambda code: code.name)
def test_the_bad_example_shows_this_and_nothing_else(code: Code) -> None:
    assert set(judged(code.bad)) == {code.name}


@pytest.mark.parametrize("code", SHOWN, ids=lambda code: code.name)
def test_the_good_example_is_good(code: Code) -> None:
    assert judged(code.good) == []


def test_examples_are_judged_as_of_a_day() -> None:
    assert date(2026, 1, 1) < examples.TODAY
