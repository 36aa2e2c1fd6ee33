"""`petc destroy` on the command line."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from petc import deployment
from tests.cli.operating import Project


def left(project: Project) -> list[str]:
    stacks = project.aws.client("cloudformation").describe_stacks()["Stacks"]
    return [item["StackName"] for item in stacks if not item["StackName"].startswith("petc-bootstrap")]


def test_data_need_a_word(standing: Project) -> None:
    result = standing.run("destroy", "--stage", "dev", "--yes")

    assert result.exit_code == 1
    assert "[data-would-go]" in result.stderr
    assert "DatabaseOrdersDb" in result.stdout
    assert len(left(standing)) > 5


def test_nobody_agrees_for_somebody_else(standing: Project) -> None:
    result = standing.run("destroy", "--stage", "dev", "--allow-delete", "all")

    assert result.exit_code == 1
    assert "nothing was destroyed; pass --yes to confirm" in result.stderr
    assert len(left(standing)) > 5


def test_with_both_words_all_of_it_goes(own: Project) -> None:
    result = own.run("destroy", "--stage", "dev", "--yes", "--allow-delete", "all", "--empty-buckets")
    sets = own.aws.client("cloudformation").list_stack_sets(Status="ACTIVE")["Summaries"]

    assert result.exit_code == 0
    assert left(own) == []
    assert sets == []
    assert own.run("destroy", "--stage", "dev", "--yes").stdout.startswith("nothing of shop dev is deployed")


def test_protection_that_stands_is_named(own: Project) -> None:
    own.change("schema: orders", "schema: orders\n    deletion_protection: true")
    own.deploy()
    result = own.run("destroy", "--stage", "dev", "--yes", "--allow-delete", "all")

    assert result.exit_code == 1
    assert "[deletion-protected]" in result.stderr
    assert "DatabaseOrdersDb" in result.stderr


def test_a_protected_stage_asks_for_its_name(own: Project) -> None:
    own.change("    on_delete: discard", "    on_delete: discard\n    protected: true")
    everything = own.run("destroy", "--stage", "dev", "--yes", "--allow-delete", "all")

    assert everything.exit_code == 1
    assert "[data-would-go]" in everything.stderr


def test_a_word_for_nothing_is_refused(standing: Project) -> None:
    result = standing.run("destroy", "--stage", "dev", "--yes", "--allow-delete", "Databse")

    assert result.exit_code == 2


def test_the_old_spelling_is_answered_with_the_new_one(standing: Project) -> None:
    result = standing.run("destroy", "--stage", "dev", "--yes", "--allow-delete-data", "DatabaseOrdersDb")

    assert result.exit_code == 2
    assert "write --allow-delete DatabaseOrdersDb" in " ".join(result.stderr.split())
    assert "allow-delete-data" not in standing.run("destroy", "--help").stdout


def test_a_replacement_is_nothing_to_allow(standing: Project) -> None:
    result = standing.run("destroy", "--stage", "dev", "--yes", "--allow-replace", "DatabaseOrdersDb")

    assert result.exit_code == 2
    assert "No such option '--allow-replace'" in result.stderr
    assert "--allow-delete" in result.stderr


def test_what_was_deployed_since_the_question_is_not_destroyed(
    own: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody was quicker between the answer and the lock."""
    held = deployment.held

    @contextlib.contextmanager
    def later(*arguments: Any, **options: Any) -> Iterator[Callable[[], None]]:
        own.change("LOG_FORMAT: json", "LOG_FORMAT: text")
        own.deploy()
        with held(*arguments, **options) as guard:
            yield guard

    monkeypatch.setattr(deployment, "held", later)
    result = own.run("destroy", "--stage", "dev", "--yes", "--allow-delete", "all", "--empty-buckets")

    assert result.exit_code == 1
    assert "[plan-outdated]" in result.stderr
    assert len(left(own)) > 5


def test_what_another_stack_imports_is_told_before_anything_goes(own: Project) -> None:
    cloudformation = own.aws.client("cloudformation")
    (name, *_) = (
        item["Name"] for item in cloudformation.list_exports()["Exports"] if "network" in item["Name"]
    )
    template = {
        "Resources": {
            "Seen": {
                "Type": "AWS::SSM::Parameter",
                "Properties": {"Type": "String", "Value": {"Fn::ImportValue": name}},
            }
        }
    }
    cloudformation.create_stack(StackName="billing", TemplateBody=json.dumps(template))
    before = {item["StackName"] for item in cloudformation.describe_stacks()["Stacks"]}
    result = own.run("destroy", "--stage", "dev", "--yes", "--allow-delete", "all")

    assert result.exit_code == 1
    assert f"export {name} would be removed, and billing imports it" in " ".join(result.stderr.split())
    assert {item["StackName"] for item in cloudformation.describe_stacks()["Stacks"]} == before
