"""What each broken state needs, decided from what stands. Pure.

States and ways out after the AWS CloudFormation User Guide: "Stack status codes", "Continue rolling back an
update", "Troubleshooting StackSets" (an inoperable instance is deleted with its stack retained).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from enum import Enum

from petc.deploy.observed import INOPERABLE, Deployed, Observed, ObservedLayer
from petc.deploy.targets import Target


class Cure(Enum):
    """What is done about a state."""

    WAIT_OPERATION = "wait for the operation"
    STOP_OPERATION = "stop the operation"
    WAIT_STACK = "wait for the stack"
    CONTINUE_ROLLBACK = "continue the rollback"
    DELETE_STACK = "delete the stack"
    DELETE_INSTANCE = "delete the instance with its stack"
    FORGET_INSTANCE = "forget the instance and keep its stack"
    ADOPT_STACK = "forget the instance and import its stack again"


_OF_INSTANCES = frozenset({Cure.DELETE_INSTANCE, Cure.FORGET_INSTANCE, Cure.ADOPT_STACK})


@dataclass(frozen=True, slots=True)
class Remedy:
    """One thing to do, in the order of the tuple that it stands in.

    `state` is what was found and `why` what the cure rests on. `resources` are the logical ids that a
    rollback skips, or a deletion keeps. `target` is empty for what concerns a whole stack set.
    """

    cure: Cure
    stem: str
    name: str
    target: Target | None
    stack_id: str
    state: str
    why: str
    resources: tuple[str, ...] = ()

    @property
    def acts_on_stack(self) -> bool:
        """Whether it is a call on the stack itself, which needs rights in its account."""
        return self.cure in (Cure.CONTINUE_ROLLBACK, Cure.DELETE_STACK)

    @property
    def acts_on_instance(self) -> bool:
        """Whether it is an operation of the stack set."""
        return self.cure in _OF_INSTANCES


_NEVER_MADE = frozenset({"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED"})


def remedies(
    observed: Observed,
    prefix: str,
    *,
    sets: bool,
    skip: Collection[str] = (),
    retain: Collection[str] = (),
    stop: bool = False,
    wanted: Callable[[str, Target], bool] = lambda name, target: True,
    reached: Callable[[str], bool] = lambda account: True,
) -> tuple[Remedy, ...]:
    """Return what is to be done, first things first; nothing when `petc deploy` can go on by itself.

    `sets` says that layers are stack sets. `skip` names resources that a rollback leaves as they are,
    `retain` those that a deletion leaves standing; they are taken only where a state needs them. `stop` ends
    operations that run instead of waiting for them. What waits behind an operation is decided anew once it
    has ended. `wanted` tells whether the stage has a layer in a target, `reached` whether calls on stacks can
    be made in an account.
    """
    choice = _Choice(sets, tuple(skip), tuple(retain), stop, wanted, reached)
    return tuple(
        remedy
        for name, layer in sorted(observed.layers.items())
        for remedy in _of_layer(name.removeprefix(prefix), layer, choice)
    )


@dataclass(frozen=True, slots=True)
class _Choice:
    """What the remedies of a stage depend on besides its state; see `remedies`."""

    sets: bool
    skip: tuple[str, ...]
    retain: tuple[str, ...]
    stop: bool
    wanted: Callable[[str, Target], bool]
    reached: Callable[[str], bool]


def _of_layer(stem: str, layer: ObservedLayer, choice: _Choice) -> Iterator[Remedy]:
    if layer.busy and choice.sets:  # of plain stacks, those that move are waited for one by one
        cure = Cure.STOP_OPERATION if choice.stop else Cure.WAIT_OPERATION
        why = "a stack set takes one operation at a time"
        yield Remedy(cure, stem, layer.name, None, layer.busy, "operation running", why)
        return
    for target in sorted(layer.deployed):
        one = layer.deployed[target]
        # An instance in an account that left its unit is given up by petc deploy, whatever its state.
        if not one.departed:
            yield from _of_stack(stem, layer.name, one, choice)


def _of_stack(stem: str, name: str, one: Deployed, choice: _Choice) -> Iterator[Remedy]:
    sets = choice.sets

    def remedy(cure: Cure, why: str, resources: tuple[str, ...] = ()) -> Remedy:
        state = one.stack_status or one.standing
        return Remedy(cure, stem, name, one.target, one.stack_id, state, why, resources)

    status = one.stack_status
    if status == "REVIEW_IN_PROGRESS":
        yield remedy(Cure.DELETE_STACK, "a change set was made for it and never executed, so it is empty")
    elif status == "UPDATE_ROLLBACK_FAILED":
        yield remedy(
            Cure.CONTINUE_ROLLBACK,
            "nothing else can be done with the stack until it is rolled back",
            choice.skip,
        )
        if one.standing == INOPERABLE and sets:
            yield remedy(
                Cure.ADOPT_STACK, "the set gave the instance up; once rolled back its stack is sound"
            )
    elif status.endswith("_IN_PROGRESS"):
        yield remedy(Cure.WAIT_STACK, "it changes now, and takes no other call")
    elif status in _NEVER_MADE:
        cure = Cure.DELETE_INSTANCE if sets else Cure.DELETE_STACK
        yield remedy(cure, "it never stood, and can only be deleted and made again")
    elif status == "DELETE_FAILED":
        if sets and not choice.retain and not choice.reached(one.target.account):
            # Its stack set deletes it by its own role; only --retain takes a call in the account.
            yield remedy(Cure.DELETE_INSTANCE, "a resource could not be deleted, and is tried once more")
            return
        yield remedy(
            Cure.DELETE_STACK,
            "a resource could not be deleted; what is named by --retain stays",
            choice.retain,
        )
        if sets:
            yield remedy(Cure.FORGET_INSTANCE, "its stack is gone then, and the set must know")
    elif one.standing == INOPERABLE and sets:
        if one.exists and not status and not choice.wanted(name, one.target):
            why = "the stage leaves the target and its stack cannot be read; whatever stands there stays"
            yield remedy(Cure.FORGET_INSTANCE, why)
        elif one.exists:
            yield remedy(Cure.ADOPT_STACK, "the set gave the instance up, and its stack is sound")
        else:
            yield remedy(Cure.FORGET_INSTANCE, "the set gave the instance up, and it has no stack")
