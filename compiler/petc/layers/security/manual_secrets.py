"""Secrets whose values people put by hand: made empty, readable by exactly the parts that use them."""

from __future__ import annotations

from typing import Any

from awacs import secretsmanager
from awacs.aws import Statement
from troposphere import Ref
from troposphere import secretsmanager as secret_resources

from petc import naming
from petc.layers import contracts, iam, key_use
from petc.layers.base import Draft
from petc.model.grants import Grant, granted
from petc.model.graph import Access, PartyKind

PUT = "aws secretsmanager put-secret-value --secret-id ARN --secret-string VALUE"
"""The command that gives a secret its value."""


def emit_secrets(draft: Draft, key: Any) -> None:
    """Add and export each secret, and grant it to the roles that read it."""
    stage = draft.stage
    for secret in stage.secrets.values():
        about = f"{secret.description.rstrip('.')}. " if secret.description else ""
        made = draft.add_stateful(
            secret_resources.Secret(
                naming.logical_id("Secret", secret.key),
                Description=f"{about}Put the value by hand: {PUT}",
                **key_use.given(key, "KmsKeyId"),
            ),
            secret.at,
            why=f"holds {secret.name}, whose value never passes through a template",
        )
        draft.export(
            contracts.HAND_SECRET_ARN, Ref(made), secret.key, description=f"ARN for the command: {PUT}"
        )

    def statements(grant: Grant) -> list[Statement]:
        secret = stage.secrets[grant.target.name]
        read = iam.allow(
            "ReadSecrets", [secretsmanager.GetSecretValue], [Ref(naming.logical_id("Secret", secret.key))]
        )
        return [read, *key_use.through(key, "DecryptSecrets", "secretsmanager", *key_use.READ)]

    iam.attach_grants(draft, granted(stage, Access.READ_SECRET, target=PartyKind.SECRET), statements)
