"""Stages of the reference spec for the layers' tests."""

from __future__ import annotations

import pytest
from tests import specs

from petc.model.types import Stage


@pytest.fixture
def dev() -> Stage:
    """The reference spec's stage dev."""
    return specs.reference("dev")


@pytest.fixture
def prod() -> Stage:
    """The reference spec's stage prod."""
    return specs.reference("prod")
