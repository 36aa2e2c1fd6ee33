"""Which modules a person passes who follows `petc deploy` from the command line to the first call to AWS.

    python -m bench.deploy_path

Counted are the modules of the deployment half (the command line, `petc.deploy` and what joins them) of which a
function runs before the first request is sent. The compiler, which checks that `generated/` is up to date on the way,
and the libraries are not counted; importing a module is not running it.
"""

from __future__ import annotations

import os
import sys
from types import FrameType
from unittest import mock

_HALF = ("petc.cli", "petc.deploy", "petc.deployment", "petc.readiness")
_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-west-2",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}


class FirstCallError(Exception):
    """The first request to AWS is about to be sent."""


def modules_to_first_call(*arguments: str) -> tuple[str, ...]:
    """Return the modules in the order in which they are entered; raises `AssertionError` when AWS is never asked."""
    from petc.cli.main import petc

    entered: dict[str, None] = {}

    def enter(frame: FrameType, event: str, _: object) -> None:
        name = frame.f_globals.get("__name__", "")
        if event == "call" and name not in entered and _is_counted(name) and not _is_importing(frame):
            entered.setdefault(name)

    def stop(*_: object, **__: object) -> None:
        raise FirstCallError

    with (
        mock.patch("botocore.client.BaseClient._make_api_call", stop),
        mock.patch.dict(os.environ, _ENVIRONMENT),
    ):
        sys.setprofile(enter)
        try:
            petc(list(arguments), standalone_mode=False)
        except FirstCallError:
            return tuple(entered)
        finally:
            sys.setprofile(None)
    raise AssertionError("petc ended without a call to AWS")


def _is_counted(module: str) -> bool:
    return any(module == part or module.startswith(f"{part}.") for part in _HALF)


def _is_importing(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code.co_name == "<module>" and frame.f_globals.get("__name__", "").startswith("petc"):
            return True
        frame = frame.f_back
    return False


if __name__ == "__main__":
    passed = modules_to_first_call("deploy", "--stage", "dev", "--yes")
    print(*passed, f"{len(passed)} modules", sep="\n")
