"""A site in a target: what it should hold, what was put there last, and the way from the one to the other. Pure.

What was put there is noted in one object of the artifact bucket, the inventory, so that a site that has not
changed costs one call. The inventory is written before anything else changes, with the union of old and new
and `settled` false, and again at the end: a run that was killed is repaired by the next one, which then
trusts nothing but the names.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import quote

from petc import naming
from petc.deploy.desired import DesiredState, WantedLayer
from petc.deploy.observed import Observed
from petc.deploy.site.objects import ASK, SiteFile, made
from petc.deploy.targets import Target
from petc.model.types import Frontend

CONFIGURATION = "config.json"
"""The file in which pages find where the API is; a file of that name in the folder gives way to it."""
MANY = 20
"""Invalidated paths above which everything is invalidated instead. CloudFront charges by path, and a
wildcard counts as one; Amazon CloudFront Developer Guide, "Pay for file invalidation"."""

_FORM = 1
_PLAIN = re.compile(r"[^*?~]*")
_UNENCODED = "/$-_.+!'(),;:@=&"


@dataclass(frozen=True, slots=True)
class SitePlace:
    """Where a site stands in a target: bucket, distribution, and the address of the API for its pages.

    `api` is what goes before the path of a route: empty where the distribution itself leads to the API.
    """

    target: Target
    bucket: str
    distribution: str
    api: str


@dataclass(frozen=True, slots=True)
class Inventory:
    """What lies in a site's bucket by petc's hand: fingerprints by key.

    `settled` is false between the two writings of a run; then fingerprints say nothing. `revision` grows by
    one with each run, so that no two invalidations bear one name.
    """

    bucket: str
    files: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    settled: bool = True
    revision: int = 0

    def to_bytes(self) -> bytes:
        """Return the inventory as JSON."""
        content = {
            "form": _FORM,
            "bucket": self.bucket,
            "files": dict(self.files),
            "settled": self.settled,
            "revision": self.revision,
        }
        return (json.dumps(content, indent=1, sort_keys=True) + "\n").encode("ascii")

    @classmethod
    def from_bytes(cls, content: bytes) -> Inventory | None:
        """Return the inventory, or None for bytes that are none: then everything is put there anew."""
        try:
            data = json.loads(content)
            if data["form"] != _FORM:
                return None
            files = {str(key): str(value) for key, value in data["files"].items()}
            return cls(
                str(data["bucket"]), MappingProxyType(files), bool(data["settled"]), int(data["revision"])
            )
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None


@dataclass(frozen=True, slots=True)
class Changes:
    """What to do: note `before`, put `uploads`, take away `deletions`, invalidate `paths`, note `after`.

    In this order, and nothing of it when there are neither uploads nor deletions.
    """

    uploads: tuple[SiteFile, ...]
    deletions: tuple[str, ...]
    paths: tuple[str, ...]
    before: Inventory
    after: Inventory

    @property
    def is_empty(self) -> bool:
        """Whether the bucket holds what it should."""
        return not (self.uploads or self.deletions)


def inventory_key(wanted: DesiredState, target: Target) -> str:
    """Return the key of the inventory in the artifact bucket of the target's region."""
    return naming.artifact_key(wanted.spec, wanted.stage, "site", f"{target.account}.json")


def places(site: Frontend, wanted: DesiredState, observed: Observed) -> tuple[SitePlace, ...]:
    """Return where the site stands, for each target whose layer has been deployed."""
    front, gateway = _layer(wanted, "frontend"), _layer(wanted, "api_gateway")
    found = []
    for target in wanted.targets if front else ():
        outputs = _outputs(observed, front, target)
        if "SiteBucket" not in outputs:
            continue
        api = _outputs(observed, gateway, target).get("ApiUrl", "") if site.api == "direct" else ""
        found.append(SitePlace(target, outputs["SiteBucket"], outputs.get("DistributionId", ""), api))
    return tuple(found)


def with_configuration(files: Iterable[SiteFile], place: SitePlace) -> tuple[SiteFile, ...]:
    """Return the files with the configuration of the place, by key."""
    text = json.dumps({"api": place.api}, indent=2, sort_keys=True) + "\n"
    others = (file for file in files if file.key != CONFIGURATION)
    every = (*others, made(CONFIGURATION, text.encode(), ASK))
    return tuple(sorted(every, key=lambda file: file.key))


def changes(files: Iterable[SiteFile], bucket: str, known: Inventory | None) -> Changes:
    """Return what leads from what lies in the bucket to the files.

    Pages come last among the uploads, so that what they name is there before them; deletions come after.
    A bucket that is not the one of the inventory is a new one, and empty.
    """
    wanted = {file.key: file for file in files}
    old = known if known and known.bucket == bucket else Inventory(bucket)
    revision = (known.revision if known else 0) + 1
    uploads = [file for key, file in wanted.items() if old.files.get(key) != file.fingerprint]
    gone = tuple(sorted(old.files.keys() - wanted.keys()))
    replaced = (*(file.key for file in uploads if file.key in old.files), *gone)
    return Changes(
        uploads=tuple(sorted(uploads, key=lambda file: (_rank(file), file.key))),
        deletions=gone,
        # Nobody knows what was delivered before a note was lost, or while a run was cut off.
        paths=paths(replaced) if known and old.settled else ("/*",),
        before=Inventory(
            bucket, MappingProxyType(dict.fromkeys((*wanted, *gone), "")), settled=False, revision=revision
        ),
        after=Inventory(
            bucket,
            MappingProxyType({key: file.fingerprint for key, file in wanted.items()}),
            revision=revision,
        ),
    )


def paths(keys: Iterable[str]) -> tuple[str, ...]:
    """Return what to invalidate for the keys, as CloudFront spells it; all of it when they are many.

    Characters that are not plain are encoded and no others (Amazon CloudFront Developer Guide, "Invalidate
    files to remove content", "Paths for invalidation"); a key that would read as a pattern takes all.
    """
    found = sorted(set(keys))
    if len(found) > MANY or not all(_PLAIN.fullmatch(key) for key in found):
        return ("/*",)
    spelled = ["/" + quote(key, safe=_UNENCODED) for key in found]
    return tuple(["/", *spelled] if "index.html" in found else spelled)


def _rank(file: SiteFile) -> int:
    """Return 0 for what pages need, 1 for the configuration, 2 for pages."""
    if file.key == CONFIGURATION:
        return 1
    return 2 if file.content_type.startswith("text/html") else 0


def _layer(wanted: DesiredState, name: str) -> WantedLayer | None:
    return next((layer for layer in wanted.layers if layer.layer == name), None)


def _outputs(observed: Observed, layer: WantedLayer | None, target: Target) -> Mapping[str, str]:
    found = observed.layers.get(layer.name) if layer else None
    deployed = found.deployed.get(target) if found else None
    return deployed.outputs if deployed else {}
