"""What looks like a secret, and what only sounds like one."""

from __future__ import annotations

import pytest

from petc.model.rules.credentials import looks_secret

FILLER = "a1" * 20


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("DB_PASSWORD", "made-up"),
        ("spring.datasource.password", 1234),
        ("client-secret", "made-up"),
        ("stripeApiKey", "made-up"),
        ("SIGNING_KEY", "made-up"),
        ("NOTE", "-----BEGIN RSA " + "PRIVATE KEY-----"),
        ("NOTE", "postgres://app:made-up@db.example.com/app"),
        ("NOTE", "jdbc:mysql://app:made-up@db.example.com/app"),
        ("NOTE", "https://hooks.slack.com/" + "services/T000/B000/XXXX"),
        ("NOTE", "gh" + "p_" + FILLER),
        ("NOTE", "xo" + "xb-" + FILLER),
        ("NOTE", "eyJ" + FILLER + ".eyJ" + FILLER + "." + FILLER),
        ("NOTE", "AKIA" + "A" * 16),
    ],
)
def test_looks_like_a_secret(key: str, value: str | int) -> None:
    assert looks_secret(key, value)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("DB_PASSWORD", ""),
        ("DB_PASSWORD", "${DB_PASSWORD}"),
        ("DB_SECRET", "arn:aws:secretsmanager:us-west-2:123456789012:secret:db"),
        ("spring.security.token.enabled", True),
        ("CSRF_TOKEN", False),
        ("TOKEN_SECONDS", 3600),
        ("PASSWORD_MIN_LENGTH", 12),
        ("SORT_KEY", "created"),
        ("KEY", "created"),
        ("NOTE", "https://example.com:8080/path?at=a@b"),
        ("NOTE", "https://app:${PASSWORD}@example.com"),
        ("JAVA_TOOL_OPTIONS", "-XX:MaxRAMPercentage=40 -XX:+ExitOnOutOfMemoryError"),
    ],
)
def test_is_no_secret(key: str, value: str | int | bool) -> None:
    assert looks_secret(key, value) == ""
