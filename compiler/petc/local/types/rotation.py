"""Schedules of secret rotation, on MiniStack's Secrets Manager."""

from __future__ import annotations

from ministack.services import secretsmanager

from petc.local.types.databases import MANAGED
from petc.local.types.forms import Handlers, Made, Properties, ResourceError, accepted, flag, mapping, text


def _create(logical_id: str, properties: Properties, stack_name: str) -> Made:
    """Set the schedule. The secret's ARN identifies it ("AWS::SecretsManager::RotationSchedule").

    A secret that RDS manages rotates before any schedule is made, so there is none to meet. That CloudFormation
    accepts a schedule for it is assumed: no public example is known.
    """
    secret_id = text(properties, "SecretId")
    secret = _secret(secret_id)
    if secret.get("RotationEnabled") and not str(secret["Name"]).startswith(MANAGED):
        raise ResourceError(f"A previous rotation schedule exists for the secret {secret_id}.")
    return _set(properties)


def _update(physical_id: str, old: Properties, new: Properties) -> Made:
    return _set(new)


def _set(properties: Properties) -> Made:
    secret = _secret(text(properties, "SecretId"))
    rules = mapping(properties.get("RotationRules"))
    if flag(properties, "RotateImmediatelyOnUpdate", True):
        request = {"SecretId": secret["ARN"], "RotationRules": rules}
        if properties.get("RotationLambdaARN"):
            request["RotationLambdaARN"] = text(properties, "RotationLambdaARN")
        accepted(secretsmanager._rotate_secret(request))
    secret["RotationRules"] = rules
    secret["RotationEnabled"] = True
    secret["RotationLambdaARN"] = text(properties, "RotationLambdaARN") or None
    return str(secret["ARN"]), {"Id": str(secret["ARN"])}


def _delete(physical_id: str, properties: Properties) -> None:
    _, secret = secretsmanager._resolve(physical_id)
    if secret:
        secret["RotationEnabled"] = False
        secret["RotationRules"] = None
        secret["RotationLambdaARN"] = None


def _secret(secret_id: str) -> dict[str, object]:
    _, secret = secretsmanager._resolve(secret_id)
    if not secret:
        raise ResourceError("Secrets Manager can't find the specified secret.")
    found: dict[str, object] = secret
    return found


HANDLERS = {"AWS::SecretsManager::RotationSchedule": Handlers(_create, _update, _delete)}
"""The types of this family."""
