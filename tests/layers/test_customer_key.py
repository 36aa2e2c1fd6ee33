"""Both customer keys are brought by one parameter of one name, or made the same way."""

from __future__ import annotations

from petc.layers import database, security
from petc.model.types import Stage
from tests.layers import ledger
from tests.layers.rendered import resources


def test_a_brought_key_has_one_name_in_every_layer() -> None:
    stage = ledger.stage(key="existing")

    for emit in (security.emit, database.emit):
        layer = emit(stage)

        assert [item.name for item in layer.parameters if item.values == ledger.BROUGHT] == ["KeyArn"]
        assert not resources(layer, "AWS::KMS::Key")


def test_every_made_key_is_renewed_and_has_a_name_for_people(dev: Stage) -> None:
    for emit, title in ((security.emit, "Key"), (database.emit, "DataKey")):
        keys = resources(emit(dev))

        assert keys[title]["Properties"]["EnableKeyRotation"] is True
        assert keys[f"{title}Alias"]["Properties"]["TargetKeyId"] == {"Ref": title}


def test_every_wildcard_of_a_key_policy_has_its_reason(dev: Stage) -> None:
    for emit in (security.emit, database.emit):
        for key in resources(emit(dev), "AWS::KMS::Key").values():
            sids = {item["Sid"] for item in key["Properties"]["KeyPolicy"]["Statement"]}

            assert set(key["Metadata"]["petc"]["reasons"]) == sids


def test_both_keys_are_looked_after_in_one_way(dev: Stage) -> None:
    """No account is locked out, and looking after a key lets nobody decrypt."""
    found = []
    for emit, title in ((security.emit, "Key"), (database.emit, "DataKey")):
        statements = resources(emit(dev))[title]["Properties"]["KeyPolicy"]["Statement"]
        found.append({item["Sid"]: item for item in statements})

    first, second = found
    assert first["AccountAdministers"] == second["AccountAdministers"]
    assert first["GrantThroughServices"]["Action"] == second["GrantThroughServices"]["Action"]
    assert first["UseThroughServices"]["Action"] == second["UseThroughServices"]["Action"]
