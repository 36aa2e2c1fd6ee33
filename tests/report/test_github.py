from __future__ import annotations

from petc.diagnostics import Diagnostic, Location, Related, Severity
from petc.report.github import render_github
from petc.report.options import RenderOptions


def command(item: Diagnostic) -> str:
    return render_github([item], {}, RenderOptions())


def test_an_error_names_file_line_columns_and_title() -> None:
    item = Diagnostic("port-range", Severity.ERROR, "too big", location=Location("a.yaml", 3, 11, 3, 16))

    assert command(item) == "::error file=a.yaml,line=3,col=11,endColumn=16,title=port-range::too big\n"


def test_severities_are_error_warning_and_notice() -> None:
    commands = [command(Diagnostic("c", severity, "m")) for severity in Severity]

    assert commands == ["::error title=c::m\n", "::warning title=c::m\n", "::notice title=c::m\n"]


def test_a_span_over_several_lines_names_no_columns() -> None:
    item = Diagnostic("c", Severity.ERROR, "m", location=Location("a.yaml", 3, 11, 5, 2))

    assert command(item) == "::error file=a.yaml,line=3,endLine=5,title=c::m\n"


def test_a_property_escapes_percent_breaks_colon_and_comma() -> None:
    item = Diagnostic("c", Severity.ERROR, "m", location=Location("C:\\a,b%\r\n.yaml", 1, 1, 1, 1))

    assert command(item).startswith("::error file=C%3A\\a%2Cb%25%0D%0A.yaml,line=1,")


def test_a_message_escapes_percent_and_keeps_colon_and_comma() -> None:
    assert command(Diagnostic("c", Severity.ERROR, "100%: a, b")) == "::error title=c::100%25: a, b\n"


def test_a_message_cannot_forge_another_command() -> None:
    """A line break in a value of the spec must not start a new workflow command."""
    text = command(Diagnostic("c", Severity.ERROR, "x\n::stop-commands::y\r::z"))

    assert text == "::error title=c::x\\n::stop-commands::y\\r::z\n"


def test_help_stage_artifact_and_related_places_follow_the_message() -> None:
    related = (
        Related("first", Location("a.yaml", 1, 2, 1, 3)),
        Related("second", pointer="/b"),
        Related("third"),
    )
    item = Diagnostic("c", Severity.ERROR, "m", help="h", related=related, stage="dev", artifact="f:Id")

    assert command(item) == (
        "::error title=c::m (stage dev)%0Aartifact: f:Id%0Ahelp: h"
        "%0Anote: first (a.yaml:1:2)%0Anote: second (/b)%0Anote: third\n"
    )
