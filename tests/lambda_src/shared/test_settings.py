"""Settings are found by name or by role."""

from __future__ import annotations

import pytest

from shared import settings


def test_a_missing_setting_is_named() -> None:
    with pytest.raises(settings.Misconfigured, match="NOT_THERE"):
        settings.required("NOT_THERE")


def test_the_one_variable_with_a_suffix_gives_its_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_CLINIC_TEST_SCHEMA", "x")

    assert settings.prefix_of("_TEST_SCHEMA") == "MY_CLINIC"


def test_two_variables_with_a_suffix_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_TEST_SCHEMA", "x")
    monkeypatch.setenv("B_TEST_SCHEMA", "x")

    with pytest.raises(settings.Misconfigured, match="A_TEST_SCHEMA, B_TEST_SCHEMA"):
        settings.prefix_of("_TEST_SCHEMA")


def test_no_variable_with_a_suffix_is_refused() -> None:
    with pytest.raises(settings.Misconfigured, match="found none"):
        settings.prefix_of("_TEST_SCHEMA")
