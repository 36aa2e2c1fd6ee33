"""Checks of what a deployment uses and does not create: certificates, hosted zones, models, values of secrets."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator

from petc.deploy import service_linked_roles
from petc.deploy.images import MissingImage
from petc.deploy.preflight.types import (
    Lookups,
    NotAnswered,
    NotReached,
    PlannedResource,
    PlannedTarget,
    PreflightFinding,
    Verdict,
)
from petc.deploy.service_linked_roles import ServiceLinkedRole
from petc.deploy.targets import Target
from petc.source.tree import Json
from petc.verify.rendered import walk

EXECUTION = "execution-role"

_CERTIFICATE = re.compile(r"arn:[a-z-]+:acm:(?P<region>[a-z0-9-]+):(?P<account>\d{12}):certificate/\S+")
_MODEL = re.compile(
    r"arn:(?:\$\{AWS::Partition\}|[a-z-]+):bedrock:(?P<region>\$\{AWS::Region\}|[a-z0-9-]+)::"
    r"foundation-model/(?P<model>[A-Za-z0-9.:_-]+)"
)
_SITE = "AWS::CloudFront::Distribution"
_SITE_REGION = "us-east-1"
"""CloudFront takes certificates of this region only: CloudFront Developer Guide, "Requirements for using SSL/TLS
certificates with CloudFront"."""


def images(missing: Iterable[MissingImage], ready: Collection[Target]) -> Iterator[PreflightFinding]:
    """Yield the images that are missing where their repositories exist (`ready`), for each target at once.

    Before, none can be there. Asks nothing: the plan has looked images up, since it starts no task without one.
    """
    absent: dict[Target, list[MissingImage]] = {}
    for item in missing:
        if item.target in ready and not item.running:
            absent.setdefault(item.target, []).append(item)
    for target, items in absent.items():
        named = ", ".join(f"{item.repository}:{item.tag}" for item in items)
        yield PreflightFinding(
            "images",
            Verdict.WARNING,
            target,
            f"{', '.join(item.service for item in items)} start no tasks, for want of their images: {named}",
            "push the images, then run petc deploy again",
            f"{items[0].at}/image",
        )


def execution_role(planned: PlannedTarget, lookups: Lookups) -> Iterator[PreflightFinding]:
    """Ask whether the account has the role with which CloudFormation creates what is planned there.

    Without this, a target that leaves could be deleted before its successor turns out to be an account that was
    never bootstrapped. So an account that cannot be looked at is an error too, unless it has stacks of the stage.
    """
    if not planned.role or not planned.resources:
        return
    account = planned.target.account
    try:
        if lookups.call("iam", "get_role", "NoSuchEntity", RoleName=planned.role) is not None:
            return
        message = f"account {account} has no role {planned.role}, with which CloudFormation creates resources"
    except NotReached as fault:
        if planned.own_stacks:
            raise
        message = f"account {account} does not seem to be bootstrapped: {fault.reason}"
    way_out = "run petc bootstrap for that account, with --role, or have its administrator run it"
    yield PreflightFinding(EXECUTION, Verdict.ERROR, planned.target, message, way_out)


def service_roles(planned: PlannedTarget, lookups: Lookups) -> Iterator[PreflightFinding]:
    """Ask whether the account has the service-linked roles of what is created there.

    A service makes its role at the first use, and that first use can fail while the role is not there yet (Amazon
    ECS Developer Guide, "Using service-linked roles"). `petc bootstrap` makes them, but not in accounts that a
    stage reaches through an organizational unit.
    """
    needed: dict[ServiceLinkedRole, PlannedResource] = {}
    for resource in planned.resources:
        role = service_linked_roles.needed_by(resource.type, resource.properties)
        if role and not resource.deployed:
            needed.setdefault(role, resource)
    account = planned.target.account
    for role, resource in sorted(needed.items(), key=lambda item: item[0]):
        if lookups.call("iam", "get_role", "NoSuchEntity", RoleName=role.role) is None:
            yield PreflightFinding(
                "service-linked-roles",
                Verdict.WARNING,
                planned.target,
                f"account {account} has no role {role.role} yet; {role.service} makes it at the first use, which can "
                "fail once",
                f"in account {account}: aws iam create-service-linked-role --aws-service-name {role.service}",
                resource.pointer,
            )


def certificates(planned: PlannedTarget, lookups: Lookups) -> Iterator[PreflightFinding]:
    """Ask whether each certificate is one of this account and region, and issued."""
    for resource in planned.of("AWS::ElasticLoadBalancingV2::Listener", "AWS::ApiGateway::DomainName", _SITE):
        for arn in sorted(set(_texts(dict(resource.properties), _CERTIFICATE))):
            found = _CERTIFICATE.fullmatch(arn)
            assert found is not None
            region = _SITE_REGION if resource.type == _SITE else planned.target.region
            if (found["account"], found["region"]) != (planned.target.account, region):
                yield _stopped(
                    "certificates",
                    planned,
                    resource,
                    f"certificate {arn} belongs to {found['account']}/{found['region']}, and "
                    f"{resource.logical_id} needs one of {planned.target.account}/{region}",
                    "request one there, and name it for this account and region under `targets`",
                )
            else:
                yield from _issued(planned, resource, arn, region, lookups)


def _issued(
    planned: PlannedTarget, resource: PlannedResource, arn: str, region: str, lookups: Lookups
) -> Iterator[PreflightFinding]:
    there = lookups if region == planned.target.region else lookups.in_region(region)
    answer = there.call("acm", "describe_certificate", "ResourceNotFoundException", CertificateArn=arn)
    status = answer["Certificate"]["Status"] if answer else "missing"
    if status != "ISSUED":
        yield _stopped(
            "certificates",
            planned,
            resource,
            f"certificate {arn} is {str(status).lower().replace('_', ' ')}",
            f"aws acm describe-certificate --certificate-arn {arn} --region {region} shows what "
            "its validation waits for",
        )


def hosted_zones(planned: PlannedTarget, lookups: Lookups) -> Iterator[PreflightFinding]:
    """Ask whether each hosted zone exists in this account, which alone can write records into it."""
    for resource in planned.of("AWS::Route53::RecordSet"):
        zone = resource.properties.get("HostedZoneId")
        if (
            isinstance(zone, str)
            and lookups.call("route53", "get_hosted_zone", "NoSuchHostedZone", Id=zone) is None
        ):
            yield _stopped(
                "hosted-zones",
                planned,
                resource,
                f"hosted zone {zone} is not in account {planned.target.account}",
                "name a zone of this account under `targets`; aws route53 list-hosted-zones lists them",
            )


def models(planned: PlannedTarget, lookups: Lookups) -> Iterator[PreflightFinding]:
    """Ask whether the Bedrock models that roles may invoke in this region are available, and how long still."""
    for model, resource in _models(planned).items():
        availability = lookups.call(
            "bedrock", "get_foundation_model_availability", "ResourceNotFoundException", modelId=model
        )
        lacking = [
            words
            for field, good, words in _AVAILABLE
            if (availability or {}).get(field, good) != good and availability is not None
        ]
        if availability is None:
            lacking = ["it does not exist in this region"]
        elif availability.get("agreementAvailability", {}).get("status", "AVAILABLE") == "NOT_AVAILABLE":
            lacking.append("its agreement has not been accepted")
        if lacking:
            yield PreflightFinding(
                "models",
                Verdict.WARNING,
                planned.target,
                f"model {model} cannot be invoked: {', '.join(lacking)}",
                f"open it in the Amazon Bedrock console of {planned.target.region} under Model access",
                resource.pointer,
            )
            continue
        details = lookups.call("bedrock", "get_foundation_model", modelIdentifier=model) or {}
        lifecycle = details["modelDetails"].get("modelLifecycle", {})
        if lifecycle.get("status") == "LEGACY":
            end = lifecycle.get("endOfLifeTime")
            yield PreflightFinding(
                "models",
                Verdict.WARNING,
                planned.target,
                f"model {model} is a legacy version" + (f" and ends on {str(end)[:10]}" if end else ""),
                "choose a newer model in the spec",
                resource.pointer,
            )


_AVAILABLE = (
    ("authorizationStatus", "AUTHORIZED", "the account is not authorized"),
    ("entitlementAvailability", "AVAILABLE", "the account has no access to it"),
    ("regionAvailability", "AVAILABLE", "it is not available in this region"),
)
"""Fields of GetFoundationModelAvailability (Amazon Bedrock API Reference) with their good value."""


def _models(planned: PlannedTarget) -> dict[str, PlannedResource]:
    """Return the models that a statement names in this region, each with the policy that names it."""
    found: dict[str, PlannedResource] = {}
    for resource in planned.of("AWS::IAM::RolePolicy", "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
        for match in _MODEL.finditer(json.dumps(dict(resource.properties))):
            if match["region"] in (planned.target.region, "${AWS::Region}"):
                found.setdefault(match["model"], resource)
    return found


def secret_values(planned: PlannedTarget, lookups: Lookups) -> Iterator[PreflightFinding]:
    """Ask whether secrets that people fill in have a value; tasks that read an empty one do not start."""
    for resource in planned.of("AWS::SecretsManager::Secret"):
        if resource.properties.keys() & {"SecretString", "GenerateSecretString"} or not resource.deployed:
            continue
        found = [
            item
            for item in lookups.pages(
                "secretsmanager",
                "list_secrets",
                "SecretList",
                Filters=[{"Key": "tag-value", "Values": [resource.logical_id]}],
            )
            if _is(item, planned, resource)
        ]
        if not found:
            raise NotAnswered(f"no secret is tagged as {resource.logical_id} of this stage")
        empty = [
            item
            for item in found
            if not any("AWSCURRENT" in stages for stages in item.get("SecretVersionsToStages", {}).values())
        ]
        for item in empty:
            yield PreflightFinding(
                "secret-values",
                Verdict.WARNING,
                planned.target,
                f"secret {item['Name']} has no value yet, and what reads it when it starts will fail",
                f"aws secretsmanager put-secret-value --secret-id {item['ARN']} --secret-string VALUE "
                f"--region {planned.target.region}",
                resource.pointer,
            )


def _is(item: dict[str, object], planned: PlannedTarget, resource: PlannedResource) -> bool:
    """Whether a listed secret is the resource: CloudFormation tags what it makes with stack and logical id."""
    tags = item.get("Tags")
    held = {tag["Key"]: tag["Value"] for tag in tags} if isinstance(tags, list) else {}
    return (
        held.get("aws:cloudformation:logical-id") == resource.logical_id
        and held.get("aws:cloudformation:stack-name") in planned.own_stacks
    )


def _texts(value: Json, pattern: re.Pattern[str]) -> Iterator[str]:
    for _, item in walk(value):
        if isinstance(item, str) and pattern.fullmatch(item):
            yield item


def _stopped(
    check: str, planned: PlannedTarget, resource: PlannedResource, message: str, way_out: str
) -> PreflightFinding:
    return PreflightFinding(check, Verdict.ERROR, planned.target, message, way_out, resource.pointer)
