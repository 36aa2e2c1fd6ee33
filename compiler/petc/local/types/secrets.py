"""Mends secrets: Ref is the ARN, and generated passwords leave out what the template excludes."""

from __future__ import annotations

import json
import secrets as randomness
import string
from collections.abc import Mapping

from ministack.services import secretsmanager

from petc.local.types.forms import Attributes, Made, Properties, flag, mapping, number, text
from petc.local.types.mending import Mend


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
