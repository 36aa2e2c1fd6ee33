"""What a setting is that a part is given: its value, what its placeholders stand for, and whence it comes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from petc import naming
from petc.model.components import Setting


class Known(StrEnum):
    """What a placeholder stands for, known only at deployment; the reference's name says of which part."""

    WRITER_HOST = "writer host"
    READER_HOST = "reader host"
    SECRET_ARN = "secret arn"
    MASTER_SECRET_ARN = "master secret arn"
    NAMESPACE = "namespace"
    BUCKET = "bucket"
    FUNCTION_NAME = "function name"
    TOPIC_ARN = "topic arn"


@dataclass(frozen=True, slots=True)
class SettingReference:
    """A value of another layer: a word of `Known`, or one of a kind of part, and the part's name."""

    known: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Injected:
    """One setting: its key in Parameter Store, its value, and the line of the spec it comes from.

    `shared` settings stand once for all services.
    """

    key: str
    value: Setting
    at: str
    references: Mapping[str, SettingReference] = field(default_factory=dict)
    shared: bool = False

    @property
    def variable(self) -> str:
        """Name of the environment variable."""
        return naming.environment_variable(self.key)


@dataclass(frozen=True, slots=True)
class InjectedSecret:
    """A secret's value in an environment variable; `field` names the JSON key, empty for the whole value."""

    variable: str
    secret: SettingReference
    field: str
    at: str


def upper(name: str) -> str:
    """Return `orders-db` as `ORDERS_DB`."""
    return name.replace("-", "_").upper()
