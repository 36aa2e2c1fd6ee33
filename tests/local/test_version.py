from __future__ import annotations

from pathlib import Path

import pytest

from petc.diagnostics import Rejected
from petc.local import layout, version


def test_a_new_folder_and_one_of_this_version_are_fine(tmp_path: Path) -> None:
    version.require(tmp_path)
    version.write(tmp_path)
    version.require(tmp_path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"form": 99, "ministack": "1.5.33"}', "form 99, ministack 1.5.33"),
        ("[]", "unknown"),
        ("torn", "unknown"),
    ],
)
def test_state_of_another_version_or_of_none_is_refused(tmp_path: Path, text: str, said: str) -> None:
    version.write(tmp_path)
    layout.version(tmp_path).write_text(text, "utf-8")
    layout.state(tmp_path).write_text("{}", "utf-8")
    with pytest.raises(Rejected) as rejected:
        version.require(tmp_path)

    assert said in rejected.value.diagnostics[0].message
