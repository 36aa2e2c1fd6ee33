"""A notice in the form of Slack's incoming webhooks, and its delivery."""

from __future__ import annotations

import json

from shared import deadline, http, secrets, settings, shapes, traces
from slack_notifier.notice import Notice, Tone

# Limits of Slack's Block Kit: a header block, a section's text, its fields and how many there may be.
_TITLE_LIMIT = 150
_TEXT_LIMIT = 3000
_FACT_LIMIT = 2000
_FACTS_AT_MOST = 10

_COLOURS = {
    Tone.ALARM: "#d32f2f",
    Tone.GOOD: "#2e7d32",
    Tone.UNSURE: "#f9a825",
    Tone.NEUTRAL: "#546e7a",
}
_STALE_ADDRESS = frozenset({403, 404, 410})


class Undelivered(Exception):
    """Slack did not take the message."""


def payload(notice: Notice) -> dict[str, object]:
    """Return the JSON that a webhook takes; what is too long for Slack is shortened with an ellipsis."""
    title = _shortened(notice.title, _TITLE_LIMIT)
    blocks: list[dict[str, object]] = [
        {"type": "header", "text": {"type": "plain_text", "text": title, "emoji": False}}
    ]
    if notice.text:
        blocks.append({"type": "section", "text": _markup(_escaped(notice.text, _TEXT_LIMIT))})
    if notice.facts:
        fields = [_markup(f"*{label}*\n{_escaped(value, _FACT_LIMIT - 50)}") for label, value in notice.facts]
        blocks.append({"type": "section", "fields": fields[:_FACTS_AT_MOST]})
    if notice.link:
        blocks.append({"type": "section", "text": _markup(f"<{notice.link}|Open in the console>")})
    fallback = _escaped(title, _TEXT_LIMIT)
    return {"text": fallback, "attachments": [{"color": _COLOURS[notice.tone], "blocks": blocks}]}


def deliver(notice: Notice, *, until: deadline.Deadline) -> None:
    """Post `notice` to the webhook; busy answers are tried again within the time left.

    An address that Slack no longer knows is read anew from the secret once.
    Raises `Undelivered`, `settings.Misconfigured`, or what reading the secret raises.
    """
    arn = settings.required("WEBHOOK_SECRET_ARN")
    # Half of a surrogate pair becomes a question mark: a notice with a flaw beats none.
    body = json.dumps(payload(notice), ensure_ascii=False).encode("utf-8", "replace")
    response = _post(webhook_url(secrets.value(arn)), body, until)
    if response.status in _STALE_ADDRESS:
        response = _post(webhook_url(secrets.value(arn, fresh=True)), body, until)
    if response.status != 200:
        said = response.body[:200].decode("utf-8", "replace")
        raise Undelivered(f"Slack answered {response.status}: {said}")


def webhook_url(secret: str) -> str:
    """Return the address that a secret holds: as it stands, or as `url` of a JSON object."""
    try:
        held = shapes.parsed(secret)
    except ValueError:
        held = secret
    url = (held if isinstance(held, str) else shapes.text(shapes.mapping(held).get("url"))).strip()
    if not url.startswith(("https://", "http://")):
        raise settings.Misconfigured("the webhook's secret holds neither an address nor an object with url")
    return url


def _post(url: str, body: bytes, until: deadline.Deadline) -> http.Response:
    request = http.Request("POST", url, body, {"Content-Type": "application/json; charset=utf-8"})
    try:
        with traces.span("slack", remote=True):
            return http.send_patiently(request, until=until, timeout=5.0, attempts=5)
    except http.Unreachable as error:
        raise Undelivered("Slack could not be reached") from error


def _markup(text: str) -> dict[str, object]:
    return {"type": "mrkdwn", "text": text}


def _escaped(text: str, limit: int) -> str:
    # Slack asks for exactly these three; they also keep a text from posing as a link or a mention.
    def escaped(piece: str) -> str:
        return piece.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    if len(escaped(text)) <= limit:
        return escaped(text)
    kept = text[: limit - 1]
    while len(escaped(kept)) > limit - 1:
        kept = kept[: -max(1, (len(escaped(kept)) - limit + 1) // 5)]
    return escaped(kept) + "…"


def _shortened(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
