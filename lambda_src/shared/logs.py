"""One JSON object per log line, with the request and trace it belongs to and without what callers typed."""

from __future__ import annotations

import json
import logging
import os
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime

from shared import deadline, traces

_LOGGER = logging.getLogger("function")
_REQUEST: ContextVar[str] = ContextVar("request", default="")
_CAUSE_LIMIT = 500
_DATABASE_LIBRARY = "pymysql"


class _JsonLines(logging.Formatter):
    """Formats a record as one line of JSON; libraries' own records get the same form.

    Lambda files a line by its `timestamp` (RFC 3339) and `level`; AWS Lambda Developer Guide, "Log-level
    filtering". `requestId` is spelled as in the platform's own lines.
    """

    def __init__(self, end: str) -> None:
        super().__init__()
        self._end = end

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "message": record.getMessage(),
            "stage": os.environ.get("STAGE", ""),
            "function": os.environ.get("AWS_LAMBDA_FUNCTION_NAME", ""),
            "requestId": _REQUEST.get(),
        }
        if trace := traces.root():
            line["trace"] = trace
        if record.name != _LOGGER.name:
            line["logger"] = record.name
        line.update(getattr(record, "fields", {}))
        if record.exc_info and record.exc_info[1]:
            line["cause"], line["stack"] = _causes(record.exc_info[1]), _stack(record.exc_info[1])
        # Escapes: U+2028 and U+0085 end a line for some readers, and half a surrogate pair cannot be encoded.
        return json.dumps(line, default=str) + self._end


def configure() -> None:
    """Give every handler of the root logger the JSON form, at the level that `LOG_LEVEL` names.

    The Lambda runtime brings a handler of its own, which stays; elsewhere standard output gets one.
    """
    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(logging.StreamHandler(sys.stdout))
    for handler in root.handlers:
        # The runtime's handler writes what it is given, a stream handler ends each line itself.
        handler.setFormatter(_JsonLines("" if isinstance(handler, logging.StreamHandler) else "\n"))
    level = logging.getLevelNamesMapping().get(os.environ.get("LOG_LEVEL", "").upper(), logging.INFO)
    _LOGGER.setLevel(level)
    root.setLevel(max(level, logging.WARNING))


def begin(context: deadline.Context) -> None:
    """Mark what follows with the request id of this invocation."""
    _REQUEST.set(context.aws_request_id)


def info(message: str, **fields: object) -> None:
    """Log what happened, with `fields` beside the message."""
    _LOGGER.info(message, extra={"fields": fields})


def warning(message: str, *, cause: BaseException | None = None, **fields: object) -> None:
    """Log what was odd but handled."""
    _LOGGER.warning(message, exc_info=cause, extra={"fields": fields})


def error(message: str, *, cause: BaseException | None = None, **fields: object) -> None:
    """Log what failed and why: the chain of causes and where they arose."""
    _LOGGER.error(message, exc_info=cause, extra={"fields": fields})


def _causes(exception: BaseException | None) -> list[str]:
    chain: list[str] = []
    while exception is not None and len(chain) < 5:
        chain.append(f"{type(exception).__name__}: {_words(exception)}"[:_CAUSE_LIMIT])
        exception = exception.__cause__ or (None if exception.__suppress_context__ else exception.__context__)
    return chain


def _words(exception: BaseException) -> str:
    """Return what an exception says, of a database's errors the number alone.

    A server's text repeats values (`Duplicate entry '…'`, `Incorrect string value: '…'`); MySQL Reference Manual,
    "Server Error Message Reference", which explains each number.
    """
    number = exception.args[0] if exception.args else None
    if type(exception).__module__.partition(".")[0] == _DATABASE_LIBRARY:
        return f"error {number}" if isinstance(number, int) else "no number"
    return str(exception)


def _stack(exception: BaseException) -> list[str]:
    # Places only: a frame's values could hold what a caller typed.
    return [
        f"{os.path.basename(frame.filename)}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(exception.__traceback__)
    ]
