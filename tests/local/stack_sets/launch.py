"""Runs MiniStack with the StackSets service, for the tests of this folder: `python launch.py PORT`."""

from __future__ import annotations

import os
import sys

os.environ.update(
    BIND_HOST="127.0.0.1",
    GATEWAY_PORT=sys.argv.pop(),
    SFTP_ENABLED="0",
    IOT_MTLS_ENABLED="0",
    MINISTACK_ACCOUNT_ID="123456789012",
    MINISTACK_REGION="us-west-2",
)

from ministack.app import main
from ministack.services.cloudformation import handlers

from petc.local import stack_sets
from petc.local.stack_sets import pace


def set_pace(params: dict[str, list[str]]) -> tuple[int, dict[str, str], bytes]:
    """Call `pace.set_delay` in this process; the service itself gives no such action to its clients."""
    pace.set_delay(params["Pattern"][0], float(params["Seconds"][0]))
    return 200, {}, b""


stack_sets.install()
handlers._ACTION_HANDLERS["SetPace"] = set_pace
main()
