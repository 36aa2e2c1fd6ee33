"""What a message says, before it has the form of any channel."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Tone(Enum):
    """How a message is meant; the channel gives it a colour."""

    ALARM = "alarm"
    GOOD = "good"
    UNSURE = "unsure"
    NEUTRAL = "neutral"


@dataclass(frozen=True, slots=True)
class Notice:
    """A message: a title, a text, facts as label and value, and where to look further."""

    title: str
    tone: Tone = Tone.NEUTRAL
    text: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    link: str = ""
