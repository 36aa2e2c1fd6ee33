"""What an invocation spends its time on, as subsegments of its X-Ray trace."""

from __future__ import annotations

import json
import os
import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

# AWS X-Ray Developer Guide, "Sending trace data to AWS X-Ray": the header before each document, and that the
# daemon takes them by UDP. The document itself: "AWS X-Ray segment documents".
_HEADER = b'{"format": "json", "version": 1}\n'
_NAME_LIMIT = 200
_NOT_IN_NAMES = re.compile(r"[^\w\s.:/%&#=+\\@-]")


def root() -> str:
    """Return the id of the trace that this invocation belongs to, or the empty string."""
    return _header().get("Root", "")


@contextmanager
def span(name: str, *, remote: bool = False, **annotations: str | int | bool) -> Iterator[None]:
    """Note how long the block takes and whether it raises; `remote` marks a call to something else.

    Annotations can be searched for, so they hold nothing that a person typed. Nothing is sent, and nothing
    fails, where the request is not sampled or no daemon is near: Lambda names its daemon in
    `AWS_XRAY_DAEMON_ADDRESS` (AWS Lambda Developer Guide, "Using environment variables", reserved ones).
    """
    began = time.time()
    fault = ""
    try:
        yield
    except BaseException as error:
        fault = type(error).__name__
        raise
    finally:
        _send(name, began, remote, fault, annotations)


def _send(
    name: str, began: float, remote: bool, fault: str, annotations: dict[str, str | int | bool]
) -> None:
    trace = _header()
    host, _, port = os.environ.get("AWS_XRAY_DAEMON_ADDRESS", "").rpartition(":")
    if trace.get("Sampled") != "1" or not trace.get("Parent") or not host or not port.isdigit():
        return
    document: dict[str, object] = {
        "type": "subsegment",
        "trace_id": trace.get("Root", ""),
        "parent_id": trace["Parent"],
        "id": os.urandom(8).hex(),
        "name": _NOT_IN_NAMES.sub("_", name)[:_NAME_LIMIT],
        "start_time": began,
        "end_time": time.time(),
        "annotations": annotations,
    }
    if remote:
        document["namespace"] = "remote"
    if fault:
        # The type alone: a message may quote what a person typed.
        document |= {"fault": True, "cause": {"exceptions": [{"id": os.urandom(8).hex(), "type": fault}]}}
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as daemon:
            daemon.sendto(_HEADER + json.dumps(document).encode(), (host, int(port)))
    except (OSError, OverflowError):
        return  # a trace that is lost must not cost the caller the answer


def _header() -> dict[str, str]:
    """Return the parts of the tracing header that the runtime sets for each invocation."""
    parts = (part.partition("=") for part in os.environ.get("_X_AMZN_TRACE_ID", "").split(";"))
    return {name.strip(): value.strip() for name, _, value in parts}
