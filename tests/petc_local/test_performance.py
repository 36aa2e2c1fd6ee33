"""What is done faster than MiniStack does it gives the same answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from ministack.core import router
from ministack.services.cloudformation import engine

from petc_local import performance

TEMPLATE = """
Parameters: {Day: {Type: String, Default: 2026-12-01}}
Resources:
  A:
    Type: AWS::SSM::Parameter
    Properties:
      Value: !Sub "${AWS::Region}-x"
      Name: !Join ["", [!Ref A, !GetAtt B.Arn, !GetAtt [B, Arn]]]
      Tags: !If [Yes, {yes: 012, no: 1_000, on: 0x1F, time: 12:30:45}, !Ref AWS::NoValue]
"""
GENERATED = Path(__file__).parents[2] / "generated"


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[yaml.SafeLoader]]:
    before = engine.CfnLoader
    monkeypatch.setattr(engine, "CfnLoader", before)
    monkeypatch.setattr(router, "_is_aws_service_name", router._is_aws_service_name)
    performance.install()
    yield before


@pytest.mark.parametrize(
    "text", [TEMPLATE, *(p.read_text("utf-8") for p in sorted(GENERATED.glob("*/0*.yaml")))]
)
def test_a_template_has_the_same_values(text: str, installed: type[yaml.SafeLoader]) -> None:
    assert engine._parse_template(text) == yaml.load(text, Loader=installed)


@pytest.mark.parametrize("text", ["Resources: {A: [", "- 1", "a: 1\n b: 2"])
def test_a_text_that_is_no_template_is_refused(text: str) -> None:
    with pytest.raises((yaml.YAMLError, ValueError)):
        engine._parse_template(text)


def test_templates_are_parsed_by_libyaml(installed: type[yaml.SafeLoader]) -> None:
    assert issubclass(engine.CfnLoader, yaml.CSafeLoader)
    assert not issubclass(installed, yaml.CSafeLoader)


@pytest.mark.parametrize("scope", ["bedrock", "servicequotas", "glacier", "pinpoint", "account"])
def test_services_that_ministack_does_not_have_are_known(scope: str) -> None:
    assert router._is_aws_service_name(scope)


def test_a_word_is_no_service() -> None:
    assert not router._is_aws_service_name("my-bucket")
