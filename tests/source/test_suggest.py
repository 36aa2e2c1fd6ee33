"""Did you mean."""

from __future__ import annotations

import subprocess
import sys

from petc.source.suggest import closest


def test_a_misspelt_name_finds_the_right_one() -> None:
    assert closest("databse", ["database", "network", "services"]) == "database"


def test_case_hyphens_and_underscores_count_little() -> None:
    assert closest("deletionProtection", ["deletion_protection", "protection"]) == "deletion_protection"
    assert closest("per_zone", ["per-zone", "single"]) == "per-zone"


def test_nothing_near_is_no_suggestion() -> None:
    assert closest("zzz", ["database", "network"]) is None
    assert closest("a", []) is None


def test_the_order_of_the_candidates_does_not_matter() -> None:
    assert closest("web", ["web1", "web2"]) == closest("web", ["web2", "web1"]) == "web1"


def test_absurd_input_is_answered_at_once_with_none() -> None:
    assert closest("x" * 101, ["x" * 100]) is None
    assert closest("x", [f"x{number}" for number in range(3000)]) is None


def test_difflib_is_not_imported_before_it_is_needed() -> None:
    code = "import sys, petc.source.suggest; print('difflib' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert result.stdout.strip() == "False"
