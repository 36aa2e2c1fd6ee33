"""The names of what `petc bootstrap` makes; the same in every account."""

from __future__ import annotations

import hashlib

ADMINISTRATION = "petc-administration"
"""The role by which CloudFormation reaches the target accounts of self-managed stack sets."""

EXECUTION = "petc-execution"
"""The role by which CloudFormation makes the layers in a target account."""

READER = "petc-reader"
"""The role by which petc reads in a target account; `petc.deploy.aws.connection` assumes it."""

BOUNDARY = "petc-boundary"
"""The policy that caps the execution role, whatever policies are attached to it."""

GATEWAY_LOGS = "petc-gateway-logs"
"""The role by which API Gateway writes logs, one for an account."""

DEPLOYER = "petc-deployer"
"""The policy of people who deploy: every stage that was bootstrapped from the account."""

PLANNER = "petc-planner"
"""The policy of whoever runs `petc plan`, `status`, `events` and `drift`."""

_ROLE_NAME = 64
"""Characters of a role's name; IAM User Guide, "IAM and AWS STS quotas"."""


def writer(stage: str) -> str:
    """Return the role by which petc writes in a target account for a stage, `<spec>-<stage>`."""
    return _fitting(f"petc-writer-{stage}")


def deployer(stage: str) -> str:
    """Return the policy that deploys one stage and no other; workflows have it."""
    return f"{DEPLOYER}-{stage}"


def workflow(stage: str) -> str:
    """Return the role of GitHub's workflows that deploys one stage."""
    return _fitting(f"petc-github-{stage}")


def _fitting(name: str) -> str:
    """Return a name that a role may have: a long one is cut, and its digest keeps it apart from others."""
    if len(name) <= _ROLE_NAME:
        return name
    return f"{name[: _ROLE_NAME - 9]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
