"""The template of the administrator account: the role of stack sets, policies of people, roles of workflows."""

from __future__ import annotations

from collections.abc import Sequence

from petc.deploy.operate import deployer_policies, shared
from petc.deploy.operate import iam_forms as forms
from petc.deploy.operate.bootstrap_names import ADMINISTRATION, DEPLOYER, EXECUTION, PLANNER, READER
from petc.deploy.operate.shared import Served
from petc.source.tree import Json

_LISTED = 60
"""Accounts that a policy names one by one; more make it longer than IAM takes, so it names the organization."""

_DEPLOYING_SECONDS = 4 * 3600


def administrator(served: Served, *, with_provider: bool = True) -> dict[str, Json]:
    """Return the template of the administrator account: its role, the policies of people, roles of workflows.

    `with_provider` makes the account's OpenID provider of GitHub, of which an account has one.
    """
    resources: dict[str, Json] = {
        "Planner": forms.managed(
            PLANNER,
            "what petc reads in the administrator account",
            deployer_policies.reading([_assume(READER, served)]),
        ),
        "Deployer": forms.managed(
            DEPLOYER,
            "what petc deploy changes in the administrator account",
            deployer_policies.changing(ADMINISTRATION),
        ),
    }
    if shared.SELF_MANAGED in served.ways:
        resources["Administration"] = forms.role(
            ADMINISTRATION,
            "lets stack sets of this account take the execution role in the target accounts",
            forms.trust(forms.service("cloudformation"), _only_stack_sets()),
            {"AssumeExecution": [_assume(EXECUTION, served)]},
        )
    if served.repositories:
        resources |= _workflows(served.repositories, with_provider=with_provider)
    return forms.template("Roles and policies of the account that petc deploys from", resources, served)


def _workflows(repositories: Sequence[str], *, with_provider: bool) -> dict[str, Json]:
    """Return the roles of GitHub's workflows: `petc-github` deploys, `petc-github-plan` only reads.

    A deployment runs in an environment of the repository, which asks for approval and names the branches;
    plans run on pull requests. A first deployment may take hours, so its session may too.
    GitHub Docs, "Configuring OpenID Connect in Amazon Web Services".
    """
    host = "token.actions.githubusercontent.com"
    made: dict[str, Json] = {}
    if with_provider:
        made["GitHub"] = {
            "Type": "AWS::IAM::OIDCProvider",
            "DeletionPolicy": "Retain",
            "UpdateReplacePolicy": "Retain",
            "Properties": {"Url": f"https://{host}", "ClientIdList": ["sts.amazonaws.com"]},
        }
    provider: Json = {"Fn::Sub": f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:oidc-provider/{host}"}
    for logical_id, name, subjects, managed in (
        ("Deploys", "petc-github", ("environment:*",), ("Planner", "Deployer")),
        ("Plans", "petc-github-plan", ("pull_request",), ("Planner",)),
    ):
        trust: Json = {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Federated": provider},
                    "Action": "sts:AssumeRoleWithWebIdentity",
                    "Condition": {
                        "StringEquals": {f"{host}:aud": "sts.amazonaws.com"},
                        "StringLike": {
                            f"{host}:sub": [
                                f"repo:{repository}:{subject}"
                                for repository in repositories
                                for subject in subjects
                            ]
                        },
                    },
                }
            ],
        }
        role = forms.role(name, f"for workflows of {', '.join(repositories)}", trust, {})
        properties = role["Properties"]
        assert isinstance(properties, dict)
        properties["ManagedPolicyArns"] = [{"Ref": item} for item in managed]
        if "Deployer" in managed:
            properties["MaxSessionDuration"] = _DEPLOYING_SECONDS
        if with_provider:
            role["DependsOn"] = ["GitHub"]
        made[logical_id] = role
    return made


def _only_stack_sets() -> dict[str, Json]:
    """Return the condition that only this account's stack sets use the role.

    AWS CloudFormation User Guide, "Grant self-managed permissions", on the confused deputy.
    """
    return {
        "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
        "StringLike": {
            "aws:SourceArn": {
                "Fn::Sub": "arn:${AWS::Partition}:cloudformation:*:${AWS::AccountId}:stackset/*"
            }
        },
    }


def _assume(role: str, served: Served) -> Json:
    listed = len(served.accounts) <= _LISTED and not served.organization
    roles: list[Json] = (
        [forms.role_arn(account, role) for account in served.accounts]
        if listed and served.accounts
        else [forms.role_arn("*", role)]
    )
    statement: dict[str, Json] = {
        "Sid": "TakeRole",
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Resource": roles,
    }
    if served.organization:
        statement["Condition"] = {"StringEquals": {"aws:ResourceOrgID": served.organization}}
    return statement
