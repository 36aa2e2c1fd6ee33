"""What all calls of one deployment have in common, whatever their operation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from petc.deploy.desired import DesiredState
from petc.deploy.targets import Target
from petc.model.types import Operations

ADMINISTRATION_ROLE = "petc-administration"
"""The role in the administrator account that StackSets acts with; `petc bootstrap` makes it."""

EXECUTION_ROLE = "petc-execution"
"""The role in each target that the administration role assumes; `petc bootstrap` makes it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The part of a stage that the engines need.

    `buckets` names the artifact bucket of each region. `organizational_units` is empty for self-managed sets.
    """

    spec: str
    stage: str
    home: str
    templates: Literal["bucket", "inline"]
    operations: Operations
    organizational_units: tuple[str, ...]
    call_as: Literal["self", "delegated-admin"]
    buckets: Mapping[str, str]
    protected: bool

    @property
    def is_service_managed(self) -> bool:
        """Whether AWS Organizations manages the roles of the stack sets."""
        return bool(self.organizational_units)


def execution_role(partition: str, target: Target) -> str:
    """Return the ARN of the execution role in a target, which CloudFormation is handed for a plain stack."""
    return f"arn:{partition}:iam::{target.account}:role/{EXECUTION_ROLE}"


def of(wanted: DesiredState) -> Settings:
    """Return the settings of a stage."""
    return Settings(
        spec=wanted.spec,
        stage=wanted.stage,
        home=wanted.home,
        templates=wanted.templates,
        operations=wanted.operations,
        organizational_units=wanted.organizational_units,
        call_as=wanted.call_as,
        buckets=wanted.buckets,
        protected=wanted.protected,
    )
