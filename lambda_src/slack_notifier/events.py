"""EventBridge events as notices."""

from __future__ import annotations

import json
from collections.abc import Mapping

from shared import shapes
from slack_notifier.notice import Notice, Tone

_DETAIL_LIMIT = 1500
_BAD_WORDS = ("FAILED", "FAILURE", "ERROR", "ABANDONED", "IMPAIRED")


def is_event(document: Mapping[str, object]) -> bool:
    """Tell whether `document` is an EventBridge event."""
    return bool(shapes.text(document.get("detail-type")) and shapes.text(document.get("source")))


def notice(document: Mapping[str, object]) -> Notice:
    """Return what an event says: its type, source, time, resources, and its detail as JSON."""
    detail = shapes.mapping(document.get("detail"))
    name = shapes.text(detail.get("eventName")) or shapes.text(detail.get("lastStatus"))
    kind = shapes.text(document.get("detail-type"))
    title = f"{kind}: {name}" if name else kind
    facts = (
        ("Source", shapes.text(document.get("source"))),
        ("Time", shapes.text(document.get("time"))),
        ("Region", shapes.text(document.get("region"))),
        ("Account", shapes.text(document.get("account"))),
        ("Resources", "\n".join(map(shapes.text, shapes.items(document.get("resources"))))),
    )
    shown = json.dumps(detail, ensure_ascii=False, indent=1)
    return Notice(
        title=title,
        tone=Tone.ALARM if any(word in title.upper() for word in _BAD_WORDS) else Tone.NEUTRAL,
        text=shown if len(shown) <= _DETAIL_LIMIT else shown[: _DETAIL_LIMIT - 1] + "…",
        facts=tuple(fact for fact in facts if fact[1]),
    )
