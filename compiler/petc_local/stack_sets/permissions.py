"""Whose rights a stack set works with, and what each permission model asks for."""

from __future__ import annotations

from dataclasses import replace

from petc_local.stack_sets import organization, reading, roles, templates
from petc_local.stack_sets.errors import invalid
from petc_local.stack_sets.records import PermissionModel, StackSet
from petc_local.stack_sets.request import ParsedRequest
from petc_local.stack_sets.store import STORE


def with_permissions(record: StackSet, request: ParsedRequest, template: templates.SetTemplate) -> StackSet:
    """Return the stack set with what its permission model needs (botocore, CreateStackSetInput).

    Roles are valid for self-managed permissions only and have default names; AutoDeployment is required for
    service-managed ones and not used with the others (refused: assumed).
    """
    model: PermissionModel = (
        "SERVICE_MANAGED"
        if (request.text("PermissionModel") or record.permission_model) == "SERVICE_MANAGED"
        else "SELF_MANAGED"
    )
    automatic = reading.auto_deployment(request) or record.auto_deployment
    roles_sent = request.has("AdministrationRoleARN") or request.has("ExecutionRoleName")
    if model == "SELF_MANAGED":
        if request.has("AutoDeployment"):
            raise invalid("AutoDeployment is valid only for service-managed permissions")
        return replace(
            record,
            permission_model=model,
            auto_deployment=None,
            administration_role_arn=request.text("AdministrationRoleARN")
            or record.administration_role_arn
            or f"arn:aws:iam::{record.account}:role/{roles.ADMINISTRATION}",
            execution_role_name=request.text("ExecutionRoleName")
            or record.execution_role_name
            or roles.EXECUTION,
        )
    organization.check_access(STORE.trusted, record.account)
    if roles_sent:
        raise invalid(
            "AdministrationRoleARN and ExecutionRoleName are valid only for self-managed permissions"
        )
    if automatic is None:
        raise invalid("AutoDeployment is required for service-managed permissions")
    templates.check_service_managed(template)
    return replace(
        record,
        permission_model=model,
        auto_deployment=automatic,
        administration_role_arn=None,
        execution_role_name=None,
    )
