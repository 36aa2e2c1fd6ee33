"""Rules about the values of a target region: there when they are read, and read when they are there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from petc.diagnostics import Code, Severity
from petc.model import queries, regions
from petc.model.flows import flows
from petc.model.gateway_endpoints import GATEWAYS
from petc.model.rules.rule import Case, Found, Rule
from petc.model.types import RegionTarget, Stage

_SITE_REGION = "us-east-1"
"""Where CloudFront takes certificates from; CloudFront Developer Guide, "Requirements for using SSL/TLS"."""


_OF_ACCOUNTS = ("certificate", "hosted_zone", "site_certificate", "kms_key")
"""What an account may have of its own in a region."""

_OF_ONE_ACCOUNT = {
    "certificate": "a load balancer takes certificates of its own account only",
    "hosted_zone": "a stack writes records into hosted zones of its own account only",
    "site_certificate": "CloudFront takes certificates of the distribution's account only",
}
"""Why a value serves one account. AWS Certificate Manager User Guide, "Services integrated with ACM"; Amazon
Route 53 API Reference, ChangeResourceRecordSets: the caller's own zones; CloudFront Developer Guide,
"Requirements for using SSL/TLS certificates with CloudFront"."""


@dataclass(frozen=True, slots=True)
class _Field:
    """A value of a target region, and why the spec reads it; no reason, no reader."""

    name: str
    value: str
    reason: str
    optional: bool = False


def _fields(stage: Stage, region: RegionTarget) -> tuple[_Field, ...]:
    balancer = stage.load_balancer.domain if queries.routed_services(stage) else ""
    site = stage.frontend.domain if stage.frontend else ""
    brought = stage.network.existing and queries.needs_network(stage)
    # The alias record is one for all regions: made when each names its zone.
    recorded = balancer and not stage.load_balancer.internal
    zoned = recorded and any(_told(other, "hosted_zone") for other in stage.targets.regions.values())
    reached = {flow.target for flow in flows(stage)}
    uploads = stage.functions or stage.targets.templates == "bucket"
    return (
        _Field("certificate", region.certificate, f"load_balancer.domain {balancer}" if balancer else ""),
        _Field("hosted_zone", region.hosted_zone, "hosted_zone in another region" if zoned else ""),
        _Field("site_certificate", region.site_certificate, f"frontend.domain {site}" if site else ""),
        _Field(
            "kms_key", region.kms_key, "encryption.key existing" if stage.encryption.key == "existing" else ""
        ),
        _Field("vpc", region.vpc, "network.existing" if brought else ""),
        *(
            _Field(
                endpoint.field,
                getattr(region, endpoint.field),
                f"{endpoint.name}'s endpoint" if endpoint.party in reached else "",
                optional=True,
            )
            for endpoint in GATEWAYS
        ),
        _Field("artifact_bucket", region.artifact_bucket, "uploads" if uploads else "", optional=True),
    )


def _told(region: RegionTarget, name: str) -> bool:
    """Whether a region, or any account in it, has a value."""
    return bool(getattr(region, name)) or any(getattr(own, name) for own in region.accounts.values())


def _tiers(stage: Stage, region: RegionTarget) -> tuple[tuple[str, int, str], ...]:
    """Return each tier of brought subnets with the number of its ids, and who stands in it."""
    existing = stage.network.existing and queries.needs_network(stage)
    faces_internet = queries.routed_services(stage) and not stage.load_balancer.internal
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
            if not item.reason or item.optional:
                continue
            values = queries.target_values(stage, region, item.name) if item.name in _OF_ACCOUNTS else {}
            lacking = [account for account, value in values.items() if not value]
            if not item.value and not values.keys() - set(lacking):
                yield Found(
                    f"{region.at}/{item.name}",
                    f"{region.name} has no `{item.name}`, which `{item.reason}` asks for",
                    f"write `{item.name}` under `targets.regions.{region.name}`",
                    on_key=True,
                )
            elif lacking:
                yield Found(
                    f"{region.at}/accounts",
                    f"{', '.join(lacking)} in {region.name} has no `{item.name}`, which `{item.reason}` asks for",
                    f"write `{item.name}` under `targets.regions.{region.name}.accounts` for each account",
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
        idle += [
            (f"accounts/{account}/{item.name}", f"`{item.name}` of {account}")
            for account, own in region.accounts.items()
            for item in _fields(case.stage, region)
            if item.name in _OF_ACCOUNTS and getattr(own, item.name) and not item.reason
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
        forms = {
            "certificate": ("acm", region.name, "certificate/"),
            "site_certificate": ("acm", _SITE_REGION, "certificate/"),
            "kms_key": ("kms", region.name, "key/"),
        }
        for at, held in ((region.at, region), *((own.at, own) for own in region.accounts.values())):
            for name, wanted in forms.items():
                arn = str(getattr(held, name))
                if not arn or _is(arn, partition, *wanted):
                    continue
                service, place, resource = wanted
                yield Found(
                    f"{at}/{name}",
                    f"`{arn}` is not the ARN of a {resource.rstrip('/')} of {service} in {place} ({partition})",
                    f"write arn:{partition}:{service}:{place}:<account>:{resource}<id>",
                )


def _shared(case: Case) -> Iterator[Found]:
    targets = case.stage.targets
    for region in targets.regions.values():
        way_out = f"write `{{name}}` under `targets.regions.{region.name}.accounts`, for each account its own"
        for name, what in _OF_ONE_ACCOUNT.items():
            help_ = way_out.format(name=name)
            common = str(getattr(region, name))
            users = [item for item in targets.accounts if not getattr(region.accounts.get(item), name, "")]
            if common and (targets.organizational_units or len(users) > 1):
                who = ", ".join(targets.organizational_units or users)
                at = f"{region.at}/{name}"
                yield Found(at, f"`{common}` would serve every account of {who}, and {what}", help_)
                continue
            held = [(f"{region.at}/{name}", common, users[0])] if common and users else []
            held += [
                (f"{own.at}/{name}", str(getattr(own, name)), own.name)
                for own in region.accounts.values()
                if getattr(own, name)
            ]
            for at, value, account in held:
                owner = value.split(":")[4] if value.count(":") >= 5 else account
                if owner != account:
                    yield Found(
                        at, f"`{value}` is of account {owner} and is given to {account}, and {what}", help_
                    )
            taken: dict[str, str] = {}
            for at, value, account in held:
                if taken.setdefault(value, account) != account and ":" not in value:
                    yield Found(
                        at, f"`{value}` is given to {taken[value]} and to {account}, and {what}", help_
                    )


def _stranger(case: Case) -> Iterator[Found]:
    targets = case.stage.targets
    for region in targets.regions.values():
        for own in region.accounts.values():
            if targets.accounts and own.name not in targets.accounts:
                yield Found(
                    own.at,
                    f"{own.name} is no account of this stage",
                    "name it in `targets.accounts`, or remove its values",
                    on_key=True,
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

_TWO = """\
load_balancer: {{domain: lb.example.com}}
stages:
  dev:
    targets:
      accounts: ["123456789012", "210987654321"]
      regions: {{us-west-2: {{{values}}}}}
"""
_SECOND = _CERTIFICATE.replace("123456789012", "210987654321")

VALUE_OF_ONE_ACCOUNT = Rule(
    Code(
        "value-of-one-account",
        Severity.ERROR,
        "a certificate or a hosted zone is given to an account that it does not belong to",
        "A load balancer and a distribution take certificates of their own account only, and a stack cannot write "
        "a record into another account's zone. The first account would succeed at most, and all others fail.",
        bad=_TWO.format(values=f'certificate: "{_CERTIFICATE}"'),
        good=_TWO.format(
            values=f'accounts: {{"123456789012": {{certificate: "{_CERTIFICATE}"}}, '
            f'"210987654321": {{certificate: "{_SECOND}"}}}}'
        ),
    ),
    _shared,
)

STRANGER = Rule(
    Code(
        "values-of-no-target",
        Severity.WARNING,
        "a target region has values for an account that is no target",
        "Nothing reads them. Most likely the number is mistyped, and the account that is meant lacks its values.",
        bad=_TWO.format(values='accounts: {"111111111111": {}}').replace(
            "load_balancer: {domain: lb.example.com}\n", ""
        ),
        good=_TWO.format(values='accounts: {"123456789012": {}}').replace(
            "load_balancer: {domain: lb.example.com}\n", ""
        ),
    ),
    _stranger,
)

RULES = (MISSING_TARGET_VALUE, UNUSED_TARGET_VALUE, FOREIGN_REGION, VALUE_OF_ONE_ACCOUNT, STRANGER)
