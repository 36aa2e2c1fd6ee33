"""Which names say that their value is a secret: `DB_PASS`, `client-secret`, `stripeApiKey`, `PASSWORD1`.

What follows the word decides: `PASSWORD_POLICY`, `TOKEN_URL` and `SECRET_ARN` name other things.
"""

from __future__ import annotations

import re

_WORDS = frozenset(
    (
        *("password", "passwords", "passwd", "passwort", "pwd", "pass", "pw", "passphrase", "passcode"),
        *("secret", "secrets", "token", "credential", "credentials", "creds", "cred"),
        *("apikey", "apikeys", "apitoken", "authkey", "secretkey", "accesskey", "privatekey", "signingkey"),
        *("encryptionkey", "masterkey", "totp", "pepper"),
    )
)
_ENDINGS = (
    "password",
    "passwd",
    "passphrase",
    "secret",
    "apikey",
    "authtoken",
    "accesstoken",
    "secretkey",
    "dbpass",
)
"""Ends of words that were run together: `PGPASSWORD`, `smtppassword`."""

_KEYS = frozenset(
    (
        *("api", "access", "private", "secret", "signing", "encryption", "encrypt", "crypto", "cipher"),
        *("master", "auth", "storage", "shared", "deploy", "ssh", "gpg", "pgp", "webhook", "hmac", "jwt"),
        *("aes", "rsa", "cookie"),
    )
)
"""Words that make a secret of a name that ends in `key`."""

_OTHER_KEYS = frozenset(("app", "account", "service", "session", "license", "signature", "write", "admin"))
"""Words that do so where the value could be no word or name."""

_NEUTRAL = re.compile(
    r"[0-9]+|v|old|new|current|previous|primary|secondary|next|base|base64|b64|hex|raw|value|plain"
    r"|plaintext|string|encoded|literal|default|prod|production|dev|development|staging|test|live|local"
)
"""Words behind the secret word that leave it one."""

_NO_LITERAL = re.compile(
    r"(?:\$\{[^}]*\}|\{\{.*\}\}|\$\([^)]*\)|\$[A-Z_][A-Z0-9_]*|%[A-Z_]+%|<[^<>]*>|\*+|x{3,}|\.{3,}"
    r"|\?|:[a-z_]+|%s|%\([a-z_]+\)s|arn:.*|https?://\S+|)",
    re.DOTALL,
)
"""Nothing, a placeholder, or the name or address of where the value lies."""

_POLICIES = frozenset(
    (
        *(
            "true",
            "false",
            "yes",
            "no",
            "on",
            "off",
            "none",
            "null",
            "nil",
            "required",
            "optional",
            "enabled",
        ),
        *("disabled", "strict", "relaxed", "auto", "bearer", "basic", "digest", "jwt", "opaque", "oauth2"),
        *("cookie", "header", "file", "env", "vault", "aws", "ssm", "secretsmanager", "iam", "bcrypt"),
        *("argon2", "argon2id", "scrypt", "pbkdf2", "plain"),
    )
)
"""Values that say how something is done; no credential that works is so short and so common a word."""


def words(name: str) -> list[str]:
    """Return the words of a name in lower case; capitals and digits begin new ones."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=[0-9])", " ", name)
    return [word for word in re.split(r"[^a-z0-9]+", spaced.lower()) if word]


def names_secret(name: str) -> bool:
    """Whether a name says that its value is a secret."""
    found = words(name)
    while len(found) > 1 and _NEUTRAL.fullmatch(found[-1]):
        found.pop()
    if not found:
        return False
    last, before = found[-1], found[-2] if len(found) > 1 else ""
    if last in ("key", "keys"):
        return not before or before in _KEYS or before in _OTHER_KEYS
    if last in ("auth", "salt") or (before, last) == ("auth", "basic"):
        return True
    return last in _WORDS or last.endswith(_ENDINGS)


def is_literal(name: str, value: str) -> bool:
    """Whether a value under a name of a secret is one, and not a placeholder, an address or a word of a policy."""
    text = value.strip()
    if _NO_LITERAL.fullmatch(text) or text.lower() in _POLICIES:
        return False
    found = words(name)
    if found in (["key"], ["keys"]):
        return bool(_HEX_KEY.fullmatch(text))
    weak = found[-1:] in (["auth"], ["salt"], ["basic"]) or (
        found[-1:] == ["key"] and found[-2] in _OTHER_KEYS
    )
    if weak and not made_up(text):
        return False
    # The shell's working directory, and mounted files.
    if found[-1:] in (["pwd"], ["secret"], ["secrets"], ["credentials"], ["token"]) and text.startswith("/"):
        return False
    # The published password of the JVM's own store of certificates; Java documentation, "keytool".
    return not ("truststore" in name.lower().replace("_", "").replace(".", "") and text == "changeit")


def made_up(value: str) -> bool:
    """Whether a value is no word and no name: it is long, and mixes letters with digits."""
    return len(value) >= _LONG and bool(re.search(r"[0-9]", value) and re.search(r"[A-Za-z]", value))


_LONG = 8
"""Characters that a password has at least, by NIST SP 800-63B."""

_HEX_KEY = re.compile(r"[0-9a-fA-F]{32,}")
"""What is a key where the name says no more than `key`, as it does of a tag's name: 128 bits in hexadecimal."""
