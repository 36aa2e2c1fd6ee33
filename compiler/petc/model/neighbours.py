"""Stages of one spec whose resources would have the same names.

Names begin with `<spec>-<stage>-`. With stages `dev` and `dev-x`, function `x-f` of the one and function `f` of
the other are both `<spec>-dev-x-f`, and so are their alarms. In one account and region the second cannot be
made; where CloudFormation does not refuse it, as with alarms, both stages write the same one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from petc.diagnostics import Code, Diagnostic, Severity
from petc.model import queries
from petc.model.types import Stage

STAGE_NAMES_COLLIDE = Code(
    "stage-names-collide",
    Severity.ERROR,
    "parts of two stages have the same names",
    "Names begin with `<spec>-<stage>-`. With stages `dev` and `dev-x`, function `x-quotes` of the first and "
    "function `quotes` of the second have one name, and their alarms too. In one account and region the second "
    "cannot be made. Rename a part or a stage, or deploy the stages to different accounts.",
)

CODES: tuple[Code, ...] = (STAGE_NAMES_COLLIDE,)


def collisions(stage: Stage, others: Iterable[Stage]) -> Iterator[Diagnostic]:
    """Yield a problem for each part of a stage whose names are those of a part of a stage with a longer name."""
    for other in others:
        if not (other.stage.startswith(f"{stage.stage}-") and _may_meet(stage, other)):
            continue
        rest = other.stage.removeprefix(f"{stage.stage}-")
        theirs = {(kind, f"{rest}-{head}"): name for kind, head, name, _ in _heads(other)}
        told = set()
        for kind, head, name, at in _heads(stage):
            if (kind, head) in theirs and at not in told:
                told.add(at)
                yield STAGE_NAMES_COLLIDE.diagnostic(
                    f"`{name}` of stage {stage.stage} and `{theirs[kind, head]}` of stage {other.stage} have the "
                    f"same names, which begin with {stage.name}-{stage.stage}-{head}",
                    pointer=at,
                    on_key=True,
                    help="rename the part or the stage, or deploy the stages to different accounts or regions",
                )


def _heads(stage: Stage) -> Iterator[tuple[str, str, str, str]]:
    """Yield what is named, what follows `<spec>-<stage>-` in its names, its part, and where the part stands.

    Functions are called by their key alone, alarms by the kind and the name of what they watch.
    """
    for key, function in stage.functions.items():
        yield "function", key, key, function.at
    for kind, part in queries.named(stage):
        yield "alarm", f"{kind}-{part.name}", part.name, part.at


def _may_meet(one: Stage, other: Stage) -> bool:
    """Whether both can be in one account and region; who is in an organizational unit is not known here."""
    accounts, others = set(one.targets.accounts), set(other.targets.accounts)
    apart = bool(accounts) and bool(others) and accounts.isdisjoint(others)
    return not apart and not set(one.targets.regions).isdisjoint(other.targets.regions)
