"""Stages of the reference spec for the layers' tests."""

from __future__ import annotations

import pytest

from petc.model.types import Stage
from tests import specs


@pytest.fixture
def dev() -> Stage:
    """The reference spec's stage dev."""
    return specs.reference("dev")


@pytest.fixture
def prod() -> Stage:
    """The reference spec's stage prod."""
    return specs.reference("prod")
