"""The order of deployment, computed from what layers import; the numbers of the layers are only labels."""

from __future__ import annotations

from collections.abc import Iterable

from petc.layers.base import LayerTemplate


def waves(layers: Iterable[LayerTemplate]) -> tuple[tuple[LayerTemplate, ...], ...]:
    """Return the layers in waves: each layer stands after all that it imports from, as early as it can.

    Layers of one wave do not depend on each other and are deployed at the same time. A layer that imports
    from one that is not there waits for nothing more; layers in a circle make up the last wave. The link
    check reports both.
    """
    waiting = {layer.layer: layer for layer in sorted(layers, key=lambda layer: layer.number)}
    ordered: list[tuple[LayerTemplate, ...]] = []
    while waiting:
        ready = tuple(
            layer
            for layer in waiting.values()
            if not any(producer in waiting for producer in layer.producers)
        )
        wave = ready or tuple(waiting.values())
        ordered.append(wave)
        for layer in wave:
            del waiting[layer.layer]
    return tuple(ordered)
