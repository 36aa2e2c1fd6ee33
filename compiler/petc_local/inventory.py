"""What is deployed to the local AWS, and how much of it is more than a record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from ministack.services import cloudformation

from petc_local.stack_sets.store import STORE
from petc_local.types.fidelity import STANDING, Fidelity, standing

_GONE = ("DELETE_COMPLETE", "REVIEW_IN_PROGRESS")
"""States in which a stack has no resources (CloudFormation User Guide, "Stack status codes")."""


def inventory() -> dict[str, object]:
    """Return stacks, stack sets, and resources by type with their standing, as JSON.

    It covers all accounts and regions. A simulated stack is only counted, for nothing is there.
    """
    simulated = {
        item.stack_id for known in STORE.instances.values() for item in known.values() if item.simulated
    }
    stacks = tuple((key, stack) for key, stack in _stacks() if stack["StackId"] not in simulated)
    counts = Counter(kind for _, stack in stacks for kind in _made(stack))
    totals = Counter(dict.fromkeys(Fidelity, 0))
    for kind, count in counts.items():
        totals[standing(kind)] += count
    return {
        "stacks": [
            {
                "account": account,
                "region": region,
                "name": name,
                "status": stack["StackStatus"],
                "resources": len(_made(stack)),
            }
            for (account, region, name), stack in stacks
        ],
        "simulated": len(simulated),
        "stack_sets": [
            {
                "account": record.account,
                "region": record.region,
                "name": record.name,
                "instances": len(STORE.instances.get(record.identifier, ())),
            }
            for record in sorted(STORE.sets.values(), key=lambda record: record.name)
            if record.status == "ACTIVE"
        ],
        "types": [
            {
                "type": kind,
                "count": counts[kind],
                "standing": standing(kind).value,
                "reason": STANDING[kind].reason if kind in STANDING else "petc knows nothing of this type",
            }
            for kind in sorted(counts)
        ],
        "totals": {item.value: totals[item] for item in Fidelity},
    }


def _stacks() -> Iterator[tuple[tuple[str, str, str], Mapping[str, object]]]:
    for key, stack in sorted(cloudformation._stacks._data.items()):
        if stack["StackStatus"] not in _GONE:
            yield key, stack


def _made(stack: Mapping[str, object]) -> tuple[str, ...]:
    """Return the types of the resources that a stack has, those too that it failed to change or to delete.

    MiniStack 1.5.33 takes a resource out of this table when it is gone, and puts none in that failed.
    """
    resources = stack.get("_resources")
    return (
        tuple(str(item["ResourceType"]) for item in resources.values()) if isinstance(resources, dict) else ()
    )
