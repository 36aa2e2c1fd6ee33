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

# MiniStack reads its settings while it is imported.
from ministack.app import main
from ministack.services import ssm
from ministack.services.cloudformation import handlers, provisioners

from petc.local import stack_sets
from petc.local.stack_sets import pace


def set_pace(params: dict[str, list[str]]) -> tuple[int, dict[str, str], bytes]:
    """Call `pace.set_delay` in this process; the service itself gives no such action to its clients."""
    pace.set_delay(params["Pattern"][0], float(params["Seconds"][0]))
    return 200, {}, b""


def make_stubborn(
    logical_id: str, properties: dict[str, object], stack: str
) -> tuple[str, dict[str, object]]:
    """Make a resource that exists in name only."""
    return f"{stack}-{logical_id}", {}


def delete_stubborn(physical_id: str, properties: dict[str, object]) -> None:
    """Fail while the account has an SSM parameter /hold."""
    if ssm.resolve_parameter_value("/hold") is not None:
        raise ValueError("it holds on")


provisioners._RESOURCE_HANDLERS["AWS::Test::Stubborn"] = {"create": make_stubborn, "delete": delete_stubborn}
stack_sets.install()
handlers._ACTION_HANDLERS["SetPace"] = set_pace
main()
