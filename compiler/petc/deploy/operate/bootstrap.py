"""Bootstrap as a run: propose every stack's change, ask once, make them in order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from petc.deploy.aws import bootstrap_stack
from petc.deploy.aws.bootstrap_stack import Places, Proposal
from petc.deploy.operate.bootstrap_stacks import Bootstrap, BootstrapStack, names, stacks


@dataclass(frozen=True, slots=True)
class Proposed:
    """What a bootstrap would do.

    `proposals` wait as change sets, in the order in which they must be executed. `unchanged` are as they
    should be. `by_hand` lie in accounts that cannot be reached from here.
    """

    proposals: tuple[Proposal, ...]
    unchanged: tuple[BootstrapStack, ...]
    by_hand: tuple[BootstrapStack, ...]


def propose(asked: Bootstrap, places: Places) -> Proposed:
    """Return what would change; raises `Rejected` when AWS refuses, and leaves no change set behind then."""
    deployed = {
        (name, place): text
        for name, place in names(asked)
        if places.reaches(place.account) and (text := bootstrap_stack.deployed_template(places, name, place))
    }
    proposals: list[Proposal] = []
    unchanged: list[BootstrapStack] = []
    by_hand: list[BootstrapStack] = []
    try:
        for stack in stacks(asked, deployed):
            if not places.reaches(stack.place.account):
                by_hand.append(stack)
                continue
            proposal = bootstrap_stack.propose(places, stack.name, stack.place, stack.text)
            if proposal is None:
                unchanged.append(stack)
            else:
                proposals.append(proposal)
    except BaseException:
        discard(Proposed(tuple(proposals), (), ()), places)
        raise
    return Proposed(tuple(proposals), tuple(unchanged), tuple(by_hand))


def perform(proposed: Proposed, places: Places, said: Callable[[Proposal], None]) -> None:
    """Execute the proposals one after another and say each one that is done; raises `Rejected` at the first failure.

    What was made before stays, and the next run goes on from there; proposals that were not reached go.
    """
    for number, proposal in enumerate(proposed.proposals):
        try:
            bootstrap_stack.perform(places, proposal)
        except BaseException:
            discard(Proposed(proposed.proposals[number + 1 :], (), ()), places)
            raise
        said(proposal)


def discard(proposed: Proposed, places: Places) -> None:
    """Take the proposals back."""
    for proposal in proposed.proposals:
        bootstrap_stack.discard(places, proposal)
