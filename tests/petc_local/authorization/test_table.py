"""The list of what each type needs: complete, with sources, and independent of the resource schemas."""

from __future__ import annotations

import ast
import re

import pytest

from petc.resources.actions import limited_to
from petc_local.authorization import arn_forms, table
from petc_local.authorization.arn_forms import Filling
from petc_local.authorization.call_forms import Needs, RequiredCall
from tests import specs

FOLDER = specs.ROOT / "compiler" / "petc_local" / "authorization"
LIST = (
    "call_forms",
    "compute",
    "event_sources",
    "edge",
    "identities",
    "networks",
    "storage",
    "table",
    "monitoring",
)
BOOTSTRAP = {
    "AWS::ApiGateway::Account",
    "AWS::ApiGateway::ApiKey",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::OIDCProvider",
    "AWS::IAM::Role",
    "AWS::S3::Bucket",
    "AWS::S3::BucketPolicy",
}


def deployed_types() -> set[str]:
    templates = [*specs.ROOT.glob("generated/*/*.yaml"), *(specs.ROOT / "tests" / "golden").rglob("*.yaml")]
    return {
        found
        for template in templates
        for found in re.findall(r"^    Type: (AWS::\w+::\w+)$", template.read_text("utf-8"), re.MULTILINE)
    }


def all_calls(needs: Needs) -> tuple[RequiredCall, ...]:
    return (*needs.create, *needs.update, *needs.delete, *needs.read)


CALLS = [(name, call) for name, needs in table.NEEDS.items() for call in all_calls(needs)]


def test_every_type_of_the_reference_stages_of_the_golden_specs_and_of_bootstrap_has_an_entry() -> None:
    types = deployed_types()

    assert len(types) > 60
    assert (types | BOOTSTRAP) - set(table.NEEDS) == set()


@pytest.mark.parametrize("name", sorted(table.NEEDS))
def test_each_type_says_where_its_needs_are_written(name: str) -> None:
    needs = table.NEEDS[name]

    assert needs.sources[0].startswith("https://docs.aws.amazon.com/service-authorization/")
    assert all(source.startswith("https://docs.aws.amazon.com/") for source in needs.sources)
    assert needs.create
    assert needs.read


@pytest.mark.parametrize("name", LIST)
def test_the_list_reads_nothing_from_which_bootstrap_computes_its_policies(name: str) -> None:
    tree = ast.parse((FOLDER / f"{name}.py").read_text("utf-8"))
    imported = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)} | {
        alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    }

    assert {module for module in imported if module.split(".")[0] in ("petc", "petc_local")} <= {
        "petc_local.authorization",
        "petc_local.authorization.call_forms",
    }


def test_each_action_exists() -> None:
    """IAM compares actions without regard to case."""
    unknown = {call.action for _, call in CALLS if limited_to(call.action) is None}

    assert {action for action in unknown if limited_to(action.replace("WebAcl", "WebACL")) is None} == set()


def test_each_form_of_a_resource_can_be_filled() -> None:
    everything = Filling("1" * 12, "us-west-2", "new", "own", "Logical", {})
    known = {"account", "here", "id", "logical", "new", "region"}

    for name, call in CALLS:
        for form in (*call.on, *call.keys.values()):
            assert "{" not in re.sub(r"\{[A-Za-z0-9.]+(\|[a-z]+)?\}", "", form), (name, form)
            if set(arn_forms.names(form)) <= known:
                assert arn_forms.filled(form, everything), (name, form)
