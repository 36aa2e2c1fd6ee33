"""What the project promises of a whole compile: generic, local changes, every arrow of the architecture."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from petc.artifacts import Artifacts
from petc.model.graph import edges
from petc.synthesis import emitted
from petc.verify import link, rendered
from tests import specs

NEW_SERVICE = """
  grooming-service:
    description: Washes and trims
    route: /api/grooming
    uses: {clinic: {pool: 1}, configuration: {}}
    image: {tag: 1.0.0}
"""


def compiled(text: str, stage: str = "dev") -> Artifacts:
    """Return the artifacts of a stage of a spec given as text."""
    return emitted(specs.stage_of(text, stage), "spec.yaml")


def reference_text() -> str:
    """Return the reference spec."""
    return specs.REFERENCE.read_text("utf-8")


def without(text: str, key: str) -> str:
    """Return a spec without one top-level key."""
    return re.sub(rf"^{key}:.*?(?=^\S)", "", text, flags=re.MULTILINE | re.DOTALL)


def resources(made: Artifacts) -> dict[str, dict[str, Any]]:
    """Return every resource of a stage by `layer/LogicalId`."""
    return {f"{item.layer}/{item.logical_id}": dict(item.body) for item in rendered.resources(made.view)}


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_the_reference_spec_compiles_to_twelve_layers(stage: str) -> None:
    """One template for each layer of the architecture, each under its label."""
    made = compiled(reference_text(), stage)

    assert sorted(made.files) == [
        "01-network.yaml",
        "02-security.yaml",
        "03-database.yaml",
        "04-parameter-store.yaml",
        "05-cloud-map.yaml",
        "06-lambda-genai.yaml",
        "07-application.yaml",
        "08-api-gateway.yaml",
        "09-aws-native.yaml",
        "10-monitoring.yaml",
        "11-frontend.yaml",
        "12-notification.yaml",
    ]


@pytest.mark.parametrize(("stage", "last"), [("dev", {6: {8, 9}, 7: {11}}), ("prod", {6: {8}, 7: {9, 11}})])
def test_layers_are_deployed_in_the_waves_of_the_design(stage: str, last: dict[int, set[int]]) -> None:
    """The order comes from imports; without a web ACL, layer 09 need not wait for the gateway."""
    made = compiled(reference_text(), stage)
    waves: dict[int, set[int]] = {}
    for layer in made.manifest.layers:
        waves.setdefault(layer.wave, set()).add(layer.number)

    assert waves == {1: {1}, 2: {2, 5}, 3: {3, 12}, 4: {4, 6}, 5: {7}, **last, 8: {10}}


def test_renaming_a_service_renames_it_everywhere_and_nothing_else() -> None:
    """Same templates but for the name: what is left of the old one is nothing, and nothing else moved."""
    text = reference_text()
    before = compiled(text)
    after = compiled(text.replace("vets-service", "doctors-team"))

    def neutral(made: Artifacts, name: str, pascal: str, upper: str) -> dict[str, Any]:
        texts = {
            file: content.decode().replace(name, "@name").replace(pascal, "@Name").replace(upper, "@NAME")
            for file, content in made.files.items()
        }
        assert not any(digest in "".join(texts.values()) for digest in ("vets-service", "VetsService"))
        return {
            file: sorted(re.sub(r"\d+", "#", line) for line in text.splitlines())
            for file, text in texts.items()
        }

    old = neutral(before, "vets-service", "VetsService", "VETS_SERVICE")
    new = neutral(after, "doctors-team", "DoctorsTeam", "DOCTORS_TEAM")
    # The API's deployment is named after a digest of its routes, which speak of the service.
    # A task definition holds a digest of its settings, whose names speak of services.
    digest = re.compile(r'Deployment[0-9a-f#]{4,}|"[0-9a-f#]+ \$\{Value#\}')
    for file in old:
        assert [digest.sub("@", line) for line in old[file]] == [
            digest.sub("@", line) for line in new[file]
        ], file


def test_a_moved_part_keeps_its_logical_ids() -> None:
    """`moved:` carries every id and physical name through a rename."""
    text = reference_text()
    renamed = text.replace("vets-service", "doctors-team") + "\nmoved: {doctors-team: vets-service}\n"

    assert set(resources(compiled(text))) == set(resources(compiled(renamed)))


def test_without_functions_their_layer_and_every_trace_of_it_go() -> None:
    """Layer 06 is gone, and no other layer speaks of a Lambda function."""
    made = compiled(without(reference_text(), "functions"))
    text = b"".join(made.files.values()).decode()

    assert "06-lambda-genai.yaml" not in made.files
    assert "AWS::Lambda" not in text
    assert not re.search(r"genai|owner-details|credential-refresh|slack-notifier|lambda", text, re.IGNORECASE)
    assert list(link.check(made.view)) == []


def test_a_new_service_of_five_lines_gets_everything() -> None:
    """Group rules, roles, repository, task, route, alarms and dashboard follow from five lines."""
    text = reference_text()
    made = compiled(text.replace("\nfunctions:\n", NEW_SERVICE + "\nfunctions:\n", 1))
    before = resources(compiled(text))
    added = {name: body for name, body in resources(made).items() if name not in before}
    types = {(name.split("/")[0], body["Type"]) for name, body in added.items()}
    dashboard = next(
        body for name, body in resources(made).items() if body["Type"] == "AWS::CloudWatch::Dashboard"
    )

    assert len(NEW_SERVICE.strip().splitlines()) == 5
    assert types >= {
        ("security", "AWS::EC2::SecurityGroup"),
        ("security", "AWS::EC2::SecurityGroupIngress"),
        ("security", "AWS::EC2::SecurityGroupEgress"),
        ("security", "AWS::IAM::Role"),
        ("database", "AWS::IAM::RolePolicy"),
        ("parameter_store", "AWS::SSM::Parameter"),
        ("parameter_store", "AWS::IAM::RolePolicy"),
        ("application", "AWS::ECR::Repository"),
        ("application", "AWS::Logs::LogGroup"),
        ("application", "AWS::ECS::TaskDefinition"),
        ("application", "AWS::ECS::Service"),
        ("application", "AWS::ElasticLoadBalancingV2::TargetGroup"),
        ("application", "AWS::ElasticLoadBalancingV2::ListenerRule"),
        ("application", "AWS::ApplicationAutoScaling::ScalableTarget"),
        ("application", "AWS::ApplicationAutoScaling::ScalingPolicy"),
        ("api_gateway", "AWS::ApiGateway::Resource"),
        ("api_gateway", "AWS::ApiGateway::Method"),
        ("monitoring", "AWS::CloudWatch::Alarm"),
    }
    assert "GroomingService" in json.dumps(dashboard)


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_every_resource_says_where_it_comes_from_and_what_for(stage: str) -> None:
    """Each points at a line of the spec that exists, and gives its purpose."""
    for name, body in resources(compiled(reference_text(), stage)).items():
        assert re.fullmatch(r"(/[^/]+)+", body["Metadata"]["petc"]["spec"]), name
        assert body["Metadata"]["com.aws.cloudformation.Context"]["why"], name


ARROWS = """
internet > distribution
distribution > site
internet > gateway
gateway > balancer
gateway > function genai
internet > balancer
balancer > service customers-service
balancer > service vets-service
balancer > service visits-service
balancer > service admin-server
service customers-service > database clinic
service vets-service > database clinic
service visits-service > database clinic
function genai > model assistant
function genai > database clinic
database clinic > reader clinic
service customers-service > configuration
service vets-service > configuration
service visits-service > configuration
service admin-server > configuration
service customers-service > discovery
service vets-service > discovery
service visits-service > discovery
service admin-server > discovery
service customers-service > logs customers-service
service vets-service > logs vets-service
service visits-service > logs visits-service
service admin-server > logs admin-server
function genai > logs genai
balancer > metrics
database clinic > metrics
service customers-service > repository customers-service
service vets-service > repository vets-service
service visits-service > repository visits-service
service admin-server > repository admin-server
service customers-service > internet
service vets-service > internet
service visits-service > internet
service admin-server > internet
service admin-server > service customers-service
service admin-server > service vets-service
service admin-server > service visits-service
"""
"""The arrows of the architecture diagram, typed by hand; nothing that emits may produce this list."""


@pytest.mark.parametrize("arrow", ARROWS.strip().splitlines())
def test_every_arrow_of_the_diagram_is_an_edge(arrow: str) -> None:
    """Declared in the spec, or following from a line of it."""
    assert arrow in {f"{edge.source} > {edge.target}" for edge in edges(specs.reference("dev"))}


def test_credentials_are_read_from_secrets_manager_by_those_who_use_the_database() -> None:
    """The arrow services and function to Secrets Manager, which shares its ends with the connection."""
    readers = {edge.source.name for edge in edges(specs.reference("dev")) if edge.access == "read secret"}

    assert readers == {"customers-service", "vets-service", "visits-service", "genai", "slack-notifier"}
