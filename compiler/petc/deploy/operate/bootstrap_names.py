"""The names of what `petc bootstrap` makes; the same in every account."""

from __future__ import annotations

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
"""The policy of whoever runs `petc deploy`."""

PLANNER = "petc-planner"
"""The policy of whoever runs `petc plan`, `status`, `events` and `drift`."""
