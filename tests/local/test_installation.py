from __future__ import annotations

import configparser
from pathlib import Path

import pytest

from petc.diagnostics import Rejected
from petc.local import installation

SETUP = Path(__file__).parents[2] / "setup.cfg"


def test_the_extra_pins_the_version_that_the_extension_fits() -> None:
    config = configparser.ConfigParser()
    config.read(SETUP, encoding="utf-8")

    assert f"ministack=={installation.MINISTACK}" in config["options.extras_require"]["local"].split()


def test_the_installed_version_is_found() -> None:
    assert installation.version() == installation.MINISTACK


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (None, "the local AWS needs MiniStack, which is not installed"),
        ("1.5.34", f"the local AWS needs MiniStack {installation.MINISTACK}, and 1.5.34 is installed"),
    ],
)
def test_another_version_or_none_is_refused_with_the_way_out(found: str | None, said: str) -> None:
    with pytest.raises(Rejected) as rejected:
        installation.require(found)
    (diagnostic,) = rejected.value.diagnostics

    assert diagnostic.message == said
    assert "pip install ministack==" in diagnostic.help
