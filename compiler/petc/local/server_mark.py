"""The mark of a local AWS: by it a server knows calls that were meant for another one on the same port.

A server that ends frees its port, and another checkout's server may take it while a deployment still speaks to
the address. The mark stands in the environment of AWS clients as their application id, which every AWS SDK
repeats in `User-Agent`, whichever credentials it uses (AWS SDKs and Tools Reference Guide, "Application ID").
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

VARIABLE = "AWS_SDK_UA_APP_ID"
"""The environment variable of the application id, of 50 characters at most."""

TOKEN_HEADER = "x-petc-token"
"""The header by which petc says which process it asks for something below `/_petc/`."""

CODE = "LocalAwsMismatch"
"""The error code of a refused call; no AWS service has it."""

MESSAGE = (
    "the local AWS at this address is not the one that this command was started with, which has ended; "
    "run the command again"
)
"""What such a call is answered."""

_MARK = re.compile(r"\bapp/(petc-local-[0-9a-f]+)")
_DIGITS = 32


def mark_of(seed: str, folder: Path) -> str:
    """Return the mark of the state in a folder: the same after a restart, another one in a copy of the folder."""
    text = f"{seed}\0{folder.resolve()}".encode("utf-8", "surrogateescape")
    return f"petc-local-{hashlib.sha256(text).hexdigest()[:_DIGITS]}"


def is_foreign(user_agent: str, own: str) -> bool:
    """Whether a client names another local AWS than `own`; a client that names none is not foreign."""
    found = _MARK.search(user_agent)
    return found is not None and found.group(1) != own
