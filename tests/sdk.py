"""What is the same for hundreds of tests is done once, or for few regions.

A run of petc is one process and one session; a test process has hundreds, each of which would read the SDK's models
again, and look into more than thirty regions for a stage that may have been deployed there.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import pytest
from botocore.loaders import JSONFileLoader

from petc.deploy.aws.connection import Connection

REGIONS = ("ap-south-1", "eu-central-1", "eu-west-1", "us-east-1", "us-east-2", "us-west-2")
"""The regions that tests on a local AWS use."""

EVERY_REGION: property = Connection.__dict__["regions"]
"""What `Connection.regions` is outside of tests."""


def read_models_once(patch: pytest.MonkeyPatch) -> None:
    """Keep the models that any session has read, until the patch is undone."""
    own: Callable[[JSONFileLoader, Any], Any] = JSONFileLoader.load_file

    @lru_cache(maxsize=128)
    def read(path: str) -> Any:
        return own(JSONFileLoader(), path)

    patch.setattr(JSONFileLoader, "load_file", lambda _, path: read(path))


def look_into_few_regions(patch: pytest.MonkeyPatch) -> None:
    """Let petc know the regions alone that tests use; a look into each takes a client and a call."""
    patch.setattr(Connection, "regions", REGIONS)
