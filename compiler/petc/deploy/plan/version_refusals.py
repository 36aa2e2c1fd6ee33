"""Changes of engines and storage that go in one direction only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from petc.deploy.plan.refusal import Refused, described
from petc.deploy.plan.target_resources import Estate, ResourceEntry
from petc.deploy.plan.types import Action
from petc.model import engines
from petc.source.tree import Json
from petc.verify.rendered import mapping

UPGRADED_ONLY = frozenset(
    {
        "AWS::DocDB::DBCluster",
        "AWS::Neptune::DBCluster",
        "AWS::RDS::DBCluster",
        "AWS::RDS::DBInstance",
        "AWS::RDS::GlobalCluster",
    }
)
"""Types whose `EngineVersion` goes up only.

Amazon RDS User Guide, "Upgrading a DB instance engine version" ("you can't downgrade"); Amazon Aurora User Guide,
"Upgrading Amazon Aurora MySQL DB clusters" and "Overview of performing a major version upgrade"; Amazon DocumentDB
and Neptune User Guides on upgrades. ElastiCache and OpenSearch are not among them: they can go back in some cases.
"""

_STEPWISE: Mapping[str, tuple[str, ...]] = {
    **{engine.name: engine.majors for engine in engines.ENGINES},
    "mysql": ("5.7", "8.0", "8.4"),
}
"""By engine: major versions that are upgraded one after another.

Amazon RDS User Guide, "Major version upgrades for RDS for MySQL", for the engine that no spec names.
"""

GROWS_ONLY: Mapping[str, tuple[str, ...]] = {
    "AWS::EC2::Volume": ("Size",),
    "AWS::FSx::FileSystem": ("StorageCapacity",),
    "AWS::MSK::Cluster": ("BrokerNodeGroupInfo", "StorageInfo", "EBSStorageInfo", "VolumeSize"),
    "AWS::RDS::DBInstance": ("AllocatedStorage",),
}
"""By type: the way to a size that cannot be reduced.

EBS User Guide, "Modify an Amazon EBS volume"; RDS API reference, ModifyDBInstance (`AllocatedStorage`); FSx API
reference, UpdateFileSystem; MSK Developer Guide, "Scale up Amazon MSK broker storage".
"""

_NUMBER = re.compile(r"[0-9]+")


def of_versions(estate: Estate) -> Iterator[Refused]:
    """Yield databases whose engine would go back, or over a major version that cannot be left out."""
    for key, change in sorted(estate.changes.items()):
        old, new = estate.before.resources.get(key), estate.after.resources.get(key)
        if change.action is not Action.UPDATE or old is None or new is None or new.type not in UPGRADED_ONLY:
            continue
        engine = new.properties.get("Engine")
        before, after = _version(old), _version(new)
        if old.properties.get("Engine") != engine or not before or not after:
            continue
        if _numbers(after) < _numbers(before):
            yield Refused(
                "engine-goes-back",
                f"the engine of {described(key, new)} would go back from {before} to {after}, and an engine "
                "version cannot be downgraded",
                pointer=new.pointer,
                help=f"keep {before} or a later version; for an earlier one restore a snapshot or a dump that was "
                "made with it into a new database",
            )
            continue
        left_out = _left_out(str(engine), before, after)
        if left_out:
            yield Refused(
                "engine-skips-a-version",
                f"the engine of {described(key, new)} would go from {before} to {after} and leave out "
                f"{left_out}, and major versions are upgraded one after another",
                pointer=new.pointer,
                help=f"deploy a version of {left_out} first",
            )


def of_sizes(estate: Estate) -> Iterator[Refused]:
    """Yield storage that would become smaller."""
    for key, change in sorted(estate.changes.items()):
        old, new = estate.before.resources.get(key), estate.after.resources.get(key)
        if change.action is not Action.UPDATE or old is None or new is None or new.type not in GROWS_ONLY:
            continue
        path = GROWS_ONLY[new.type]
        before, after = _size(old, path), _size(new, path)
        if before is not None and after is not None and after < before:
            yield Refused(
                "storage-shrinks",
                f"{path[-1]} of {described(key, new)} would go from {before} down to {after}, and storage can only "
                "grow",
                pointer=new.pointer,
                help=f"keep {before} or more",
            )


def _version(entry: ResourceEntry) -> str:
    value = entry.properties.get("EngineVersion")
    return str(value) if isinstance(value, str | int | float) else ""


def _numbers(version: str) -> tuple[int, ...]:
    """Return the numbers of a version: `8.0.mysql_aurora.3.10.0` is 8, 0, 3, 10, 0."""
    return tuple(int(part) for part in _NUMBER.findall(version))


def _left_out(engine: str, before: str, after: str) -> str:
    """Return the major version that an upgrade leaves out; empty when it leaves out none."""
    majors = _STEPWISE.get(engine, ())
    places = [
        next((index for index, major in enumerate(majors) if f"{text}.".startswith(f"{major}.")), None)
        for text in (before, after)
    ]
    if places[0] is None or places[1] is None or places[1] - places[0] < 2:
        return ""
    return majors[places[0] + 1]


def _size(entry: ResourceEntry, path: tuple[str, ...]) -> int | None:
    value: Json = dict(entry.properties)
    for part in path:
        value = mapping(value).get(part)
    return int(value) if isinstance(value, str | int) and str(value).isdigit() else None
