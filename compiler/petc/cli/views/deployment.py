"""What a deployment says when it is done: where things are, what is still to do, and what a local result is worth."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from petc.cli.views.local_addresses import answering
from petc.deploy import images
from petc.deploy.images import Images
from petc.deploy.operations.status import Output
from petc.deploy.site.sync import Synchronised
from petc.deploy.targets import folded
from petc.report.columns import columns

_SHOWN = 4
"""Values of one output that are shown; `petc status` has the others."""


def addresses(outputs: Iterable[Output], endpoint: str, width: int) -> Iterator[str]:
    """Yield the outputs for people, with where they answer on this machine when `endpoint` is the local AWS."""
    rows = []
    for output in outputs:
        for target, value in list(output.values.items())[:_SHOWN]:
            where = str(target) if len(output.values) > 1 else ""
            rows.append((output.name, where, value))
            if endpoint and "." in value:  # a name that is no address, such as a bucket's, answers nowhere
                here = answering(value, endpoint)
                rows.append(("", "", f"here: {here}" if here else "here: recorded only"))
        if (left := len(output.values) - _SHOWN) > 0:
            rows.append(("", "", f"and {left} more, which petc status shows"))
    yield from columns(rows, width, "  ", whole=True)


def site(done: Iterable[Synchronised]) -> Iterator[str]:
    """Yield what happened to the site's files."""
    for item in done:
        if not item.unchanged:
            yield (
                f"site in {item.target}: {item.written} written, {item.removed} removed, "
                f"{len(item.invalidated)} paths invalidated"
            )


def waiting(found: Images, *, explained: bool) -> Iterator[str]:
    """Yield which services have no tasks because their image is missing, and, `explained`, how to push it."""
    absent = [item for item in found.missing if not item.running]
    if absent:
        names = ", ".join(dict.fromkeys(f"{item.service}:{item.tag}" for item in absent))
        where = folded({item.target for item in absent})
        yield f"no tasks yet in {where}: these images are not in their repositories: {names}"
        yield "push them, then run petc deploy again, which starts the tasks" + (":" if explained else "")
        if explained:
            yield from (f"  {line}" for line in images.commands(absent))
    for target, service, other in found.waiting:
        yield f"{service} in {target} has no tasks yet: it comes after {other}"


def honesty(totals: Mapping[str, int]) -> str:
    """Return what a deployment to the local AWS shows, and what it does not."""
    runs, answers, recorded = (totals.get(name, 0) for name in ("runs", "answers", "recorded"))
    return (
        f"on this machine {runs} of {runs + answers + recorded} resources do their job, {answers} only answer "
        f"their API, {recorded} are recorded and not deployed; petc local status lists them"
    )
