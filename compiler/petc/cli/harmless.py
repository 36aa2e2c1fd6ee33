"""Text of others on a terminal: reasons of AWS may hold what a terminal obeys, or what turns a line around."""

from __future__ import annotations


def plain(text: str) -> str:
    """Return the text in one line without control and format characters, which would move a terminal's cursor."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def harmless(text: str) -> str:
    """Return a text of several lines, each of them `plain`."""
    return "\n".join(plain(line) for line in text.split("\n"))
