from __future__ import annotations

from pathlib import Path

import pytest

from petc.diagnostics import Rejected
from petc.local import folder_layout, state_version


def test_a_new_folder_and_one_of_this_version_are_fine(tmp_path: Path) -> None:
    state_version.require(tmp_path)
    state_version.write(tmp_path)
    state_version.require(tmp_path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"form": 99, "ministack": "1.5.33"}', "form 99, ministack 1.5.33"),
        ("[]", "unknown"),
        ("torn", "unknown"),
    ],
)
def test_state_of_another_version_or_of_none_is_refused(tmp_path: Path, text: str, said: str) -> None:
    state_version.write(tmp_path)
    folder_layout.version(tmp_path).write_text(text, "utf-8")
    folder_layout.state(tmp_path).write_text("{}", "utf-8")
    with pytest.raises(Rejected) as rejected:
        state_version.require(tmp_path)

    assert said in rejected.value.diagnostics[0].message
