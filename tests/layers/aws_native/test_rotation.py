from __future__ import annotations

from petc.layers import aws_native
from petc.model.types import Stage
from tests.layers.rendered import resources


def test_rotation_every_30_days_without_a_lambda(dev: Stage) -> None:
    layer = aws_native.emit(dev)
    schedule = resources(layer)["MasterRotationClinic"]

    assert schedule["Properties"] == {
        "SecretId": {"Fn::ImportValue": "petclinic-dev-database-MasterSecretArnClinic"},
        "RotateImmediatelyOnUpdate": False,
        "RotationRules": {"AutomaticallyAfterDays": 30},
    }
    assert schedule["DeletionPolicy"] == "Retain"
