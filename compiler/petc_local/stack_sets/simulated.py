"""Stack instances without real stacks behind them, so that a bench has thousands in no time.

Each has a record of a stack in MiniStack, so that DescribeStacks, DescribeStackResources and GetTemplate answer in
the target. No resource exists; physical ids and values of outputs are made up, exports are not published. The
records of one definition share template, resources and outputs.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from functools import lru_cache

from ministack.core.responses import get_account_id, get_region, now_iso, request_scope
from ministack.services import cloudformation
from ministack.services.cloudformation import engine

from petc_local.stack_sets import parameters, stacks
from petc_local.stack_sets.records import InstanceTarget, StackInstance, StackSet, Values
from petc_local.stack_sets.stacks import StackRequest, StackResult
from petc_local.stack_sets.store import STORE, active_set, put_instance

Shared = dict[str, object]
"""What the stacks of one definition have in common."""


def simulate(
    set_name: str,
    accounts: Sequence[str],
    regions: Sequence[str],
    parameters_by_region: Mapping[str, Mapping[str, str]] | None = None,
    administrator: InstanceTarget | None = None,
) -> int:
    """Record an instance that is CURRENT in each account and region, and return how many are new.

    `parameters_by_region` gives overrides by region. `administrator` names the account and region of the stack
    set; without it they are those of the request. Instances that exist stay as they are. Raises
    StackSetNotFoundException.
    """
    account, region = administrator or (get_account_id(), get_region())
    record = active_set(account, region, set_name)
    known = STORE.instances[record.identifier]
    made = 0
    for place in regions:
        overrides = tuple((parameters_by_region or {}).get(place, {}).items())
        for owner in accounts:
            target = InstanceTarget(owner, place)
            if target in known:
                continue
            instance = StackInstance(record.identifier, target, overrides=overrides, simulated=True)
            ended = renew(record.name, instance, _wanted(record, overrides))
            put_instance(_current(instance, ended))
            made += 1
    return made


def renew(set_name: str, instance: StackInstance, wanted: StackRequest) -> StackResult:
    """Record the stack of a simulated instance as `wanted`, created or updated."""
    stack_id, target = instance.stack_id, instance.target
    status = "UPDATE_COMPLETE"
    if stack_id is None:
        name, status = stacks.new_name(set_name), "CREATE_COMPLETE"
        stack_id = f"arn:aws:cloudformation:{target.region}:{target.account}:stack/{name}/{uuid.uuid4()}"
    time = now_iso()
    with request_scope(*target):
        before = cloudformation._stacks.get(stacks.name_of(stack_id)) or {}
        cloudformation._stacks[stacks.name_of(stack_id)] = {
            "StackName": stacks.name_of(stack_id),
            "StackId": stack_id,
            "StackStatus": status,
            "StackStatusReason": "",
            "CreationTime": before.get("CreationTime", time),
            "LastUpdatedTime": time,
            "Parameters": [
                {"ParameterKey": key, "ParameterValue": value, "NoEcho": False}
                for key, value in wanted.parameters
            ],
            "Tags": [{"Key": key, "Value": value} for key, value in wanted.tags],
            "Capabilities": list(wanted.capabilities),
            "DisableRollback": False,
            "EnableTerminationProtection": False,
            "_region": target.region,
            "_resolved_params": {key: {"Value": value, "NoEcho": False} for key, value in wanted.parameters},
            "_conditions": {},
            **_shared(wanted.template),
        }
        cloudformation._stack_events.setdefault(stack_id, [])
    return StackResult("DONE", stack_id)


def remove(instance: StackInstance) -> None:
    """Forget the stack of a simulated instance."""
    if instance.stack_id is not None:
        with request_scope(*instance.target):
            cloudformation._stacks.pop(stacks.name_of(instance.stack_id), None)
            cloudformation._stack_events.pop(instance.stack_id, None)


def _wanted(record: StackSet, overrides: Values) -> StackRequest:
    values = parameters.values_of_stack(record.parameters, overrides)
    return StackRequest(record.template, values, record.tags, record.capabilities)


def _current(instance: StackInstance, ended: StackResult) -> StackInstance:
    return StackInstance(
        instance.set_id,
        instance.target,
        "CURRENT",
        "SUCCEEDED",
        stack_id=ended.stack_id,
        overrides=instance.overrides,
        simulated=True,
    )


@lru_cache(maxsize=64)
def _shared(text: str) -> Shared:
    tree = engine._parse_template(text)
    return {
        "Description": tree.get("Description", ""),
        "_template": tree,
        "_template_body": text,
        "_resources": {name: _resource(name, item) for name, item in tree["Resources"].items()},
        "Outputs": [_output(name, item) for name, item in (tree.get("Outputs") or {}).items()],
    }


def _resource(name: str, definition: Mapping[str, object]) -> dict[str, object]:
    return {
        "PhysicalResourceId": f"simulated-{name}",
        "ResourceType": definition.get("Type", ""),
        "ResourceStatus": "CREATE_COMPLETE",
        "LogicalResourceId": name,
        "Properties": definition.get("Properties") or {},
        "Attributes": {},
        "Timestamp": now_iso(),
    }


def _output(name: str, definition: Mapping[str, object]) -> dict[str, object]:
    output: dict[str, object] = {"OutputKey": name, "OutputValue": f"simulated-{name}", "Description": ""}
    export = definition.get("Export")
    if isinstance(export, Mapping) and isinstance(export.get("Name"), str):
        output["ExportName"] = export["Name"]
    return output
