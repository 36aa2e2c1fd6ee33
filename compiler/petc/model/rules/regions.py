"""Rules about regions: that they exist, belong together, and have the zones and services that the stage needs."""

from __future__ import annotations

from collections.abc import Iterator

from petc.diagnostics import Code, Related, Severity
from petc.model import regions
from petc.model.rules.rule import Case, Found, Rule
from petc.model.types import RegionTarget, Stage


def _named(stage: Stage) -> Iterator[tuple[str, str, int]]:
    """Yield each region that the targets name, with its place and the zones that the spec declares for it."""
    for region in stage.targets.regions.values():
        yield region.name, region.at, region.zones
    home = stage.targets.home
    if home and home not in stage.targets.regions:
        yield home, "/targets/home", 0


def _unknown(case: Case) -> Iterator[Found]:
    for name, at, zones in _named(case.stage):
        if regions.region(name) or (zones and regions.well_formed(name)):
            continue
        meant = f"did you mean `{regions.nearest(name)}`? "
        newer = (
            f"if it is newer than this petc, write `{name}: {{zones: 3}}`, the number of its availability zones"
            if at != "/targets/home" and regions.well_formed(name)
            else "`aws account list-regions` lists the regions of an account"
        )
        yield Found(at, f"AWS has no region `{name}` that petc knows", f"{meant}{newer}", on_key=True)


def _not_catalogued(case: Case) -> Iterator[Found]:
    for name, at, zones in _named(case.stage):
        if zones and regions.well_formed(name) and not regions.region(name):
            yield Found(
                f"{at}/zones",
                f"`{name}` is a region that petc's catalogue does not hold yet, so it checks its services against"
                " those of another region",
                "upgrade petc, or accept the warning by an exception until you do",
            )


def _mixed(case: Case) -> Iterator[Found]:
    found = [
        (name, at, partition)
        for name, at, _ in _named(case.stage)
        if (partition := regions.partition(name)) is not None
    ]
    for name, at, partition in found[1:]:
        first, there, other = found[0]
        if partition.id != other.id:
            yield Found(
                at,
                f"{name} belongs to the partition {partition.id} and {first} to {other.id}, which share no"
                " accounts",
                "make a stage for each partition",
                (Related(f"{first} is named here", pointer=there),),
                on_key=True,
            )


def _sites(case: Case) -> Iterator[Found]:
    frontend = case.stage.frontend
    if frontend is None:
        return
    for region in case.stage.targets.regions.values():
        partition = regions.partition(region.name)
        if partition and not partition.site:
            yield Found(
                frontend.at,
                f"the site is delivered by CloudFront, which {partition.title} with {region.name} does not offer as"
                " petc needs it",
                "write `frontend: null` in this stage, and deliver the site from a stage in a region of the"
                " partition `aws`",
                (Related(f"{region.name} is a target here", pointer=region.at),),
                on_key=True,
            )


def _zones(stage: Stage) -> Iterator[tuple[RegionTarget, regions.Region]]:
    """Yield known regions with their targets; none with a brought network, or where the spec declares zones."""
    if stage.network.existing:
        return
    for target in stage.targets.regions.values():
        region = regions.region(target.name)
        if region and not target.zones:
            yield target, region


def _tiers(stage: Stage) -> int:
    """Return how many zones the network takes: entry n of each tier lies in zone n."""
    subnets = stage.network.subnets
    return max(len(subnets.public), len(subnets.app), len(subnets.database))


def _here(case: Case) -> tuple[Related, ...]:
    return (Related("a subnet for each zone is declared here", pointer="/network/subnets/app"),)


_FEWER = "declare fewer subnets in each tier for this stage, or choose another region"


def _more_than_region(case: Case) -> Iterator[Found]:
    needed = _tiers(case.stage)
    for target, region in _zones(case.stage):
        if needed > region.zones and regions.catalogued(region.name):
            yield Found(
                target.at,
                f"the network takes {needed} availability zones, and {region.name} has {region.zones}",
                f"{_FEWER}; `zones` declares the number if it has changed",
                _here(case),
                on_key=True,
            )
    for target in case.stage.targets.regions.values():
        if 0 < target.zones < needed and not case.stage.network.existing:
            yield Found(
                f"{target.at}/zones",
                f"the network takes {needed} availability zones, and {target.name} is declared to have"
                f" {target.zones}",
                _FEWER,
                _here(case),
            )


def _more_than_account(case: Case) -> Iterator[Found]:
    needed = _tiers(case.stage)
    for target, region in _zones(case.stage):
        if region.zones_of_every_account < needed and (
            needed <= region.zones or not regions.catalogued(region.name)
        ):
            yield Found(
                target.at,
                f"the network takes {needed} availability zones, and only {region.zones_of_every_account} of"
                f" {region.name} are open to every account",
                f"{_FEWER}; `{region.name}: {{zones: {needed}}}` declares that all target accounts have as many, as"
                " `aws ec2 describe-availability-zones` shows them",
                _here(case),
                on_key=True,
            )


_THREE_ZONES = """\
network:
  subnets:
    public: [10.20.0.0/24, 10.20.1.0/24, 10.20.6.0/24]
    app: [10.20.2.0/24, 10.20.3.0/24, 10.20.7.0/24]
    database: [10.20.4.0/24, 10.20.5.0/24, 10.20.8.0/24]
"""
_FOUR_ZONES = """\
network:
  subnets:
    public: [10.20.0.0/24, 10.20.1.0/24, 10.20.6.0/24, 10.20.9.0/24]
    app: [10.20.2.0/24, 10.20.3.0/24, 10.20.7.0/24, 10.20.10.0/24]
    database: [10.20.4.0/24, 10.20.5.0/24, 10.20.8.0/24, 10.20.11.0/24]
"""


def _in(*names: str) -> str:
    """Return a fragment that leads the starter spec to these regions alone."""
    listed = ", ".join(name if ":" in name else f"{name}: {{}}" for name in names)
    return f"stages: {{dev: {{targets: {{regions: {{us-west-2: null, {listed}}}}}}}}}\n"


RULES = (
    Rule(
        Code(
            "unknown-region",
            Severity.ERROR,
            "a region that does not exist",
            "AWS answers calls to a region that it does not have with an unreachable address, and stack sets refuse "
            "it. petc knows the regions of schemas/regions.json and those of the installed cfn-lint. For a newer "
            "one declare the number of its availability zones.",
            bad=_in("us-wst-2"),
            good=_in("us-east-2"),
        ),
        _unknown,
    ),
    Rule(
        Code(
            "region-not-catalogued",
            Severity.WARNING,
            "a region that is newer than petc",
            "Nothing that petc has knows the region, so neither its services nor the spelling of its name can be "
            "checked. Templates are checked against the resource schemas of us-east-1.",
            bad=_in("us-south-1: {zones: 3}"),
            good=_in("ap-southeast-6: {zones: 3}"),
        ),
        _not_catalogued,
    ),
    Rule(
        Code(
            "mixed-partitions",
            Severity.ERROR,
            "regions of two partitions in one stage",
            "An account, its credentials and its stack sets belong to one partition: AWS, AWS China, AWS GovCloud "
            "(US) and others are separate worlds. A stage goes to one of them.",
            bad="stages: {dev: {targets: {regions: {us-gov-west-1: {}}}}}\n",
            good=_in("us-gov-west-1", "us-gov-east-1"),
        ),
        _mixed,
    ),
    Rule(
        Code(
            "site-not-offered",
            Severity.ERROR,
            "a site in a partition without CloudFront",
            "A site is a CloudFront distribution with an origin access control and a response headers policy. AWS "
            "GovCloud (US) has no CloudFront, and the China regions have another one. The distribution itself is "
            "reachable from everywhere, so it can be deployed by a stage of the partition `aws`.",
            bad="frontend: {content: ../site}\n" + _in("us-gov-west-1"),
            good="frontend: {content: ../site}\n" + _in("us-east-2"),
        ),
        _sites,
    ),
    Rule(
        Code(
            "zones-of-region",
            Severity.ERROR,
            "more availability zones than the region has",
            "Entry n of each tier is in zone n of the region. The stack of the network would fail with "
            '"Fn::Select cannot select nonexistent value".',
            bad=_FOUR_ZONES + _in("eu-west-1"),
            good=_FOUR_ZONES,
        ),
        _more_than_region,
    ),
    Rule(
        Code(
            "zones-of-account",
            Severity.WARNING,
            "more availability zones than every account has",
            "Some regions open a part of their zones to older accounts only; of us-west-1 most accounts see two of "
            'three. The stack of the network would fail with "Fn::Select cannot select nonexistent value".',
            bad=_THREE_ZONES + _in("us-west-1"),
            good=_THREE_ZONES + _in("us-west-1: {zones: 3}"),
        ),
        _more_than_account,
    ),
)
