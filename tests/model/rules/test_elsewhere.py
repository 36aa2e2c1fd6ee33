"""Findings that fall on lines of the starter spec, where no example can annotate them."""

from __future__ import annotations

import pytest

from tests import examples


def codes(fragment: str) -> list[str]:
    """Return the codes that a fragment shows, sorted."""
    return sorted(item.code for item in examples.judged(fragment))


def test_a_stage_without_a_region_has_no_target() -> None:
    """An account alone is nowhere."""
    fragment = "stages: {dev: {targets: {regions: {us-west-2: null}}}}\n"

    assert codes(fragment) == ["no-target"]


def test_settings_that_no_service_uses_are_unused() -> None:
    """The whole section is told, once."""
    fragment = "services: {orders: {uses: {configuration: null}}}\n"

    assert codes(fragment) == ["unused-part"]


def test_a_service_whose_image_has_no_way_in_is_told_of_both_endpoints() -> None:
    """Layers of an image in ECR come from S3."""
    fragment = "network: {nat: none, endpoints: [logs, ssm, secretsmanager]}\n"

    messages = [item.message for item in examples.judged(fragment)]

    assert [message.split()[3] for message in messages] == ["ecr", "s3"]


def test_a_brought_network_is_not_judged_by_what_petc_would_make() -> None:
    """Ranges, public subnets and ways out are as they are."""
    fragment = """\
network: {existing: true, cidr: 10.99.0.0/16, subnets: {public: []}, nat: none, endpoints: [logs]}
stages:
  dev:
    targets:
      regions:
        us-west-2:
          vpc: vpc-0123456789abcdef0
          subnets:
            app: [subnet-0123456789abcdef0, subnet-0123456789abcdef1]
            database: [subnet-0123456789abcdef2, subnet-0123456789abcdef3]
"""

    assert codes(fragment) == []


def test_a_hosted_zone_in_one_region_is_asked_for_in_the_others() -> None:
    """The alias is made in all regions or in none."""
    arn = "arn:aws:acm:{}:123456789012:certificate/0a1b2c3d-0000-1111-2222-333344445555"
    fragment = f"""\
load_balancer: {{scheme: internet-facing, domain: lb.example.com}}
stages:
  dev:
    targets:
      regions:
        us-west-2: {{certificate: "{arn.format("us-west-2")}", hosted_zone: Z0123456789ABCDEFGHIJ}}
        us-east-2: {{certificate: "{arn.format("us-east-2")}"}}
"""

    (item,) = examples.judged(fragment)

    assert "hosted_zone" in item.message


def test_rules_between_groups_can_meet_though_their_parts_do_not() -> None:
    """`a` to `b-to-c` and `a-to-b` to `c` make one logical id."""
    fragment = """\
services:
  a: {uses: {b-to-c: {}}}
  a-to-b: {uses: {c: {}}}
  b-to-c: {}
  c: {}
"""

    assert codes(fragment) == ["id-collision"]


ARN = "arn:aws:acm:us-west-2:{}:certificate/0a1b2c3d-0000-1111-2222-333344445555"


def one_region(who: str, values: str, scheme: str = "internal") -> list[str]:
    """Return the codes for a load balancer with a domain, deployed to accounts or units."""
    return codes(f"""\
load_balancer: {{scheme: {scheme}, domain: lb.example.com}}
stages: {{dev: {{targets: {{{who}, regions: {{us-west-2: {{{values}}}}}}}}}}}
""")


UNIT = "accounts: null, organizational_units: [ou-abcd-11112222]"
"""The starter spec names an account, which goes."""


def test_one_certificate_does_not_serve_an_organization_unit() -> None:
    """Its accounts are not known here, and a certificate belongs to one."""
    assert one_region(UNIT, f'certificate: "{ARN.format("123456789012")}"') == ["value-of-one-account"]


def test_accounts_of_an_organization_unit_have_certificates_of_their_own() -> None:
    own = f'accounts: {{"123456789012": {{certificate: "{ARN.format("123456789012")}"}}}}'

    assert one_region(UNIT, own) == []


def test_a_certificate_of_another_account_is_refused() -> None:
    one, other = '["123456789012"]', f'certificate: "{ARN.format("210987654321")}"'

    assert one_region(f"accounts: {one}", other) == ["value-of-one-account"]


def test_one_hosted_zone_does_not_serve_two_accounts() -> None:
    own = ", ".join(
        f'"{account}": {{certificate: "{ARN.format(account)}", hosted_zone: Z0123456789ABCDEFGHIJ}}'
        for account in ("123456789012", "210987654321")
    )

    found = one_region(
        'accounts: ["123456789012", "210987654321"]', f"accounts: {{{own}}}", "internet-facing"
    )
    assert found == ["value-of-one-account"]


def test_an_account_that_lacks_its_certificate_is_named() -> None:
    own = f'accounts: {{"123456789012": {{certificate: "{ARN.format("123456789012")}"}}}}'

    assert one_region('accounts: ["123456789012", "210987654321"]', own) == ["missing-target-value"]


def test_the_zone_of_an_internal_load_balancer_is_read_by_nobody() -> None:
    """The gateway reaches it by its ARN."""
    values = f'certificate: "{ARN.format("123456789012")}", hosted_zone: Z0123456789ABCDEFGHIJ'

    assert one_region('accounts: ["123456789012"]', values) == ["unused-target-value"]


@pytest.mark.parametrize("special", ["0.1", "127.0", "169.254", "224.0", "240.1"])
def test_a_range_that_no_network_routes_is_refused(special: str) -> None:
    fragment = f"""\
network:
  cidr: {special}.0.0/16
  subnets:
    public: [{special}.0.0/24, {special}.1.0/24]
    app: [{special}.2.0/24, {special}.3.0/24]
    database: [{special}.4.0/24, {special}.5.0/24]
"""
    found = examples.judged(fragment)

    assert {item.code for item in found} == {"cidr-invalid"}
    assert len(found) == 7


def test_an_arn_of_another_partition_is_foreign() -> None:
    arn = "arn:aws:acm:us-gov-west-1:123456789012:certificate/0a1b2c3d-0000-1111-2222-333344445555"
    fragment = f"""\
load_balancer: {{domain: lb.example.com}}
stages: {{dev: {{targets: {{regions: {{us-west-2: null, us-gov-west-1: {{certificate: "{arn}"}}}}}}}}}}
"""

    assert codes(fragment) == ["foreign-region"]
    assert codes(fragment.replace("arn:aws:", "arn:aws-us-gov:")) == []
