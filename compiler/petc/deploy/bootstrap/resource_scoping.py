"""To which resources an action may be limited: those whose names begin with the stage's.

CloudFormation makes a physical name of the stack's name, the logical id and a random part. Of a stack set's
stacks the name begins with `StackSet-`. Most services cut a long name at 24 characters of the stack's
name, so a pattern holds no more of it (assumed: seen in every account, documented nowhere). A pattern ends with
the hyphen behind the stage's name, so that stage `dev` does not match `dev2`, unless the cut takes the hyphen
away: `cut` says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
                # Actions are decided on the ARN with `:*` behind it, save for tags; CloudWatch Logs API reference,
                # "LogGroup".
                "logs:*:{account}:log-group:aws-waf-logs-{name}",
                "logs:*:{account}:log-group:aws-waf-logs-{name}:*",
                "logs:*:{account}:log-group:aws-waf-logs-{name}-*",
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
            # Those of target tracking are named by the service; Application Auto Scaling User Guide,
            # "Permissions required for API actions on target services and CloudWatch".
            "alarm": (
                "cloudwatch:*:{account}:alarm:{name}-*",
                "cloudwatch:*:{account}:alarm:TargetTracking-service/*",
            ),
            "dashboard": ("cloudwatch::{account}:dashboard/{name}-*",),
        },
        "cloudtrail": {
            "trail": ("cloudtrail:*:{account}:trail/{name}", "cloudtrail:*:{account}:trail/{name}-*")
        },
    }
)
"""By service and kind of resource: patterns of ARNs, without `arn:<partition>:`."""

_PATHS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "AWS::ApiGateway::RestApi": ("/restapis", "/restapis/*", "/tags/*"),
        "AWS::ApiGatewayV2::VpcLink": (
            "/vpclinks",
            "/vpclinks/*",
            "/v2/vpclinks",
            "/v2/vpclinks/*",
            "/tags/*",
        ),
    }
)
"""By type: paths of API Gateway's control plane, which stand for its actions; API Gateway Developer Guide,
"Actions, resources, and condition keys for API Gateway Management"."""

UNNAMED: Mapping[str, str] = MappingProxyType(
    {
        "application-autoscaling": "reading names no target",
        "cloudfront": "what creates or lists knows no resource",
        "cloudwatch": "reading names no alarm",
        "cloudformation": "reading a template names no stack",
        "ec2": "what describes knows no resource",
        "ecs": "task definitions are taken back, and settings of the account made, on no resource",
        "elasticloadbalancing": "what describes, and a web ACL's association, know no resource",
        "iam": "listing roles names none",
        "kms": "a key has no name before it is made",
        "lambda": "layers and signing configurations are read only",
        "logs": "deliveries and resource policies know no resource",
        "rds": "what describes names many resources, defaults of AWS among them",
        "route53": "a zone has no name before it is made, and the zone of an endpoint is AWS's own",
        "s3": "listing buckets names none",
        "secretsmanager": "a random password and the list of secrets name none",
        "sns": "a subscription's settings and its end know no resource",
        "servicediscovery": "a namespace has no name before it is made, and tagging knows no resource",
    }
)
"""Why some actions of a service stay on `*`; for others: what lists or describes names no resource."""

_LISTING = ("List", "Describe")

WITHOUT_RESOURCE = frozenset(
    {"sns:GetSubscriptionAttributes", "sns:SetSubscriptionAttributes", "sns:Unsubscribe"}
)
"""Actions for which the Service Authorization Reference ("Amazon SNS") names no resource, so that a statement with one
grants nothing. Its machine-readable form names the topic; `*` is right either way."""


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
    kinds = () if action in WITHOUT_RESOURCE else limited_to(action) or ()
    named = _NAMED.get(service, {})
    patterns = tuple(dict.fromkeys(pattern for kind in kinds for pattern in named.get(kind, ())))
    if not patterns or (verb.startswith(_LISTING) and service != "s3"):
        return ("*",)
    made = (organizer + name + "-")[:_KEPT]
    return tuple(
        _HEAD
        + pattern.format(account=_ACCOUNT, made=made, lower=made.lower(), name=name, path=root.strip("/"))
        for pattern in patterns
    )


def paths(types: Iterable[str]) -> tuple[str, ...]:
    """Return the ARN patterns of API Gateway's control plane for the types of a stage."""
    found = dict.fromkeys(path for name in sorted(set(types)) for path in _PATHS.get(name, ()))
    return tuple(f"{_HEAD}apigateway:*::{path}" for path in found)


def cut(name: str, organizer: str) -> bool:
    """Whether names are cut before the hyphen, so that a pattern also fits longer names of other stages."""
    return len(organizer + name) >= _KEPT


_HEAD = "arn:${AWS::Partition}:"
_ACCOUNT = "${AWS::AccountId}"
