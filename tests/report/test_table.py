from __future__ import annotations

import pytest

from petc.diagnostics import Diagnostic, Location, Related, Severity
from petc.report.options import RenderOptions
from petc.report.table import RENDERERS

ITEM = Diagnostic(
    "c", Severity.ERROR, "m", location=Location("a.yaml", 1, 1, 1, 2), related=(Related("r"),), stage="dev"
)


def test_the_formats_are_those_of_the_command_line() -> None:
    assert tuple(RENDERERS) == ("text", "json", "sarif", "github")


@pytest.mark.parametrize("name", RENDERERS)
def test_a_format_names_code_message_and_ends_its_last_line(name: str) -> None:
    text = RENDERERS[name]([ITEM], {"a.yaml": "x\n"}, RenderOptions())

    assert ITEM.code in text and ITEM.message in text
    assert text.endswith("\n") and not text.endswith("\n\n")
