"""Whether the library behind the local AWS is here, in the one version that the extension fits."""

from __future__ import annotations

from importlib import metadata

from petc.local import codes

MINISTACK = "1.5.33"
"""The version of MiniStack whose private tables the extension uses; the extra `local` pins the same one.

Messages name this package, never `petc[local]`: petc is on no index, and its name there belongs to nobody.
"""

_WAY_OUT = f"run python -m pip install ministack=={MINISTACK} in the environment that petc runs in"


def version() -> str | None:
    """Return the installed version of MiniStack, without importing it; None when there is none."""
    try:
        return metadata.version("ministack")
    except metadata.PackageNotFoundError:
        return None


def require(found: str | None) -> None:
    """Raise `Rejected` with `local-not-installed` unless `found` is the version that the extension fits."""
    if found == MINISTACK:
        return
    message = (
        "the local AWS needs MiniStack, which is not installed"
        if found is None
        else f"the local AWS needs MiniStack {MINISTACK}, and {found} is installed"
    )
    raise codes.LOCAL_NOT_INSTALLED.because(message, help=_WAY_OUT)
