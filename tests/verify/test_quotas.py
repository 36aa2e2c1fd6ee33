from __future__ import annotations

import json
from pathlib import Path

import pytest

from petc.verify import quotas
from petc.verify.quotas import Quotas
from petc.verify.rendered import Rendered
from tests.verify import sample

PUBLISHED = json.loads((Path(__file__).parents[2] / "schemas" / "quotas.json").read_text("utf-8"))
LIMITS = {name: entry["limit"] for name, entry in PUBLISHED["quotas"].items()}


def codes(template: sample.Template, size: int = 100, *, inline: bool = False) -> list[str]:
    view = (Rendered("a", "01-a.yaml", template, size, json.dumps(template)),)
    return [item.code for item in quotas.check(view, Quotas(LIMITS, 80), inline)]


def test_the_published_quotas_name_unit_source_and_date() -> None:
    for entry in PUBLISHED["quotas"].values():
        assert entry["source"].startswith("https://docs.aws.amazon.com/")
        assert {"limit", "unit", "title", "date"} <= set(entry)


@pytest.mark.parametrize(
    ("section", "limit"), [("Resources", 500), ("Outputs", 200), ("Parameters", 200), ("Mappings", 200)]
)
def test_counts_are_held_against_their_quota(section: str, limit: int) -> None:
    def with_entries(count: int) -> sample.Template:
        return {section: {f"Item{number}": {} for number in range(count)}}

    assert codes(with_entries(limit * 8 // 10 - 1)) == []
    assert codes(with_entries(limit * 8 // 10)) == ["quota-near"]
    assert codes(with_entries(limit)) == ["quota-near"]
    assert codes(with_entries(limit + 1)) == ["quota-exceeded"]


def test_dynamic_references_are_counted_also_several_in_one_text() -> None:
    one = "{{resolve:ssm:/x}}{{resolve:secretsmanager:y}}"

    assert codes({"Resources": {"A": {"Properties": {"P": [one] * 31}}}}) == ["quota-exceeded"]


@pytest.mark.parametrize(("inline", "limit"), [(True, 51_200), (False, 1_048_576)])
def test_size_is_held_against_the_way_that_templates_travel(inline: bool, limit: int) -> None:
    assert codes({}, limit * 8 // 10 - 1, inline=inline) == []
    assert codes({}, -(-limit * 8 // 10), inline=inline) == ["quota-near"]
    assert codes({}, limit, inline=inline) == ["quota-near"]
    assert codes({}, limit + 1, inline=inline) == ["quota-exceeded"]
