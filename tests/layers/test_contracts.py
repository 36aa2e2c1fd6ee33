"""Every export is there for another layer."""

from __future__ import annotations

import pytest

from petc.layers.table import LAYERS
from tests import specs


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_no_value_is_exported_that_no_layer_imports(stage: str) -> None:
    """CloudFormation lets no export in use change, so one without use is a promise to nobody."""
    layers = [layer.emit(specs.reference(stage)) for layer in LAYERS]

    imported = {name for layer in layers for name, _ in layer.imports}
    assert {name for layer in layers for name in layer.exports} - imported == set()
