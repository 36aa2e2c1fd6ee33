"""Bootstrap as a run: propose every stack's change, ask once, make them in order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from petc.deploy import service_linked_roles
from petc.deploy.aws import bootstrap_stack_sets, bootstrap_stacks, service_roles
from petc.deploy.aws.bootstrap_stack_sets import BootstrapSet, SetChange
from petc.deploy.aws.bootstrap_stacks import Places, Proposal
from petc.deploy.aws.call_settings import Settings
from petc.deploy.aws.service_roles import Lacking
from petc.deploy.bootstrap.stacks import (
    GATEWAY,
    TARGET,
    Bootstrap,
    BootstrapStack,
    names,
    require_own,
    stacks,
    surplus,
)
from petc.deploy.desired import home_region
from petc.deploy.targets import Target


@dataclass(frozen=True, slots=True)
class Proposed:
    """What a bootstrap would do.

    `proposals` wait as change sets, in the order in which they must be executed. `unchanged` are as they
    should be. `by_hand` lie in accounts that cannot be reached from here. `sets` are changes of stack sets
    that serve all accounts of organizational units. `linked` are service-linked roles that an account lacks.
    `surplus` are stacks of further policies that the stage no longer needs, by name and place.
    """

    proposals: tuple[Proposal, ...]
    unchanged: tuple[BootstrapStack, ...]
    by_hand: tuple[BootstrapStack, ...]
    sets: tuple[SetChange, ...] = ()
    linked: tuple[Lacking, ...] = ()
    surplus: tuple[tuple[str, Target], ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do from here."""
        return not (self.proposals or self.sets or self.linked or self.surplus)


def propose(asked: Bootstrap, places: Places, settings: Settings) -> Proposed:
    """Return what would change; raises `Rejected` when AWS refuses, and leaves no change set behind then.

    Accounts of organizational units are served by stack sets, unless `places` has a role to take in each.
    """
    by_sets = settings.is_service_managed and not places.role
    deployed = _deployed(asked, places, settings, by_sets=by_sets)
    require_own(asked, deployed)
    made = stacks(asked, deployed)
    of_sets = tuple(stack for stack in made if by_sets and not stack.of_administrator)
    proposals: list[Proposal] = []
    unchanged: list[BootstrapStack] = []
    by_hand: list[BootstrapStack] = []
    try:
        for stack in made:
            if stack in of_sets:
                continue
            if not places.reaches(stack.place.account):
                by_hand.append(stack)
                continue
            proposal = bootstrap_stacks.propose(places, stack.name, stack.place, stack.text)
            if proposal is None:
                unchanged.append(stack)
            else:
                proposals.append(proposal)
        wanted = _sets(of_sets, settings.organizational_units)
        linked = () if by_sets else _linked(asked, places)
        further = () if by_sets else _surplus(asked, places)
        changes = [bootstrap_stack_sets.difference(places.connection, settings, one) for one in wanted]
    except BaseException:
        discard(Proposed(tuple(proposals), (), ()), places)
        raise
    sound = [stack for stack, change in zip(_first(of_sets), changes, strict=True) if change is None]
    return Proposed(
        tuple(proposals),
        (*unchanged, *sound),
        tuple(by_hand),
        tuple(change for change in changes if change is not None),
        linked,
        further,
    )


def _surplus(asked: Bootstrap, places: Places) -> tuple[tuple[str, Target], ...]:
    """Return further stacks that the stage no longer needs, in the accounts that can be reached."""
    return surplus(
        asked,
        lambda name, place: places.reaches(place.account) and bootstrap_stacks.exists(places, name, place),
    )


def _linked(asked: Bootstrap, places: Places) -> tuple[Lacking, ...]:
    """Return the service-linked roles that reachable accounts lack, for what the stage's layers are made of."""
    services = [role.service for role in service_linked_roles.of(asked.view)]
    home = home_region(asked.stage)
    accounts = sorted({target.account for target in asked.targets if places.reaches(target.account)})
    return tuple(
        found
        for account in accounts
        for found in service_roles.lacking(places, Target(account, home), services)
    )


def _deployed(
    asked: Bootstrap, places: Places, settings: Settings, *, by_sets: bool
) -> dict[tuple[str, Target], str]:
    """Return the templates that stand, by name and place of the stack."""
    found: dict[tuple[str, Target], str] = {}
    of_sets: dict[str, str] = {}
    for name, place in names(asked):
        if by_sets and (name, place) not in names(asked, administrator_only=True):
            if name not in of_sets:
                of_sets[name] = bootstrap_stack_sets.deployed_template(places.connection, settings, name)
            text = of_sets[name]
        elif places.reaches(place.account):
            text = bootstrap_stacks.deployed_template(places, name, place)
        else:
            text = ""
        if text:
            found[name, place] = text
    return found


def _first(found: tuple[BootstrapStack, ...]) -> tuple[BootstrapStack, ...]:
    """Return one stack of each name."""
    return tuple({stack.name: stack for stack in reversed(found)}[name] for name in _names(found))


def _names(found: tuple[BootstrapStack, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(stack.name for stack in found))


def _sets(found: tuple[BootstrapStack, ...], units: tuple[str, ...]) -> tuple[BootstrapSet, ...]:
    """Return the sets that stand for these stacks, which have one text for each name."""
    return tuple(
        BootstrapSet(
            stack.name,
            stack.text,
            tuple(sorted(units)),
            tuple(sorted({other.place.region for other in found if other.name == stack.name})),
            # The roles of a target account come before what a stage adds to it.
            TARGET if stack.name not in (TARGET, GATEWAY) else "",
        )
        for stack in _first(found)
    )


def perform(proposed: Proposed, places: Places, settings: Settings, said: Callable[[str], None]) -> None:
    """Execute the proposals one after another and say each that is done; raises `Rejected` at the first failure.

    What was made before stays, and the next run goes on from there; proposals that were not reached go.
    """
    for number, proposal in enumerate(proposed.proposals):
        try:
            bootstrap_stacks.perform(places, proposal)
        except BaseException:
            discard(Proposed(proposed.proposals[number + 1 :], (), ()), places)
            raise
        said(f"{proposal.name} in {proposal.place}")
    for role in proposed.linked:
        service_roles.make(places, role)
        said(f"role of {role.service} in {role.place.account}")
    for change in proposed.sets:
        bootstrap_stack_sets.perform(places.connection, settings, change)
        said(f"{change.wanted.name} in {', '.join(change.wanted.units)}")
    # Last: until here the execution role has the rights of both.
    for name, place in reversed(proposed.surplus):
        bootstrap_stacks.remove(places, name, place)
        said(f"{name} in {place} deleted")


def discard(proposed: Proposed, places: Places) -> None:
    """Take the proposals back."""
    for proposal in proposed.proposals:
        bootstrap_stacks.discard(places, proposal)
