"""Stages of one spec whose resources would have the same names."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from petc.model.starter import STARTER
from petc.pipeline import Request, validate

FUNCTIONS = """\
functions:
  x-quotes: {runtime: python3.12, handler: app.handler, source: .}
  quotes: {runtime: python3.12, handler: app.handler, source: .}
  service-orders: {runtime: python3.12, handler: app.handler, source: .}
"""


def found(folder: Path, stages: str, *only: str) -> list[str]:
    """Return the messages about names that collide, of the starter with more stages."""
    (folder / "spec.yaml").write_text(STARTER + stages + FUNCTIONS, "utf-8")
    request = Request(
        folder / "spec.yaml", "spec.yaml", date(2026, 11, 23), out=folder / "generated", stages=only
    )
    return [item.message for item in validate(request).diagnostics if item.code == "stage-names-collide"]


def stage(name: str, account: str = "123456789012", region: str = "us-west-2") -> str:
    return f'  {name}: {{targets: {{accounts: ["{account}"], regions: {{{region}: {{}}}}}}}}\n'


def test_functions_of_stages_whose_names_join_alike(tmp_path: Path) -> None:
    messages = found(tmp_path, stage("dev-x"))

    assert messages == [
        "`x-quotes` of stage dev and `quotes` of stage dev-x have the same names, which begin with "
        "shop-dev-x-quotes"
    ]


def test_alarms_of_stages_whose_names_join_alike(tmp_path: Path) -> None:
    messages = found(tmp_path, stage("dev-function"))

    assert len(messages) == 1
    assert "`service-orders` of stage dev and `orders` of stage dev-function" in messages[0]


def test_one_stage_alone_is_judged_beside_the_others(tmp_path: Path) -> None:
    assert len(found(tmp_path, stage("dev-x"), "dev")) == 1


@pytest.mark.parametrize(
    "other",
    [
        stage("dev-y"),
        stage("devx"),
        stage("dev-x", account="222222222222"),
        stage("dev-x", region="us-east-2"),
    ],
)
def test_stages_that_share_no_name_or_no_place(tmp_path: Path, other: str) -> None:
    assert found(tmp_path, other) == []
