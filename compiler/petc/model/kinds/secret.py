"""Secrets: values that people put by hand into Secrets Manager, and that parts read by permission."""

from __future__ import annotations

from collections.abc import Iterator

from petc.model.components import Secret, Service, Use
from petc.model.injected import Injected, InjectedSecret, Known, SettingReference, upper
from petc.model.kinds.kind import LogicalId, PartKind
from petc.model.parties import Access, Caller, Edge, Party, PartyKind


def _reached(caller: Caller, secret: Secret, use: Use) -> Iterator[Edge]:
    target = Party(PartyKind.SECRET, secret.name)
    yield Edge(
        caller.party,
        target,
        Access.READ_SECRET,
        use.at,
        caller.because(secret.name),
        role=caller.secrets,
        calls=("secretsmanager",),
    )


def _given_function(secret: Secret, use: Use) -> Iterator[Injected]:
    arn = {"secret": SettingReference(Known.SECRET_ARN, secret.name)}
    yield Injected(f"{use.as_ or upper(secret.name)}_SECRET_ARN", "${secret}", use.at, arn)


def _given_secret(service: Service, secret: Secret, use: Use) -> Iterator[InjectedSecret]:
    variable = use.as_ or upper(secret.name)
    yield InjectedSecret(variable, SettingReference(Known.SECRET_ARN, secret.name), "", use.at)


KIND = PartKind(
    "secret",
    "secrets",
    Secret,
    reached=_reached,
    given_function=_given_function,
    given_secret=_given_secret,
    holds=("AWS::SecretsManager::Secret",),
    passive=True,
    options=("as",),
    ids=(LogicalId("security", "Secret"),),
)
