"""A site brought into its bucket in every target: changed files only, and nothing by force."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from petc.deploy.aws.artifact_bucket import bucket_of
from petc.deploy.aws.concurrency import together
from petc.deploy.aws.connection import Connection
from petc.deploy.desired import DesiredState
from petc.deploy.observed import Observed
from petc.deploy.site import bucket
from petc.deploy.site.inventory import Changes, SitePlace, changes, inventory_key, places, with_configuration
from petc.deploy.site.objects import SiteFile
from petc.deploy.targets import Target
from petc.model.types import Frontend
from petc.output.manifest import digest


@dataclass(frozen=True, slots=True)
class Synchronised:
    """What happened to the site in a target: counts of objects, and the paths that were invalidated."""

    target: Target
    bucket: str
    written: int
    removed: int
    invalidated: tuple[str, ...]

    @property
    def unchanged(self) -> bool:
        """Whether everything lay there already."""
        return not (self.written or self.removed)


def synchronise(
    connection: Connection,
    site: Frontend,
    files: Iterable[SiteFile],
    wanted: DesiredState,
    observed: Observed,
) -> tuple[Synchronised, ...]:
    """Bring the files, and the configuration, into the bucket of each target whose layer stands.

    `observed` is a look after the layers were deployed: their outputs name bucket, distribution and API. A
    target in which nothing changed costs one call. A run that is killed is completed by the next one.
    Raises `Rejected` with what AWS refused, for all targets at once.
    """
    every = tuple(files)
    return together(lambda place: _in_place(connection, place, every, wanted), places(site, wanted, observed))


def _in_place(
    connection: Connection, place: SitePlace, files: tuple[SiteFile, ...], wanted: DesiredState
) -> Synchronised:
    region = place.target.region
    notes = bucket_of(connection.account, region, wanted.buckets[region])
    key = inventory_key(wanted, place.target)
    found = changes(with_configuration(files, place), place.bucket, bucket.noted(connection, notes, key))
    if found.is_empty:
        return Synchronised(place.target, place.bucket, 0, 0, ())
    bucket.note(connection, notes, key, found.before)
    for group in _in_order(found):
        together(lambda file: bucket.put(connection, place, file), group)
    bucket.remove(connection, place, found.deletions)
    name = f"petc-{found.after.revision}-{digest(found.after.to_bytes())[:16]}"
    bucket.invalidate(connection, place, found.paths, name)
    bucket.note(connection, notes, key, found.after)
    return Synchronised(place.target, place.bucket, len(found.uploads), len(found.deletions), found.paths)


def _in_order(found: Changes) -> tuple[tuple[SiteFile, ...], ...]:
    """Return the uploads in two groups, pages in the second: no page names what is not there yet."""
    pages = tuple(file for file in found.uploads if file.content_type.startswith("text/html"))
    others = tuple(file for file in found.uploads if file not in pages)
    return (others, pages)
