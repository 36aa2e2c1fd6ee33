"""Names that are taken: CloudFormation refuses to make a second thing of one name, MiniStack would take it over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from ministack.services import (
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

from petc.local.types import records
from petc.local.types.forms import Properties, ResourceError, text


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
    return (text(group, "GroupName") for group in records.found("AWS::XRay::Group").values())


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
