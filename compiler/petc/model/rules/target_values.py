"""Rules about the values of a target region: there when they are read, and read when they are there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from petc.diagnostics import Code, Severity
from petc.model import parts, regions
from petc.model.flows import S3, flows
from petc.model.rules.rule import Case, Found, Rule
from petc.model.types import RegionTarget, Stage

_SITE_REGION = "us-east-1"
"""Where CloudFront takes certificates from; CloudFront Developer Guide, "Requirements for using SSL/TLS"."""


@dataclass(frozen=True, slots=True)
class _Field:
    """A value of a target region, and why the spec reads it; no reason, no reader."""

    name: str
    value: str
    reason: str
    optional: bool = False


def _fields(stage: Stage, region: RegionTarget) -> tuple[_Field, ...]:
    balancer = stage.load_balancer.domain if parts.routed_services(stage) else ""
    site = stage.frontend.domain if stage.frontend else ""
    brought = stage.network.existing and parts.needs_network(stage)
    # The alias record is one for all regions: made when each names its zone.
    zoned = balancer and any(other.hosted_zone for other in stage.targets.regions.values())
    to_s3 = any(flow.target == S3 for flow in flows(stage))
    uploads = stage.functions or stage.targets.templates == "bucket"
    return (
        _Field("certificate", region.certificate, f"load_balancer.domain {balancer}" if balancer else ""),
        _Field("hosted_zone", region.hosted_zone, "hosted_zone in another region" if zoned else ""),
        _Field("site_certificate", region.site_certificate, f"frontend.domain {site}" if site else ""),
        _Field(
            "kms_key", region.kms_key, "encryption.key existing" if stage.encryption.key == "existing" else ""
        ),
        _Field("vpc", region.vpc, "network.existing" if brought else ""),
        _Field("s3_prefix_list", region.s3_prefix_list, "S3's endpoint" if to_s3 else "", optional=True),
        _Field("artifact_bucket", region.artifact_bucket, "uploads" if uploads else "", optional=True),
    )


def _tiers(stage: Stage, region: RegionTarget) -> tuple[tuple[str, int, str], ...]:
    """Return each tier of brought subnets with the number of its ids, and who stands in it."""
    existing = stage.network.existing and parts.needs_network(stage)
    faces_internet = parts.routed_services(stage) and not stage.load_balancer.internal
    return (
        ("public", len(region.subnets.public), "the load balancer" if existing and faces_internet else ""),
        ("app", len(region.subnets.app), "services and functions" if existing else ""),
        ("database", len(region.subnets.database), "databases" if existing and stage.databases else ""),
    )


def _missing(case: Case) -> Iterator[Found]:
    stage = case.stage
    zones = stage.network.zones
    for region in stage.targets.regions.values():
        for item in _fields(stage, region):
            if item.reason and not item.value and not item.optional:
                yield Found(
                    f"{region.at}/{item.name}",
                    f"{region.name} has no `{item.name}`, which `{item.reason}` asks for",
                    f"write `{item.name}` under `targets.regions.{region.name}`",
                    on_key=True,
                )
        for tier, count, who in _tiers(stage, region):
            if who and count != zones:
                yield Found(
                    f"{region.at}/subnets/{tier}",
                    f"{region.name} names {count} {tier} subnets for {who}, the network has {zones} zones",
                    "name one id for each zone, in the order of `network.subnets`",
                    on_key=True,
                )


def _unused(case: Case) -> Iterator[Found]:
    for region in case.stage.targets.regions.values():
        idle = [
            (item.name, f"`{item.name}`")
            for item in _fields(case.stage, region)
            if item.value and not item.reason
        ]
        idle += [
            (f"subnets/{tier}", f"`subnets.{tier}`")
            for tier, count, who in _tiers(case.stage, region)
            if count and not who
        ]
        for path, name in idle:
            yield Found(
                f"{region.at}/{path}",
                f"nothing in this stage reads {name} of {region.name}",
                "remove it, or switch on what it is for",
                on_key=True,
            )


def _foreign(case: Case) -> Iterator[Found]:
    for region in case.stage.targets.regions.values():
        found = regions.partition(region.name)
        partition = found.id if found else "aws"
        for name, arn, wanted in (
            ("certificate", region.certificate, ("acm", region.name, "certificate/")),
            ("site_certificate", region.site_certificate, ("acm", _SITE_REGION, "certificate/")),
            ("kms_key", region.kms_key, ("kms", region.name, "key/")),
        ):
            if arn and not _is(arn, partition, *wanted):
                service, place, resource = wanted
                yield Found(
                    f"{region.at}/{name}",
                    f"`{arn}` is not the ARN of a {resource.rstrip('/')} of {service} in {place} ({partition})",
                    f"write arn:{partition}:{service}:{place}:<account>:{resource}<id>",
                )


def _is(arn: str, partition: str, service: str, region: str, resource: str) -> bool:
    fields = arn.split(":", 5)
    return len(fields) == 6 and fields[1:4] == [partition, service, region] and fields[5].startswith(resource)


_CERTIFICATE = "arn:aws:acm:us-west-2:123456789012:certificate/0a1b2c3d-0000-1111-2222-333344445555"
_ELSEWHERE = _CERTIFICATE.replace("us-west-2", "us-east-2")

MISSING_TARGET_VALUE = Rule(
    Code(
        "missing-target-value",
        Severity.ERROR,
        "a target region lacks a value that the spec asks for",
        "Certificates, keys and brought networks differ between regions, so they stand under each target "
        "region. A stack set would fail in the region that has none.",
        bad="load_balancer: {domain: lb.example.com}\n",
        good=f"""\
load_balancer: {{domain: lb.example.com}}
stages: {{dev: {{targets: {{regions: {{us-west-2: {{certificate: "{_CERTIFICATE}"}}}}}}}}}}
""",
    ),
    _missing,
)

UNUSED_TARGET_VALUE = Rule(
    Code(
        "unused-target-value",
        Severity.WARNING,
        "a target region has a value that nothing reads",
        "A certificate without a domain, a key without `encryption: {key: existing}`: most likely the "
        "switch that it is for was forgotten, and what is deployed is less safe than the file looks.",
        bad=f"""\
stages: {{dev: {{targets: {{regions: {{us-west-2: {{certificate: "{_CERTIFICATE}"}}}}}}}}}}
""",
        good=f"""\
load_balancer: {{domain: lb.example.com}}
stages: {{dev: {{targets: {{regions: {{us-west-2: {{certificate: "{_CERTIFICATE}"}}}}}}}}}}
""",
    ),
    _unused,
)

FOREIGN_REGION = Rule(
    Code(
        "foreign-region",
        Severity.ERROR,
        "an ARN of another region or service than its field needs",
        "A load balancer takes certificates, and CloudFormation keys, of its own region only; CloudFront "
        "takes certificates from us-east-1, whatever the region.",
        bad=f"""\
load_balancer: {{domain: lb.example.com}}
stages: {{dev: {{targets: {{regions: {{us-west-2: {{certificate: "{_ELSEWHERE}"}}}}}}}}}}
""",
        good=f"""\
load_balancer: {{domain: lb.example.com}}
stages: {{dev: {{targets: {{regions: {{us-west-2: {{certificate: "{_CERTIFICATE}"}}}}}}}}}}
""",
    ),
    _foreign,
)

RULES = (MISSING_TARGET_VALUE, UNUSED_TARGET_VALUE, FOREIGN_REGION)
