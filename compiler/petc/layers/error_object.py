"""The error object that pages expect of a service, for answers that no service gives.

The form is Spring Boot's: a page reads `error` and goes through the list `errors`. An answer without them
would make such a page fail while it handles the failure.
"""

from __future__ import annotations

import json


def render(error: str, *, status: str = "", timestamp: str = "", path: str = "") -> str:
    """Return the object as JSON, without the fields that are empty.

    Every argument is JSON already, or a variable that becomes JSON where the answer is given.
    """
    fields = {"timestamp": timestamp, "status": status, "error": error, "path": path, "errors": "[]"}
    return "{" + ",".join(f"{json.dumps(name)}:{value}" for name, value in fields.items() if value) + "}"
