"""Layer security as a whole: what it exports, imports, leaves out, and how large it grows."""

from __future__ import annotations

from typing import Any

from petc.layers import security
from petc.model.types import Stage
from tests import specs
from tests.layers.rendered import resources

QUOTES = """
petc: 1
name: quotes
tags: {owner: quote-team, cost-centre: quotes}
functions: {quote: {source: ../quote, route: {path: /quote}}}
stages: {dev: {targets: {accounts: ["123456789012"], regions: {eu-west-1: {}}}}}
"""


def many(count: int) -> Stage:
    """Services in the shape of the reference spec: routed, with database, settings, names and a way out."""
    parts = "\n".join(
        f"  part-{item}: {{image: {{tag: '1'}}, port: 8080, route: {{path: /p{item}}},"
        " uses: {ledger: {pool: 1}, configuration: {}, discovery: {}, internet: {}}}"
        for item in range(count)
    )
    return specs.stage_of(f"""
petc: 1
name: shop
tags: {{owner: shop-team, cost-centre: shop}}
network: {{endpoints: [ecr, logs, ssm, secretsmanager, kms, xray, s3]}}
databases: {{ledger: {{}}}}
services:
{parts}
stages: {{dev: {{targets: {{accounts: ["123456789012"], regions: {{eu-west-1: {{}}}}}}}}}}
""")


def test_groups_are_exported_by_part_and_for_the_load_balancer(dev: Stage, prod: Stage) -> None:
    def groups(stage: Stage) -> list[str]:
        found = security.emit(stage).exports
        return [name.partition("SecurityGroup")[2] for name in found if "SecurityGroup" in name]

    parts = ["AdminServer", "Clinic", "CustomersService", "Genai"]
    rest = ["OwnerDetails", "VetsService", "VisitsService"]
    assert groups(dev) == [*parts, "LoadBalancer", *rest]
    assert groups(prod) == [*parts, "Link", "LoadBalancer", *rest]


def test_imports_come_from_the_network_alone(dev: Stage) -> None:
    assert security.emit(dev).producers == ("network",)


def test_without_a_part_in_a_vpc_no_firewall_and_no_import() -> None:
    layer = security.emit(specs.stage_of(QUOTES))

    assert sorted(resources(layer)) == ["FunctionRoleQuote", "Key", "KeyAlias"]
    assert layer.imports == ()


def test_forty_services_fit_into_one_template() -> None:
    """Quotas of AWS CloudFormation: 500 resources and 200 outputs in a template."""
    layer = security.emit(many(40))
    outputs: Any = layer.template["Outputs"]

    assert len(resources(layer)) <= 500
    assert len(outputs) <= 200


def test_every_resource_points_at_its_line_of_the_spec(dev: Stage) -> None:
    for item in resources(security.emit(dev)).values():
        assert item["Metadata"]["petc"]["spec"].startswith("/")


def test_emitting_twice_gives_the_same_template(dev: Stage) -> None:
    assert security.emit(dev) == security.emit(dev)


def test_a_brought_key_reaches_the_topic_of_a_stage_with_nothing_else_to_guard() -> None:
    """CloudFormation takes no template without a resource, and the topic imports the key from this one."""
    stage = specs.stage_of("""
petc: 1
name: quotes
tags: {owner: quote-team, cost-centre: quotes}
encryption: {key: existing}
notifications: {email: [team@example.com]}
stages: {dev: {targets: {accounts: ["123456789012"], regions: {eu-west-1: {}}}}}
""")

    layer = security.emit(stage)

    assert layer.exports == ("quotes-dev-security-KeyArn",)
    assert [item["Type"] for item in resources(layer).values()] == [
        "AWS::CloudFormation::WaitConditionHandle"
    ]
