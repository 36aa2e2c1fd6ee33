"""Physical names: the ones that CloudFormation generates, and the ones that are taken already."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ministack.services import (
    cloudformation,
    cloudwatch,
    cloudwatch_logs,
    ecr,
    ecs,
    eventbridge,
    iam,
    kms,
    lambda_svc,
    rds,
    secretsmanager,
    sns,
    sqs,
    waf,
)
from ministack.services.cloudformation import provisioners

from petc_local.types import recorded_resources
from petc_local.types.forms import Properties, ResourceError, text

_SUFFIX = 13
"""Length of the last part of a generated name in MiniStack."""

_KEPT = 24
"""Characters of a stack's name, and of a logical id, that are kept in a name of limited length (assumed: seen in every
account, documented nowhere)."""


_SEPARATORS = re.compile("[/:]")


def enter() -> None:
    """Derive the last part of a generated name from the stack's id instead of its name.

    MiniStack's names are the same for stacks of the same name: roles of two regions would be one role, and
    a stack that is created again would meet what the one before retained. On AWS the last part is random
    ("Name type"); a stack's id is, too, and stays the same through updates.
    """
    own = provisioners._physical_name
    if not hasattr(own, "petc"):
        module: Any = provisioners
        module._physical_name = _named(own)


def _named(own: Callable[..., str]) -> Callable[..., str]:
    def name(stack_name: str, logical_id: str, **options: Any) -> str:
        made = own(stack_name, logical_id, **options)
        stack = cloudformation._stacks.get(stack_name)
        if stack is None:
            return made
        seed = provisioners._NAME_SEED.get() if options.get("seeded", True) else ""
        digest = hashlib.sha256(f"{stack['StackId']}:{logical_id}:{seed}".encode()).hexdigest()[:_SUFFIX]
        lower = bool(options.get("lowercase"))
        before = made[:-_SUFFIX] + (digest if lower else digest.upper())
        cut = _cut(stack_name, logical_id, digest, lower)
        if len(f"{stack_name}-{logical_id}-{digest}") <= len(made) or len(cut) > options.get("max_len", 128):
            return before
        # A resource that a version before created keeps its name: the end of its id, a URL or an ARN.
        ids = (str(item.get("PhysicalResourceId")) for item in (stack.get("_resources") or {}).values())
        held = {_SEPARATORS.split(one)[-1] for one in ids}
        return before if before in held else cut

    function: Any = name
    function.petc = True
    return name


def _cut(stack_name: str, logical_id: str, suffix: str, lower: bool) -> str:
    """Return a name that still says the logical id, which MiniStack cuts off together with the stack's name."""
    name = f"{stack_name[:_KEPT]}-{logical_id[:_KEPT]}-{suffix}"
    return name.lower() if lower else f"{stack_name[:_KEPT]}-{logical_id[:_KEPT]}-{suffix.upper()}"


@dataclass(frozen=True, slots=True)
class _Named:
    """The property that names a thing, and the names that are taken in the account and region of the request."""

    name: str
    taken: Callable[[], Iterator[str]]


def refuse(type_name: str, properties: Properties) -> None:
    """Raise `ResourceError` when the template names the resource as one that exists.

    AWS documents it for each service's call to create; CloudFormation's words are those of its handlers
    ("AlreadyExists" of "Handler error codes"). That it holds where the service's own call would overwrite
    (alarms, dashboards, rules) is assumed.
    """
    named = _NAMED.get(type_name)
    wanted = text(properties, named.name) if named else ""
    if named is not None and wanted and wanted in named.taken():
        raise ResourceError(f"Resource of type '{type_name}' with identifier '{wanted}' already exists.")


def _web_acls() -> Iterator[str]:
    return (str(acl["Name"]) for acl in waf._web_acls.values())


def _aliases() -> Iterator[str]:
    return (str(arn).rpartition(":")[2] for arn in kms._aliases)


def _clusters() -> Iterator[str]:
    """Return clusters that are active: an inactive one gives its name away ("DeleteCluster")."""
    return (str(name) for name, cluster in ecs._clusters.items() if cluster.get("status") == "ACTIVE")


def _rules() -> Iterator[str]:
    return (str(rule["Name"]) for rule in eventbridge._rules.values())


def _topics() -> Iterator[str]:
    return (str(arn).rpartition(":")[2] for arn in sns._topics)


def _trace_groups() -> Iterator[str]:
    return (text(group, "GroupName") for group in recorded_resources.found("AWS::XRay::Group").values())


_NAMED: Mapping[str, _Named] = {
    "AWS::CloudWatch::Alarm": _Named("AlarmName", lambda: iter(cloudwatch._alarms)),
    "AWS::CloudWatch::Dashboard": _Named("DashboardName", lambda: iter(cloudwatch._dashboards)),
    "AWS::ECR::Repository": _Named("RepositoryName", lambda: iter(ecr._repositories)),
    "AWS::ECS::Cluster": _Named("ClusterName", _clusters),
    "AWS::Events::Rule": _Named("Name", _rules),
    "AWS::IAM::Role": _Named("RoleName", lambda: iter(iam._roles)),
    "AWS::KMS::Alias": _Named("AliasName", _aliases),
    "AWS::Lambda::Function": _Named("FunctionName", lambda: iter(lambda_svc._functions)),
    "AWS::Logs::LogGroup": _Named("LogGroupName", lambda: iter(cloudwatch_logs._log_groups)),
    "AWS::RDS::DBCluster": _Named("DBClusterIdentifier", lambda: iter(rds._clusters)),
    "AWS::SNS::Topic": _Named("TopicName", _topics),
    "AWS::SQS::Queue": _Named("QueueName", lambda: iter(sqs._queue_name_to_url)),
    "AWS::SecretsManager::Secret": _Named("Name", lambda: iter(secretsmanager._secrets)),
    "AWS::WAFv2::WebACL": _Named("Name", _web_acls),
    "AWS::XRay::Group": _Named("GroupName", _trace_groups),
}
"""Types whose names MiniStack does not guard; parameters, buckets, trails and parameter groups it does."""
