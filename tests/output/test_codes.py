from __future__ import annotations

import re
from pathlib import Path

from petc.output import codes

PACKAGE = Path(codes.__file__).parent


def test_every_code_that_is_raised_is_explained() -> None:
    sources = [path.read_text(encoding="utf-8") for path in PACKAGE.glob("*.py") if path.name != "codes.py"]
    names = {code.name for code in codes.CODES}
    raised = {name for name in names if any(f'"{name}"' in source for source in sources)}
    literals = {
        word
        for source in sources
        for word in re.findall(r'(?:error|problem|Diagnostic)\(\s*(?:folder, )?"([a-z-]+)"', source)
    }

    assert raised == names
    assert literals <= names


def test_names_are_kebab_case_and_unique() -> None:
    names = [code.name for code in codes.CODES]

    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", name) for name in names)
