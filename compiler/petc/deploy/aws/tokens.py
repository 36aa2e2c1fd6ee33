"""Names for calls, by which AWS recognises one that it was asked before.

Operation ids and client request tokens are up to 128 letters, digits and hyphens and begin with a letter or
digit; API reference, UpdateStackSet (`OperationId`) and CreateStack (`ClientRequestToken`).
"""

from __future__ import annotations

import hashlib

_DIGITS = 40


def derived(token: str, *parts: str) -> str:
    """Return the name of a call: the same for the same token and parts, another for any others."""
    text = "\0".join((token, *parts))
    return f"petc-{hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]}"
