from __future__ import annotations

import re
from pathlib import Path

from petc.local import codes

SOURCES = (
    *Path(codes.__file__).parent.glob("*.py"),
    *(Path(codes.__file__).parents[1] / "cli").glob("local_*.py"),
)


def test_every_code_is_said_somewhere_and_every_one_that_is_said_is_explained() -> None:
    text = "".join(path.read_text("utf-8") for path in SOURCES if path.name != "codes.py")
    names = {code.name for code in codes.CODES}
    said = set(re.findall(r'(?:Diagnostic|Rejected\.because)\(\s*"([a-z-]+)"', text))

    assert said == names
