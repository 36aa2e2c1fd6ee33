"""Mends topics: the key and the settings of delivery that MiniStack's CloudFormation ignores."""

from __future__ import annotations

import json

from ministack.services import sns

from petc_local.types.forms import Attributes, Made, Properties, text
from petc_local.types.patching import Mend

_KEPT = ("KmsMasterKeyId", "SignatureVersion", "TracingConfig")


def _topic(physical_id: str, old: Properties, new: Properties, attributes: Attributes) -> Made:
    held = sns._topics[physical_id]["attributes"]
    for name in _KEPT:
        if name in new:
            held[name] = text(new, name)
        elif name in old:
            held.pop(name, None)
    if "DeliveryPolicy" in new:
        held["DeliveryPolicy"] = json.dumps(new["DeliveryPolicy"])
    return physical_id, attributes


MENDS = {"AWS::SNS::Topic": Mend(made=_topic)}
"""The types that this module mends."""
