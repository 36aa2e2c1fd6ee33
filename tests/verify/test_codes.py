from __future__ import annotations

from petc.verify import codes


def test_a_lint_code_leads_to_the_entry_for_all() -> None:
    found = codes.code_of("lint-e3002")

    assert found is not None
    assert found.name == "lint"
    assert codes.code_of("no-such-code") is None
