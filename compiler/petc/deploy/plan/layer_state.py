"""Each layer as it stands and as it should stand, target by target, with what lies between."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from petc.deploy.desired import DesiredState, WantedLayer
from petc.deploy.observed import INOPERABLE, Deployed, Observed, ObservedLayer
from petc.deploy.plan.templates import Template, same, template, values
from petc.deploy.targets import Target

EMPTY = template("{}\n")
"""The template of a stack that is not there."""


NEEDS_RECOVERY = frozenset(
    {
        "CREATE_FAILED",
        "DELETE_FAILED",
        "REVIEW_IN_PROGRESS",
        "ROLLBACK_COMPLETE",
        "ROLLBACK_FAILED",
        "UPDATE_FAILED",
        "UPDATE_ROLLBACK_FAILED",
    }
)
"""Stack statuses from which no update leads on; AWS CloudFormation User Guide, "Stack status codes"."""


_STEM = re.compile(r"[0-9]{2}-(?![0-9]{2}-)[A-Za-z0-9-]+")


@dataclass(frozen=True, slots=True)
class LayerState:
    """One layer, whether it is wanted, deployed or both.

    `standing` are wanted targets with a stack, `lost` those whose stack is gone although the stack set knows
    it, `fresh` those where nothing is yet. `going` are targets of the stage in which a layer stands that the
    spec no longer has, `surplus` deployed ones that are no targets of the stage any more. `variants` are the
    distinct templates that stand in `cells`. `departed` are targets in accounts that left their organizational
    unit or were closed: their instances are given up and their stacks retained. A `frozen` layer stays as it
    stands.
    """

    layer: str
    stem: str
    name: str
    wanted: WantedLayer | None
    observed: ObservedLayer | None
    new: Template | None
    standing: tuple[Target, ...]
    lost: tuple[Target, ...]
    fresh: tuple[Target, ...]
    going: tuple[Target, ...]
    surplus: tuple[Target, ...]
    variants: tuple[Template, ...]
    frozen: bool = False
    departed: tuple[Target, ...] = ()

    @property
    def cells(self) -> tuple[Target, ...]:
        """The targets in which layers that go on may use what stands of this one now."""
        return self.standing if self.wanted else self.going

    @property
    def missing(self) -> tuple[Target, ...]:
        """The targets in which stacks are wanted and none stands."""
        return tuple(sorted((*self.lost, *self.fresh)))

    @property
    def places(self) -> tuple[Target, ...]:
        """Every target in which the layer is wanted or deployed."""
        return (*self.standing, *self.lost, *self.fresh, *self.going, *self.surplus)

    def deployed(self, target: Target) -> Deployed:
        """Return what stands in a target; it is an error to ask where nothing does."""
        assert self.observed is not None
        return self.observed.deployed[target]

    def exists(self, target: Target) -> bool:
        """Whether a stack stands in a target."""
        return self.observed is not None and (
            target in self.observed.deployed and self.observed.deployed[target].exists
        )

    def old(self, target: Target) -> Template:
        """Return the template that stands in a target, an empty one where there is no stack."""
        text = self.deployed(target).template if self.exists(target) else ""
        return template(text) if text else EMPTY

    def old_values(self, target: Target) -> dict[str, str]:
        """Return the parameter values of the stack in a target."""
        if not self.exists(target):
            return {}
        return values(self.old(target), self.deployed(target).parameters)

    def new_values(self, target: Target) -> dict[str, str]:
        """Return the parameter values that the stack in a target should have, defaults included."""
        if self.wanted is None or self.new is None:
            return {}
        return values(self.new, self.wanted.parameters.get(target, {}))

    def settled(self, present: Mapping[str, str]) -> dict[str, str]:
        """Return the values that the stack set should have itself; `present` are those that it has.

        They are those of the first target, but a present value stays while any target has it: changing it
        would have every instance that follows the set overridden before, and nothing else gained.
        """
        goals = [self.new_values(target) for target in sorted((*self.standing, *self.missing))]
        return {
            name: present[name] if any(own.get(name) == present.get(name) for own in goals) else value
            for name, value in (goals[0] if goals else {}).items()
        }

    def differs(self, target: Target) -> bool:
        """Whether the stack in a standing target has another template or other values than it should."""
        assert self.new is not None
        text = self.deployed(target).template
        return not same(text, self.new.text) or self.old_values(target) != self.new_values(target)


def cases(wanted: DesiredState, observed: Observed, only: Collection[str] = ()) -> tuple[LayerState, ...]:
    """Return the wanted layers in deployment order, then those that the spec no longer has.

    With names in `only` (of layers, or the stems of their files) all others stay as they stand.
    """
    found: list[LayerState] = []
    for layer in wanted.layers:
        held = observed.layers.get(layer.name)
        if not only or layer.layer in only or layer.stem in only:
            found.append(_wanted(layer, wanted.targets, held))
        elif held is not None:
            found.append(_frozen(held, layer.layer, layer.stem, layer.depends_on))
    names = {layer.name for layer in wanted.layers}
    for name in sorted(observed.layers.keys() - names):
        held = observed.layers[name]
        stem = name.removeprefix(wanted.prefix)
        label = held.tags.get("petc:layer", stem)
        if not name.startswith(wanted.prefix) or not _ours(held, stem, wanted):
            continue
        if not only or label in only or stem in only:
            found.append(_unwanted(held, label, stem, wanted.targets))
        else:
            found.append(_frozen(held, label, stem, ()))
    return tuple(found)


def _frozen(held: ObservedLayer, label: str, stem: str, depends_on: tuple[str, ...]) -> LayerState:
    """Return a layer that is wanted just as it stands."""
    standing = tuple(
        target for target, item in sorted(held.deployed.items()) if item.exists and not item.departed
    )
    variants = _variants(held, standing)
    text = variants[0].text if variants else EMPTY.text
    layer = WantedLayer(
        layer=label,
        stem=stem,
        name=held.name,
        template=text,
        sha256=template(text).digest,
        depends_on=depends_on,
        capabilities=(),
        parameters={target: held.deployed[target].parameters for target in standing},
    )
    return LayerState(
        label, stem, held.name, layer, held, template(text), standing, (), (), (), (), variants, frozen=True
    )


def _ours(layer: ObservedLayer, stem: str, wanted: DesiredState) -> bool:
    """Whether a stack set whose name begins like ours is one of ours: `shop-dev-eu` is another stage."""
    told = (layer.tags.get("petc:spec"), layer.tags.get("petc:stage"))
    if None not in told:
        return told == (wanted.spec, wanted.stage)
    return _STEM.fullmatch(stem) is not None


def _wanted(layer: WantedLayer, targets: tuple[Target, ...], observed: ObservedLayer | None) -> LayerState:
    deployed = observed.deployed if observed else {}
    there = [target for target in targets if target in deployed]
    standing = tuple(target for target in there if deployed[target].exists)
    return LayerState(
        layer=layer.layer,
        stem=layer.stem,
        name=layer.name,
        wanted=layer,
        observed=observed,
        new=template(layer.template),
        standing=standing,
        lost=tuple(target for target in there if not deployed[target].exists),
        fresh=tuple(target for target in targets if target not in deployed),
        going=(),
        surplus=tuple(sorted(set(deployed) - set(targets) - _departed(observed))),
        variants=_variants(observed, standing),
        departed=tuple(sorted(_departed(observed))),
    )


def _unwanted(layer: ObservedLayer, label: str, stem: str, targets: tuple[Target, ...]) -> LayerState:
    going = tuple(target for target in sorted(layer.deployed) if target in targets)
    return LayerState(
        layer=label,
        stem=stem,
        name=layer.name,
        wanted=None,
        observed=layer,
        new=None,
        standing=(),
        lost=(),
        fresh=(),
        going=going,
        surplus=tuple(sorted(set(layer.deployed) - set(going) - _departed(layer))),
        variants=_variants(layer, going),
        departed=tuple(sorted(_departed(layer))),
    )


def _departed(observed: ObservedLayer | None) -> set[Target]:
    return {target for target, item in observed.deployed.items() if item.departed} if observed else set()


def _variants(observed: ObservedLayer | None, targets: tuple[Target, ...]) -> tuple[Template, ...]:
    texts = dict.fromkeys(observed.deployed[target].template for target in targets) if observed else {}
    return tuple(template(text) for text in texts if text)


def living(every: Collection[LayerState]) -> frozenset[Target]:
    """Return the targets in which anything stands."""
    return frozenset(target for case in every for target in case.places if case.exists(target))


def stuck(case: LayerState) -> Iterator[Deployed]:
    """Yield what stands in a state from which no update leads on."""
    for deployed in case.observed.deployed.values() if case.observed and not case.frozen else ():
        if deployed.departed:
            continue
        if deployed.stack_status in NEEDS_RECOVERY or (deployed.standing == INOPERABLE and deployed.exists):
            yield deployed
