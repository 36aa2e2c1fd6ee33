"""Replacements of resources that the template names, which CloudFormation refuses and MiniStack carries out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ministack.services.cloudformation import provisioners

NAMES: Mapping[str, str] = {
    "AWS::EC2::SecurityGroup": "GroupName",
    "AWS::ECS::Cluster": "ClusterName",
    "AWS::ECS::Service": "ServiceName",
    "AWS::Events::Rule": "Name",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SecretsManager::Secret": "Name",
}
"""Types whose custom names MiniStack's own table lacks.

CloudFormation Template Reference, "CloudFormation resource custom naming": an update must not replace a resource
that has a custom name. Which of their properties replace them is decided in `replacing`.
"""


def enter() -> None:
    """Enter the names into MiniStack's table of custom-named types; what it has is kept."""
    table: Any = provisioners._CUSTOM_NAME_REPLACEMENT
    for type_name, name in NAMES.items():
        table.setdefault(type_name, {"name": name})
