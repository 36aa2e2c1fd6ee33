"""Values of a template in words: exact where they are known, by name where only the deployment knows them."""

from __future__ import annotations

import json

from petc.deploy.plan.resolve import spelled
from petc.source.tree import Json
from petc.verify import values
from petc.verify.rendered import function, mapping, sequence

_PROTOCOLS = {"-1": "all traffic", "1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6"}
"""Protocol numbers; EC2 API reference, IpPermission, and IANA, "Assigned Internet Protocol Numbers"."""


def worded(value: Json) -> str:
    """Return a value as a reader writes it: `${Bucket.Arn}/*`, `${import shop-dev-network-VpcId}`, lists by commas."""
    if isinstance(value, list):
        return ", ".join(worded(item) for item in value)
    call = function(value)
    if call is not None:
        return _called(*call)
    if isinstance(value, dict):
        return json.dumps(value, sort_keys=True, ensure_ascii=False)
    return "" if value is None else spelled(value)


def sorted_words(value: Json) -> str:
    """Return the items of a list whose order means nothing."""
    return ", ".join(sorted(worded(item) for item in (value if isinstance(value, list) else [value])))


def ports(protocol: Json, first: Json, last: Json) -> str:
    """Return protocol and ports: `tcp 443`, `udp 1024-65535`, `all traffic`."""
    name = worded(protocol)
    name = _PROTOCOLS.get(name, name)
    if (
        first is None
        or name == "all traffic"
        or (worded(first), worded(last)) in (("-1", "-1"), ("0", "65535"))
    ):
        return name
    return (
        f"{name} {worded(first)}"
        if worded(first) == worded(last)
        else f"{name} {worded(first)}-{worded(last)}"
    )


def _called(name: str, argument: Json) -> str:
    if name == "Ref":
        return f"${{{worded(argument)}}}"
    if name == "Fn::GetAtt":
        return f"${{{'.'.join(values.attribute_of(argument))}}}"
    if name == "Fn::ImportValue":
        return f"${{import {worded(argument)}}}"
    if name == "Fn::Sub":
        parts = sequence(argument)
        text = worded(parts[0] if parts else argument)
        for key, item in mapping(parts[1] if len(parts) > 1 else None).items():
            text = text.replace(f"${{{key}}}", worded(item))
        return text
    if name == "Fn::Join" and len(sequence(argument)) == 2:
        separator, items = sequence(argument)
        return worded(separator).join(worded(item) for item in sequence(items))
    if name == "Fn::Split" and len(sequence(argument)) == 2:
        return worded(sequence(argument)[1])
    if name == "Fn::Select" and len(sequence(argument)) == 2:
        index, items = sequence(argument)
        return f"{worded(items)}[{worded(index)}]"
    if name == "Fn::FindInMap":
        parts = sequence(argument)
        table = next(iter(mapping(parts[0])), worded(parts[0])) if parts else ""
        return f"${{{'.'.join([table, *(worded(part) for part in parts[1:])])}}}"
    return json.dumps({name: argument}, sort_keys=True, ensure_ascii=False)
