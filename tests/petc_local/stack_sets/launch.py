"""Runs MiniStack with the StackSets service, for the tests of this folder: `python launch.py PORT`."""

from __future__ import annotations

import os
import sys
import time

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
from ministack.services import cloudformation, ssm
from ministack.services.cloudformation import handlers, provisioners, stacks

from petc_local import stack_sets
from petc_local.stack_sets import delays


def set_pace(params: dict[str, list[str]]) -> tuple[int, dict[str, str], bytes]:
    """Call `pace.set_delay` in this process; the service itself gives no such action to its clients."""
    delays.set_delay(params["Pattern"][0], float(params["Seconds"][0]))
    return 200, {}, b""


def set_status(params: dict[str, list[str]]) -> tuple[int, dict[str, str], bytes]:
    """Give the stacks of an account a status, as a server that is killed leaves them."""
    for (account, _, _), stack in cloudformation._stacks._data.items():
        if account == params["Account"][0]:
            stack["StackStatus"] = params["Status"][0]
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


def make_slow(logical_id: str, properties: dict[str, object], stack: str) -> tuple[str, dict[str, object]]:
    """Take until the account has an SSM parameter /go."""
    while ssm.resolve_parameter_value("/go") is None:
        time.sleep(0.01)
    return f"{stack}-{logical_id}", {}


def forget(physical_id: str, properties: dict[str, object]) -> None:
    """Delete what exists in name only."""


def leaves_the_loop(resource_type: str) -> bool:
    """Let the slow type run beside the server's loop, as MiniStack does with custom resources."""
    return resource_type == "AWS::Test::Slow" or on_worker(resource_type)


on_worker = stacks._runs_on_worker_thread
stacks._runs_on_worker_thread = leaves_the_loop
provisioners._RESOURCE_HANDLERS["AWS::Test::Slow"] = {
    "create": make_slow,
    "delete": lambda physical_id, properties: None,
}
provisioners._RESOURCE_HANDLERS["AWS::Test::Stubborn"] = {"create": make_stubborn, "delete": delete_stubborn}
stack_sets.install()
handlers._ACTION_HANDLERS["SetPace"] = set_pace
handlers._ACTION_HANDLERS["SetStatus"] = set_status
main()
