from __future__ import annotations

import re
from pathlib import Path

from petc.verify import codes

SOURCES = Path(codes.__file__).parent


def test_every_code_that_a_check_uses_is_explained() -> None:
    used = {
        name
        for file in SOURCES.glob("*.py")
        if file.name != "codes.py"
        for name in re.findall(r'(?:Diagnostic|_finding)\(\s*"([a-z-]+)"', file.read_text("utf-8"))
    }

    assert len(used) >= 14
    assert used == {code.name for code in codes.CODES} - {"lint"}


def test_a_lint_code_leads_to_the_entry_for_all() -> None:
    found = codes.code_of("lint-e3002")

    assert found is not None
    assert found.name == "lint"
    assert codes.code_of("no-such-code") is None
