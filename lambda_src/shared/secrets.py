"""Values from Secrets Manager, read once per environment and again when they turn out to be stale."""

from __future__ import annotations

from dataclasses import dataclass, field

from shared import aws, settings, shapes

_SECONDS = 4.0
_ATTEMPTS = 2
"""A caller that waits for an answer has half a minute in all, so a read must not take a third of it."""

_VALUES: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user of a database."""

    username: str
    password: str = field(repr=False)


def value(arn: str, *, fresh: bool = False) -> str:
    """Return the secret's current string, from memory unless `fresh`.

    Raises `aws.Refused`, `aws.Unreachable`, or `settings.Misconfigured` when the secret is empty or binary.
    """
    if fresh or arn not in _VALUES:
        answer = aws.call(
            "secretsmanager", "get_secret_value", timeout=_SECONDS, attempts=_ATTEMPTS, SecretId=arn
        )
        found = shapes.text(answer.get("SecretString"))
        if not found:
            raise settings.Misconfigured(f"the secret {arn} holds no text")
        _VALUES[arn] = found
    return _VALUES[arn]


def credentials(arn: str, *, fresh: bool = False) -> Credentials:
    """Return the user of a secret of the form `{"username": ..., "password": ...}`."""
    try:
        held = shapes.mapping(shapes.parsed(value(arn, fresh=fresh)))
    except ValueError:
        held = shapes.NOTHING
    username, password = shapes.text(held.get("username")), shapes.text(held.get("password"))
    if not username or not password:
        raise settings.Misconfigured(f"the secret {arn} is no JSON object with username and password")
    return Credentials(username, password)


def forget() -> None:
    """Drop every value read so far."""
    _VALUES.clear()
