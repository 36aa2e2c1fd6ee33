"""To which resources an action may be limited: those whose names begin with the stage's.

CloudFormation makes a physical name of the stack's name, the logical id and a random part. Of a stack set's
stacks the name begins with `StackSet-`. Most services cut a long name at 24 characters of the stack's
name, so a pattern holds no more of it (assumed: seen in every account, documented nowhere).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from petc.resources.actions import limited_to

_KEPT = 24
"""Characters of a stack's name that survive in a physical name of limited length."""

_NAMED: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "iam": {"role": ("iam::{account}:role/{made}*",)},
        "s3": {"bucket": ("s3:::{lower}*",), "object": ("s3:::{lower}*/*",)},
        "lambda": {
            "function": ("lambda:*:{account}:function:{name}-*",),
            "function alias": ("lambda:*:{account}:function:{name}-*",),
            "function version": ("lambda:*:{account}:function:{name}-*",),
        },
        "ecr": {"repository": ("ecr:*:{account}:repository/{name}/*",)},
        "logs": {
            "log-group": (
                "logs:*:{account}:log-group:/{path}/*",
                "logs:*:{account}:log-group:/aws/rds/cluster/{lower}*",
                "logs:*:{account}:log-group:aws-waf-logs-{name}*",
            ),
        },
        "sns": {"topic": ("sns:*:{account}:{made}*",)},
        "sqs": {"queue": ("sqs:*:{account}:{made}*",)},
        "ssm": {"parameter": ("ssm:*:{account}:parameter/{path}/*",)},
        "events": {
            "rule-on-default-event-bus": ("events:*:{account}:rule/{made}*",),
            "rule-on-custom-event-bus": ("events:*:{account}:rule/{made}*",),
            "rule": ("events:*:{account}:rule/{made}*",),
        },
        "cloudwatch": {
            "alarm": ("cloudwatch:*:{account}:alarm:{name}-*",),
            "dashboard": ("cloudwatch::{account}:dashboard/{name}*",),
        },
        "cloudtrail": {"trail": ("cloudtrail:*:{account}:trail/{name}*",)},
    }
)
"""By service and kind of resource: patterns of ARNs, without `arn:<partition>:`."""

UNNAMED: Mapping[str, str] = MappingProxyType(
    {
        "apigateway": "paths of APIs hold an id that AWS chooses",
        "application-autoscaling": "targets have an id that AWS chooses",
        "cloudfront": "distributions have an id that AWS chooses",
        "ec2": "networks, groups and addresses have an id that AWS chooses",
        "ecs": "a family's name is made of the stack's without its hyphens and cut",
        "elasticloadbalancing": "a name of 32 characters keeps too little of the stack's",
        "kms": "keys have an id that AWS chooses",
        "rds": "one action names clusters, parameter groups, snapshots and defaults of AWS at once",
        "route53": "zones have an id that AWS chooses",
        "secretsmanager": "a secret's name begins with its logical id, not with the stack's name",
        "servicediscovery": "namespaces and services have an id that AWS chooses",
        "wafv2": "one action names a list, the rules it uses and what it protects",
        "xray": "groups and rules have an id that AWS chooses",
    }
)
"""Why the actions of a service stay on `*`."""

_LISTING = ("List", "Describe")


def resources(action: str, name: str, root: str, organizer: str) -> tuple[str, ...]:
    """Return the ARN patterns that an action is limited to, with `${AWS::…}` for `Fn::Sub`, or `("*",)`.

    `name` is `<spec>-<stage>`, `root` the path of its parameters, `organizer` what stands before the name
    in the names of stacks (`StackSet-`, or nothing). What lists or describes stays on `*`, because it names
    no resource or many. An action that takes several kinds of resource is limited to the kinds that layers
    name.
    """
    service, _, verb = action.partition(":")
    if service == "iam" and "ServiceLinkedRole" in verb:
        return (f"{_HEAD}iam::{_ACCOUNT}:role/aws-service-role/*",)
    kinds = limited_to(action) or ()
    named = _NAMED.get(service, {})
    patterns = tuple(dict.fromkeys(pattern for kind in kinds for pattern in named.get(kind, ())))
    if not patterns or (verb.startswith(_LISTING) and service != "s3"):
        return ("*",)
    made = (organizer + name)[:_KEPT]
    return tuple(
        _HEAD
        + pattern.format(account=_ACCOUNT, made=made, lower=made.lower(), name=name, path=root.strip("/"))
        for pattern in patterns
    )


_HEAD = "arn:${AWS::Partition}:"
_ACCOUNT = "${AWS::AccountId}"
