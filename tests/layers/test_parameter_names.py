"""What a setting is in Parameter Store: its path and the pattern of its values."""

from __future__ import annotations

import re

import pytest

from petc.layers import parameter_names
from petc.model.components import Service, Setting
from petc.model.settings import Injected
from tests import specs

KITE = """
petc: 1
name: kite
tags: {owner: kite-team, cost-centre: kite}
services:
  wind: {image: {tag: "1"}, port: 8000}
stages:
  dev: {targets: {accounts: ["123456789012"], regions: {eu-west-1: {}}}}
moved: {wind: breeze}
"""


@pytest.fixture
def wind() -> Service:
    return specs.stage_of(KITE).services["wind"]


def test_own_settings_lie_in_the_folder_of_the_key(wind: Service) -> None:
    assert parameter_names.path(wind, Injected("server.port", 1, "")) == "/breeze/server.port"


def test_shared_settings_lie_in_a_folder_of_their_own(wind: Service) -> None:
    assert parameter_names.path(wind, Injected("a.b", 1, "", shared=True)) == "/shared/a.b"


def test_indices_are_written_as_parameter_store_takes_them(wind: Service) -> None:
    path = parameter_names.path(wind, Injected("kites[0].tails[12]", "x", ""))

    assert path == "/breeze/kites.0.tails.12"


@pytest.mark.parametrize(
    ("key", "value", "taken", "refused"),
    [
        ("feature", True, "false", "yes"),
        ("pool.size", 3, "12", "many"),
        ("server.port", 8080, "65535", "65536"),
        ("server.port", 8080, "1", "0"),
        ("random-port", 0, "0", "none"),
        ("share", 0.05, "1", "a half"),
        ("share", 1e-07, "1e-07", "e"),
        ("collector", "http://localhost:9411/spans", "http://collector/spans", "ftp://collector"),
        ("url", "jdbc:mysql://${host}:3306/kite", "jdbc:mysql://db:3306/kite", "jdbc:postgresql://db"),
        ("json", '{"a":1}', '{"b":[2]}', "[1]"),
    ],
)
def test_a_value_keeps_its_type(key: str, value: Setting, taken: str, refused: str) -> None:
    pattern = parameter_names.pattern(Injected(key, value, ""))

    assert re.search(pattern, taken)
    assert not re.search(pattern, refused)


def test_text_is_free() -> None:
    assert parameter_names.pattern(Injected("greeting", "hello: world", "")) == ""


@pytest.mark.parametrize(
    ("key", "value"), [("x.port", -1), ("x.port", 70000), ("home", "https://a b"), ("home", "https://")]
)
def test_a_value_that_its_pattern_would_refuse_is_free_text(key: str, value: Setting) -> None:
    """Parameter Store refuses a parameter whose own value breaks the pattern, and the stack with it."""
    assert parameter_names.pattern(Injected(key, value, "")) == ""


def test_a_large_number_keeps_its_pattern() -> None:
    pattern = parameter_names.pattern(Injected("far", 1e300, ""))

    assert re.search(pattern, "1e+300")
