"""Container image repositories: one for each service that does not bring its image."""

from __future__ import annotations

import json
from typing import Any

from troposphere import GetAtt, Ref, Sub, ecr

from petc import naming
from petc.layers import contracts
from petc.layers.base import Draft
from petc.model.components import Service

UNTAGGED_DAYS = 14
"""Days after which an image without a tag goes: what a failed or repeated push leaves behind."""
KEPT_IMAGES = 30
"""Newest images that stay, to roll back to."""

LIFECYCLE = {
    "rules": [
        {
            "rulePriority": 1,
            "description": "images without a tag",
            "selection": {
                "tagStatus": "untagged",
                "countType": "sinceImagePushed",
                "countUnit": "days",
                "countNumber": UNTAGGED_DAYS,
            },
            "action": {"type": "expire"},
        },
        {
            "rulePriority": 2,
            "description": "all but the newest images",
            "selection": {
                "tagStatus": "any",
                "countType": "imageCountMoreThan",
                "countNumber": KEPT_IMAGES,
            },
            "action": {"type": "expire"},
        },
    ]
}


def title(service: Service) -> str:
    """Return the logical id of a service's repository."""
    return naming.logical_id("Repository", service.key)


def add_repository(draft: Draft, service: Service) -> None:
    """Add the repository of a service without `image.uri`."""
    stage = draft.stage
    encryption = ecr.EncryptionConfiguration(EncryptionType="AES256")
    if stage.encryption.key != "aws":
        encryption = ecr.EncryptionConfiguration(
            EncryptionType="KMS", KmsKey=draft.imported(contracts.KEY_ARN)
        )
    repository = draft.add_stateful(
        ecr.Repository(
            title(service),
            RepositoryName=f"{stage.name}-{stage.stage}/{service.key}",
            ImageTagMutability="IMMUTABLE",
            ImageScanningConfiguration=ecr.ImageScanningConfiguration(ScanOnPush=True),
            LifecyclePolicy=ecr.LifecyclePolicy(LifecyclePolicyText=json.dumps(LIFECYCLE, sort_keys=True)),
            EncryptionConfiguration=encryption,
            # Without this a repository with images refuses to be deleted; where data is kept it stays anyway.
            EmptyOnDelete=not stage.keep,
        ),
        service.at,
        why=f"images of {service.name}",
    )
    draft.output(
        naming.logical_id("RepositoryUri", service.key),
        GetAtt(repository, "RepositoryUri"),
        f"Where to push images of {service.name}",
    )


def image(draft: Draft, service: Service) -> Any:
    """Return the image that a task starts from: as the spec says, or by tag in the service's repository."""
    if service.image.uri:
        return service.image.uri
    tag = draft.parameter(
        naming.logical_id("ImageTag", service.key),
        f"Tag of the image of {service.name}",
        lambda region: service.image.tag,
        default=service.image.tag,
    )
    return Sub("${Repository}:${Tag}", Repository=GetAtt(title(service), "RepositoryUri"), Tag=Ref(tag))
