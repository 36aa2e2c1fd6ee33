"""Mends secrets, their generated passwords and their rotation schedules, on MiniStack's Secrets Manager."""

from __future__ import annotations

import json
import secrets as randomness
import string
from collections.abc import Mapping

from ministack.services import secretsmanager

from petc_local.types.forms import (
    Attributes,
    Handlers,
    Made,
    Properties,
    ResourceError,
    accepted,
    flag,
    mapping,
    number,
    text,
)
from petc_local.types.patching import Mend
from petc_local.types.rds import MANAGED


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


def _made(physical_id: str, old: Properties, new: Properties, attributes: Attributes) -> Made:
    """Return the ARN as Ref ("AWS::SecretsManager::Secret", return values)."""
    generate = mapping(new.get("GenerateSecretString"))
    if generate and generate != old.get("GenerateSecretString") and not new.get("SecretString"):
        _, secret = secretsmanager._resolve(physical_id)
        for version in secret["Versions"].values():
            if "AWSCURRENT" in version["Stages"]:
                version["SecretString"] = generated(generate)
    arn = str(attributes["Arn"])
    return arn, {"Id": arn, "Arn": arn}


def generated(rules: Properties) -> str:
    """Return a secret by the rules of `GenerateSecretString`, with at least one of each kind that is asked for.

    The kinds and their switches follow "AWS::SecretsManager::Secret GenerateSecretString".
    """
    excluded = set(text(rules, "ExcludeCharacters"))
    kinds = {
        "ExcludeLowercase": string.ascii_lowercase,
        "ExcludeUppercase": string.ascii_uppercase,
        "ExcludeNumbers": string.digits,
        "ExcludePunctuation": string.punctuation,
    }
    pools = _without(kinds, rules, excluded)
    if flag(rules, "IncludeSpace"):
        pools.append(" ")
    length = number(rules, "PasswordLength", 32)
    chosen = (
        [randomness.choice(pool) for pool in pools] if flag(rules, "RequireEachIncludedType", True) else []
    )
    chosen += [randomness.choice("".join(pools)) for _ in range(length - len(chosen))]
    randomness.SystemRandom().shuffle(chosen)
    password = "".join(chosen[:length])
    key = text(rules, "GenerateStringKey")
    return json.dumps({**json.loads(text(rules, "SecretStringTemplate")), key: password}) if key else password


def _without(kinds: Mapping[str, str], rules: Properties, excluded: set[str]) -> list[str]:
    pools = (
        "".join(c for c in pool if c not in excluded) for name, pool in kinds.items() if not flag(rules, name)
    )
    return [pool for pool in pools if pool]


def _own_id(physical_id: str) -> str:
    key, _ = secretsmanager._resolve(physical_id)
    return str(key or physical_id)


MENDS = {"AWS::SecretsManager::Secret": Mend(made=_made, own_id=_own_id)}
"""The types that this module mends."""
