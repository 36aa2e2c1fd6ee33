"""Use of customer keys: by resources, and by roles, which always go through one AWS service, never directly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from awacs import kms
from awacs.aws import Action, Condition, Statement, StringEquals
from troposphere import Sub

from petc.layers import contracts, iam
from petc.layers.base import Draft

READ = (kms.Decrypt,)
READ_AND_WRITE = (kms.Decrypt, kms.GenerateDataKey)
"""What a sender needs: queues and topics encrypt with a data key that they ask for in the sender's name."""


def message_key(draft: Draft) -> Any | None:
    """Return the ARN of the key of logs and messages, or None where AWS's own keys encrypt."""
    if draft.stage.encryption.key == "aws":
        return None
    return draft.imported(contracts.KEY_ARN)


def given(key: Any | None, property: str) -> Mapping[str, Any]:
    """Return `property` with the key's ARN, or nothing where AWS's own keys encrypt."""
    return {property: key} if key is not None else {}


def through(key: Any | None, sid: str, service: str, *actions: Action) -> list[Statement]:
    """Return the statement that a role may use the key by way of `service`; none with AWS's own keys."""
    if key is None:
        return []
    return [iam.allow(sid, actions, [key], Condition(StringEquals({"kms:ViaService": via(service)})))]


def via(service: str) -> Sub:
    """Return what `kms:ViaService` holds for a service, called by the first label of its domain name.

    Source: AWS KMS Developer Guide, "kms:ViaService".
    """
    return Sub(f"{service}.${{AWS::Region}}.${{AWS::URLSuffix}}")
