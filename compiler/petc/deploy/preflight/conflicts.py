"""Checks of what stands in the way: names that are taken, exports that other stacks import."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from petc.deploy.preflight.types import Lookups, PlannedTarget, PreflightFinding, Verdict


@dataclass(frozen=True, slots=True)
class NamedType:
    """A resource type whose name is unique in account and region, so that creating a second one fails.

    `existing` returns those of the names that are taken; `deletes` the command that deletes one.
    """

    type: str
    property: str
    existing: Callable[[Lookups, Sequence[str]], frozenset[str]]
    deletes: str


def names(planned: PlannedTarget, lookups: Lookups, kind: NamedType) -> Iterator[PreflightFinding]:
    """Ask which names that the deployment is about to take are taken by something outside of the stage's stacks."""
    ours = {
        name
        for type_name, properties in planned.deployed
        if type_name == kind.type and isinstance(name := properties.get(kind.property), str)
    }
    wanted = {
        name: item
        for item in planned.created(kind.type)
        if isinstance(name := item.properties.get(kind.property), str) and name not in ours
    }
    if not wanted:
        return
    for name in sorted(kind.existing(lookups, sorted(wanted)) & wanted.keys()):
        command = kind.deletes.format(name=name, region=planned.target.region)
        yield PreflightFinding(
            "names",
            Verdict.ERROR,
            planned.target,
            f"{wanted[name].logical_id} ({kind.type}) cannot be created: {name} exists, and no stack of the stage "
            "holds it",
            f"look at what it holds, then delete it with {command}, or import it into the stack",
            wanted[name].pointer,
        )


def imported_exports(planned: PlannedTarget, lookups: Lookups) -> Iterator[PreflightFinding]:
    """Ask whether stacks of others import an export that the deployment drops, which CloudFormation refuses."""
    for name in planned.dropped_exports:
        # Of an export that nobody imports CloudFormation says so by a ValidationError.
        stacks = lookups.pages(
            "cloudformation", "list_imports", "Imports", "ValidationError", ExportName=name
        )
        foreign = sorted(set(map(str, stacks)) - planned.own_stacks)
        if foreign:
            yield PreflightFinding(
                "imported-exports",
                Verdict.ERROR,
                planned.target,
                f"export {name} would be removed, and {', '.join(foreign)} imports it",
                "change the importing stack first, or keep what the export names",
            )


_PREFIX_AT_LEAST = 4
"""A shorter common beginning would list much of the account."""


def _prefixes(wanted: Sequence[str]) -> tuple[str, ...]:
    """Return what to list names by: their common beginning, or each name where they have little in common."""
    first, last = min(wanted), max(wanted)
    length = next(
        (at for at, pair in enumerate(zip(first, last, strict=False)) if pair[0] != pair[1]), len(first)
    )
    return (first[:length],) if length >= _PREFIX_AT_LEAST else tuple(wanted)


def _log_groups(lookups: Lookups, wanted: Sequence[str]) -> frozenset[str]:
    return frozenset(
        item["logGroupName"]
        for prefix in _prefixes(wanted)
        for item in lookups.pages("logs", "describe_log_groups", "logGroups", logGroupNamePrefix=prefix)
    )


def _repositories(lookups: Lookups, wanted: Sequence[str]) -> frozenset[str]:
    found = lookups.pages("ecr", "describe_repositories", "repositories")
    return frozenset(item["repositoryName"] for item in found)


def _aliases(lookups: Lookups, wanted: Sequence[str]) -> frozenset[str]:
    return frozenset(item["AliasName"] for item in lookups.pages("kms", "list_aliases", "Aliases"))


def _parameters(lookups: Lookups, wanted: Sequence[str]) -> frozenset[str]:
    return frozenset(
        item["Name"]
        for prefix in _prefixes(wanted)
        for item in lookups.pages(
            "ssm",
            "describe_parameters",
            "Parameters",
            ParameterFilters=[{"Key": "Name", "Option": "BeginsWith", "Values": [prefix]}],
        )
    )


def _functions(lookups: Lookups, wanted: Sequence[str]) -> frozenset[str]:
    return frozenset(item["FunctionName"] for item in lookups.pages("lambda", "list_functions", "Functions"))


def _trails(lookups: Lookups, wanted: Sequence[str]) -> frozenset[str]:
    return frozenset(item["Name"] for item in lookups.pages("cloudtrail", "list_trails", "Trails"))


def _each(
    service: str, operation: str, argument: str, *absent: str
) -> Callable[[Lookups, Sequence[str]], frozenset[str]]:
    """Return a look-up that asks for one name at a time and takes the `absent` errors for a free name."""

    def existing(lookups: Lookups, wanted: Iterable[str]) -> frozenset[str]:
        return frozenset(
            name
            for name in wanted
            if lookups.call(service, operation, *absent, **{argument: name}) is not None
        )

    return existing


NAMED_TYPES = (
    NamedType(
        "AWS::Logs::LogGroup",
        "LogGroupName",
        _log_groups,
        "aws logs delete-log-group --log-group-name {name} --region {region}",
    ),
    NamedType(
        "AWS::ECR::Repository",
        "RepositoryName",
        _repositories,
        "aws ecr delete-repository --repository-name {name} --force --region {region}",
    ),
    NamedType(
        "AWS::KMS::Alias", "AliasName", _aliases, "aws kms delete-alias --alias-name {name} --region {region}"
    ),
    NamedType(
        "AWS::SSM::Parameter", "Name", _parameters, "aws ssm delete-parameter --name {name} --region {region}"
    ),
    NamedType(
        "AWS::Lambda::Function",
        "FunctionName",
        _functions,
        "aws lambda delete-function --function-name {name} --region {region}",
    ),
    NamedType(
        "AWS::CloudTrail::Trail",
        "TrailName",
        _trails,
        "aws cloudtrail delete-trail --name {name} --region {region}",
    ),
    NamedType(
        "AWS::S3::Bucket",
        "BucketName",
        _each("s3", "head_bucket", "Bucket", "404", "NoSuchBucket"),
        "aws s3 rb s3://{name} --force --region {region}",
    ),
    NamedType(
        "AWS::SecretsManager::Secret",
        "Name",
        _each("secretsmanager", "describe_secret", "SecretId", "ResourceNotFoundException"),
        "aws secretsmanager delete-secret --secret-id {name} --force-delete-without-recovery --region {region}",
    ),
    NamedType(
        "AWS::IAM::Role",
        "RoleName",
        _each("iam", "get_role", "RoleName", "NoSuchEntity"),
        "aws iam delete-role --role-name {name}",
    ),
    NamedType(
        "AWS::SQS::Queue",
        "QueueName",
        _each(
            "sqs",
            "get_queue_url",
            "QueueName",
            "AWS.SimpleQueueService.NonExistentQueue",
            "QueueDoesNotExist",
        ),
        "aws sqs delete-queue --region {region} --queue-url $(aws sqs get-queue-url --queue-name {name} "
        "--region {region} --query QueueUrl --output text)",
    ),
    NamedType(
        "AWS::RDS::DBCluster",
        "DBClusterIdentifier",
        _each("rds", "describe_db_clusters", "DBClusterIdentifier", "DBClusterNotFoundFault"),
        "aws rds delete-db-cluster --db-cluster-identifier {name} --region {region}",
    ),
)
"""Types whose creation fails when the name is taken. A secret that waits for its deletion still holds its name
(Secrets Manager API Reference, DeleteSecret)."""
