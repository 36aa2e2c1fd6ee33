"""Log groups of every layer: kept as long as the spec says, encrypted as it says."""

from __future__ import annotations

import pytest

from petc.layers.table import LAYERS
from petc.model.types import Stage
from tests.layers.rendered import resources


@pytest.mark.parametrize("name", ["dev", "prod"])
def test_all_are_kept_as_long_as_the_spec_says_and_encrypted(
    name: str, request: pytest.FixtureRequest
) -> None:
    stage: Stage = request.getfixturevalue(name)
    groups = [
        item["Properties"]
        for layer in LAYERS
        for item in resources(layer.emit(stage), "AWS::Logs::LogGroup").values()
    ]

    assert groups
    for group in groups:
        assert group["RetentionInDays"] == stage.logs.retention_days
        assert "KmsKeyId" in group
