"""The digest of what was observed, by which an executor tells that the world has moved."""

from __future__ import annotations

import hashlib
import json
from functools import cache

from petc.deploy.observed import Observed


def digest(observed: Observed) -> str:
    """Return the digest of all that a plan is made from.

    Reasons and running operations are left out: they change without a change of what stands.
    """
    texts = cache(lambda text: hashlib.sha256(text.encode()).hexdigest())
    content = [
        [
            name,
            texts(layer.template),
            dict(layer.parameters),
            dict(layer.tags),
            [
                [
                    str(target),
                    item.standing,
                    item.stack_id,
                    item.stack_status,
                    texts(item.template),
                    dict(item.parameters),
                    dict(item.outputs),
                    item.departed,
                    sorted((item.overrides or {}).items()),
                ]
                for target, item in sorted(layer.deployed.items())
            ],
        ]
        for name, layer in sorted(observed.layers.items())
    ]
    return hashlib.sha256(json.dumps([observed.account, content], sort_keys=True).encode()).hexdigest()
