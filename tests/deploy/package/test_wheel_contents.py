"""Wheels are unpacked without running anything, and never out of their folder."""

from __future__ import annotations

import pytest

from petc.deploy.package import wheel_contents
from petc.diagnostics import Rejected
from tests.deploy.package.wheelhouse import wheel


def unpacked(files: dict[str, str]) -> set[str]:
    found = wheel_contents.unpacked(wheel("mail", "1.0", files, "License: MIT"), "mail==1.0")
    return {path for path in found.files if not path.endswith("/METADATA")}


def test_tests_caches_records_and_scripts_stay_out() -> None:
    files = dict.fromkeys(
        (
            "mail/__init__.py",
            "mail/tests/test_x.py",
            "mail/__pycache__/a.pyc",
            "mail/old.pyc",
            "mail-1.0.data/scripts/mail",
            "mail-1.0.data/purelib/mail/more.py",
            "mail-1.0.dist-info/licenses/LICENSE",
            "mail-1.0.dist-info/top_level.txt",
        ),
        "",
    )

    assert unpacked(files) == {"mail/__init__.py", "mail/more.py", "mail-1.0.dist-info/licenses/LICENSE"}


@pytest.mark.parametrize(
    "path", ["../evil.py", "/etc/evil", "mail/../../evil", "C:/evil.py", "mail\\..\\evil"]
)
def test_a_path_out_of_the_package_is_refused(path: str) -> None:
    with pytest.raises(Rejected) as caught:
        wheel_contents.unpacked(wheel("mail", "1.0", {path: ""}, ""), "mail==1.0")

    assert [item.code for item in caught.value.diagnostics] == ["package-wheel"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", wheel("", "", {}, "")])
def test_a_file_that_is_no_wheel_is_refused(content: bytes) -> None:
    with pytest.raises(Rejected) as caught:
        wheel_contents.unpacked(content, "mail==1.0")

    assert [item.code for item in caught.value.diagnostics] == ["package-wheel"]
