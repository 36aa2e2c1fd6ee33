"""What identities and keys need: IAM and KMS."""

from __future__ import annotations

from collections.abc import Mapping

from petc_local.authorization.call_forms import REFERENCE, Needs, call

_IAM = (f"{REFERENCE}list_awsidentityandaccessmanagementiam.html",)
_KMS = (
    f"{REFERENCE}list_awskeymanagementservice.html",
    "https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html",
)

_ROLE = "iam::{account}:role/{id}"
_NEW_ROLE = "iam::{account}:role/{new}"
_BOUNDARY = {"iam:PermissionsBoundary": "{PermissionsBoundary}"}
_OF_ROLE = "iam::{account}:role/{RoleName}"
_POLICY = "iam::{account}:policy/{id}"
_ATTACHED = {"iam:PolicyARN": "{ManagedPolicyArns}"}
_OF_ROLES = "iam::{account}:role/{Roles}"
_THIS_POLICY = {"iam:PolicyARN": "iam::{account}:policy/{id}"}
_KEY = "kms:{here}:key/{id}"
_ALIAS = ("kms:{here}:{AliasName}", "kms:{here}:key/{TargetKeyId}")
_PROVIDER = "iam::{account}:oidc-provider/*"

NEEDS: Mapping[str, Needs] = {
    "AWS::IAM::ManagedPolicy": Needs(
        _IAM,
        create=(
            call("iam:CreatePolicy", "iam::{account}:policy/{new}"),
            call("iam:AttachRolePolicy", _OF_ROLES, when="Roles", keys=_THIS_POLICY),
        ),
        update=(
            call("iam:ListPolicyVersions", _POLICY, when="PolicyDocument"),
            call("iam:CreatePolicyVersion", _POLICY, when="PolicyDocument"),
            call("iam:DeletePolicyVersion", _POLICY, when="PolicyDocument"),
            call("iam:AttachRolePolicy", _OF_ROLES, when="Roles", keys=_THIS_POLICY),
            call("iam:DetachRolePolicy", _OF_ROLES, when="Roles", keys=_THIS_POLICY),
        ),
        delete=(
            call("iam:DetachRolePolicy", _OF_ROLES, when="Roles", keys=_THIS_POLICY),
            call("iam:DeletePolicy", _POLICY),
        ),
        read=(call("iam:GetPolicy", _POLICY),),
        named=("ManagedPolicyName", 128),
    ),
    "AWS::IAM::OIDCProvider": Needs(
        _IAM,
        create=(call("iam:CreateOpenIDConnectProvider", _PROVIDER),),
        update=(
            call("iam:UpdateOpenIDConnectProviderThumbprint", _PROVIDER, when="ThumbprintList"),
            call("iam:AddClientIDToOpenIDConnectProvider", _PROVIDER, when="ClientIdList"),
            call("iam:RemoveClientIDFromOpenIDConnectProvider", _PROVIDER, when="ClientIdList"),
        ),
        delete=(call("iam:DeleteOpenIDConnectProvider", _PROVIDER),),
        read=(call("iam:GetOpenIDConnectProvider", _PROVIDER),),
    ),
    "AWS::IAM::Role": Needs(
        _IAM,
        create=(
            call("iam:CreateRole", _NEW_ROLE, keys=_BOUNDARY),
            call("iam:TagRole", _NEW_ROLE, when="Tags"),
            call("iam:PutRolePolicy", _ROLE, when="Policies", keys=_BOUNDARY),
            call("iam:AttachRolePolicy", _ROLE, when="ManagedPolicyArns", keys={**_BOUNDARY, **_ATTACHED}),
        ),
        update=(
            call("iam:UpdateAssumeRolePolicy", _ROLE, when="AssumeRolePolicyDocument"),
            call("iam:UpdateRole", _ROLE, when="Description MaxSessionDuration"),
            call("iam:PutRolePolicy", _ROLE, when="Policies"),
            call("iam:DeleteRolePolicy", _ROLE, when="-Policies"),
            call("iam:AttachRolePolicy", _ROLE, when="ManagedPolicyArns", keys=_ATTACHED),
            call("iam:DetachRolePolicy", _ROLE, when="-ManagedPolicyArns", keys=_ATTACHED),
            call("iam:PutRolePermissionsBoundary", _ROLE, when="PermissionsBoundary", keys=_BOUNDARY),
            call("iam:DeleteRolePermissionsBoundary", _ROLE, when="-PermissionsBoundary"),
            call("iam:TagRole", _ROLE, when="Tags"),
            call("iam:UntagRole", _ROLE, when="-Tags"),
        ),
        delete=(
            call("iam:ListRolePolicies", _ROLE),
            call("iam:ListAttachedRolePolicies", _ROLE),
            call("iam:DeleteRolePolicy", _ROLE, when="Policies"),
            call("iam:DetachRolePolicy", _ROLE, when="ManagedPolicyArns", keys=_ATTACHED),
            call("iam:DeleteRole", _ROLE),
        ),
        read=(
            call("iam:GetRole", _ROLE),
            call("iam:ListRolePolicies", _ROLE),
            call("iam:ListAttachedRolePolicies", _ROLE),
            call("iam:GetRolePolicy", _ROLE, when="Policies"),
        ),
        named=("RoleName", 64),
    ),
    "AWS::IAM::RolePolicy": Needs(
        _IAM,
        create=(call("iam:PutRolePolicy", _OF_ROLE),),
        update=(call("iam:PutRolePolicy", _OF_ROLE),),
        delete=(call("iam:DeleteRolePolicy", _OF_ROLE),),
        read=(call("iam:GetRolePolicy", _OF_ROLE),),
    ),
    "AWS::KMS::Alias": Needs(
        _KMS,
        create=(call("kms:CreateAlias", *_ALIAS),),
        update=(call("kms:UpdateAlias", *_ALIAS),),
        delete=(call("kms:DeleteAlias", *_ALIAS),),
        read=(call("kms:ListAliases"),),
    ),
    "AWS::KMS::Key": Needs(
        _KMS,
        # CreateKey, dependent actions.
        create=(
            call("kms:CreateKey"),
            call("kms:PutKeyPolicy", "kms:{here}:key/{new}"),
            call("kms:TagResource", "kms:{here}:key/{new}", when="Tags"),
            call("kms:EnableKeyRotation", _KEY, when="EnableKeyRotation"),
        ),
        update=(
            call("kms:PutKeyPolicy", _KEY, when="KeyPolicy"),
            call("kms:UpdateKeyDescription", _KEY, when="Description"),
            call("kms:EnableKeyRotation", _KEY, when="EnableKeyRotation RotationPeriodInDays"),
            call("kms:DisableKeyRotation", _KEY, when="-EnableKeyRotation"),
            call("kms:TagResource", _KEY, when="Tags"),
            call("kms:UntagResource", _KEY, when="-Tags"),
        ),
        delete=(call("kms:ScheduleKeyDeletion", _KEY),),
        read=(
            call("kms:DescribeKey", _KEY),
            call("kms:GetKeyPolicy", _KEY),
            call("kms:GetKeyRotationStatus", _KEY),
            call("kms:ListResourceTags", _KEY),
        ),
    ),
}
"""The types of IAM and KMS."""
