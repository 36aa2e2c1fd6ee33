"""docs/rules.md, written from the codes: every message that petc can have, why, and an example of both sides."""

from __future__ import annotations

from collections.abc import Iterator

from petc.cli.code_catalogue import every_code
from petc.diagnostics import Code, Severity

HEAD = """\
# Every message

One row for each code, in the order in which petc comes to them; `petc explain CODE` shows the same.
This page is written from the codes by `make golden`.

* An error stops the command. A warning does not, and stays until it is mended or accepted under `exceptions`.
* Examples are laid over the spec that `petc init` writes, unless they are whole files. The tests run all of them.
* Codes without an example speak of files or templates, which no text of a spec can show.
* `lint-` and the rule in lower case, such as `lint-e3002`, is a finding of cfn-lint in a template.
"""


def page() -> str:
    """Return the page as Markdown."""
    codes = tuple(every_code().values())
    lines = [HEAD, "| Code | Severity | Meaning |", "| --- | --- | --- |"]
    lines += [f"| [`{code.name}`](#{code.name}) | {code.severity.value} | {code.title} |" for code in codes]
    lines += [line for code in codes for line in _section(code)]
    return "\n".join(lines) + "\n"


def _section(code: Code) -> Iterator[str]:
    yield from ("", f"## {code.name}", "", f"{code.severity.value.capitalize()}: {code.title}.", "", code.why)
    refused = "Refused" if code.severity is Severity.ERROR else "Reported"
    for title, example in ((refused, code.bad), ("Fine", code.good)):
        if example:
            yield from ("", f"{title}:", "", "```yaml", _visible(example), "```")


def _visible(example: str) -> str:
    """Return an example as a page can hold it: what a reader could not see is written as an escape."""
    return "".join(
        letter if letter == "\n" or letter.isprintable() else f"\\u{ord(letter):04x}"
        for letter in example.rstrip("\n")
    )
