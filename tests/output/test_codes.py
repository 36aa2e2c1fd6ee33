from __future__ import annotations

import re

from petc.output import codes


def test_names_are_kebab_case_and_unique() -> None:
    names = [code.name for code in codes.CODES]

    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", name) for name in names)
