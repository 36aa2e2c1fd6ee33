"""The diagnostic codes of this package, for `petc explain`.

None has an example: no text of a spec can show them, they speak of this machine.
"""

from __future__ import annotations

from petc.diagnostics import Code, Severity

LOCAL_NOT_INSTALLED = Code(
    "local-not-installed",
    Severity.ERROR,
    "the local AWS is not installed",
    "The local AWS is MiniStack with an extension of petc, which reaches into MiniStack and therefore fits "
    "exactly one version of it. The message has the command that installs it; run it in the environment "
    "that petc runs in.",
)

LOCAL_NO_PORT = Code(
    "local-no-port",
    Severity.ERROR,
    "the local AWS finds no port",
    "The server listens on 127.0.0.1, on the port of its last start or on another one that is free. "
    "When the system grants none, a firewall, a sandbox or a limit forbids listening. Allow it.",
)

LOCAL_START_FAILED = Code(
    "local-start-failed",
    Severity.ERROR,
    "the local AWS ended while it started",
    "The message repeats the last lines of its log. When the kept state is at fault, petc local reset "
    "deletes it, and with it everything that was deployed to the local AWS.",
)

LOCAL_SILENT = Code(
    "local-silent",
    Severity.ERROR,
    "the local AWS runs and does not answer",
    "Its process lives and did not answer in time: the machine is busy, or the server hangs. Run "
    "petc local stop, which ends a hanging server too, and start it again.",
)

LOCAL_UNWRITABLE = Code(
    "local-unwritable",
    Severity.ERROR,
    "the folder of the local AWS cannot be written",
    "State, log and the number of the process are kept in .petc/local beside the output folder. "
    "Grant yourself the right to write there, free some space, or name another output folder with --out.",
)

LOCAL_STATE_VERSION = Code(
    "local-state-version",
    Severity.ERROR,
    "the state of the local AWS was written by another version",
    "What another version wrote is not read, for it could be misread. petc local reset deletes it, and "
    "with it everything that was deployed to the local AWS; a deployment makes it again.",
)

LOCAL_STALE_RECORD = Code(
    "local-stale-record",
    Severity.NOTE,
    "the local AWS had ended without being stopped",
    "The process that the folder names is gone: it was killed, or the machine was restarted. Its record "
    "is removed. What it had saved is kept, and is there again after the next start.",
)

LOCAL_DAMAGED_RECORD = Code(
    "local-damaged-record",
    Severity.NOTE,
    "the record of the local AWS could not be read",
    "The file server.json says which process serves the folder. It was cut short, nested too deep, or holds "
    "values that no server writes, so it is removed. A server that runs without its record stops by itself "
    "within a second, and what it had saved is there again after the next start.",
)

LOCAL_WOULD_NOT_STOP = Code(
    "local-would-not-stop",
    Severity.ERROR,
    "the local AWS does not end",
    "Its process neither ended when it was asked nor when it was killed, which the system allows only to "
    "its owner. Run petc local stop as the user who started it.",
)

CODES: tuple[Code, ...] = (
    LOCAL_NOT_INSTALLED,
    LOCAL_NO_PORT,
    LOCAL_START_FAILED,
    LOCAL_SILENT,
    LOCAL_UNWRITABLE,
    LOCAL_STATE_VERSION,
    LOCAL_STALE_RECORD,
    LOCAL_DAMAGED_RECORD,
    LOCAL_WOULD_NOT_STOP,
)
"""Every code that `petc.local` can raise."""


def severity(name: str) -> Severity:
    """Return how bad the code of this name is."""
    return next(code.severity for code in CODES if code.name == name)
