"""The words that `uses` may name beside the parts of the spec, each with what it means."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from petc.model.components import Use
from petc.model.injected import Injected, Known, SettingReference
from petc.model.kinds.kind import no_settings
from petc.model.parties import INTERNET, TOPIC, Access, Caller, Edge, Party, PartyKind, Role


@dataclass(frozen=True, slots=True)
class Word:
    """A word of `uses`: the edges that it means, and the settings that it brings.

    `instead` says what a function does in place of a word that ECS gives a meaning to; empty where functions
    may use the word as well.
    """

    name: str
    reached: Callable[[Caller, Use], Iterator[Edge]]
    given: Callable[[Word, Use], Iterator[Injected]] = no_settings
    instead: str = ""


def _configuration(caller: Caller, use: Use) -> Iterator[Edge]:
    target = Party(PartyKind.CONFIGURATION)
    because = caller.because(use.name)
    acts = Role.EXECUTION
    yield Edge(caller.party, target, Access.READ_PARAMETERS, use.at, because, role=acts, calls=("ssm",))


def _discovery(caller: Caller, use: Use) -> Iterator[Edge]:
    target = Party(PartyKind.DISCOVERY)
    yield Edge(caller.party, target, Access.DISCOVER, use.at, caller.because(use.name))


def _internet(caller: Caller, use: Use) -> Iterator[Edge]:
    yield Edge(caller.party, INTERNET, Access.OUTBOUND, use.at, caller.because(use.name), 443)


def _notifications(caller: Caller, use: Use) -> Iterator[Edge]:
    because = caller.because(use.name)
    yield Edge(caller.party, TOPIC, Access.PUBLISH, use.at, because, role=caller.calls, calls=("sns",))


def _topic(word: Word, use: Use) -> Iterator[Injected]:
    yield Injected(
        "NOTIFICATIONS_TOPIC_ARN", "${topic}", use.at, {"topic": SettingReference(Known.TOPIC_ARN)}
    )


WORDS = (
    Word("configuration", _configuration, instead="write its settings under `environment`"),
    Word(
        "discovery",
        _discovery,
        instead="name the services themselves under `uses`; that gives the function their addresses",
    ),
    Word("internet", _internet),
    Word("notifications", _notifications, given=_topic),
)

BY_NAME = {word.name: word for word in WORDS}
