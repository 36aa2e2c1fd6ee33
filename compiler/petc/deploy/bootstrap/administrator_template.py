"""The template of the administrator account: the role of stack sets, policies of people, roles of workflows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from petc import naming
from petc.deploy.bootstrap import consumers, deployer_policies, names
from petc.deploy.bootstrap import iam_forms as forms
from petc.deploy.bootstrap.consumers import Served, ServedStage
from petc.deploy.bootstrap.policy_packing import MANAGED_POLICY, size
from petc.source.tree import Json

_LISTED = 40
"""Accounts that a policy names one by one; more make it longer than IAM takes, so it names the organization."""

_DEPLOYING_SECONDS = 4 * 3600

_GITHUB = "token.actions.githubusercontent.com"
_WORKFLOWS = "petc-github"


def administrator(served: Served, *, with_provider: bool = True) -> dict[str, Json]:
    """Return the template of the administrator account: its role, the policies of people, roles of workflows.

    `with_provider` makes the account's OpenID provider of GitHub, of which an account has one.
    """
    resources: dict[str, Json] = {
        "Planner": forms.managed(
            names.PLANNER,
            "what petc reads in the administrator account",
            deployer_policies.reading([_assume(names.READER, served)]),
        ),
        "Deployer": forms.managed(
            names.DEPLOYER,
            "what petc deploy changes in the administrator account, for every stage deployed from it",
            _of_everybody(served),
        ),
    }
    for stage in served.stages:
        resources[_title("Deployer", stage)] = forms.managed(
            names.deployer(stage.name),
            f"what petc deploy changes in the administrator account for {stage.name} alone",
            _of_stage(stage, served),
        )
    if consumers.SELF_MANAGED in served.ways:
        resources["Administration"] = forms.role(
            names.ADMINISTRATION,
            "lets stack sets of this account take the execution role in the target accounts",
            forms.trust(forms.service("cloudformation"), _only_stack_sets()),
            {"AssumeExecution": [_assume(names.EXECUTION, served)]},
        )
    if served.repositories:
        resources |= _workflows(served, with_provider=with_provider)
    return forms.template("Roles and policies of the account that petc deploys from", resources, served)


def _of_stage(stage: ServedStage, served: Served) -> list[Json]:
    """Return the statements to deploy one stage; accounts that are too many for a policy are not named one by one."""
    statements = deployer_policies.changing([stage], _writers([stage], served))
    if _fits(statements):
        return statements
    wide = _wide(stage)
    return deployer_policies.changing([wide], _writers([wide], served))


def _of_everybody(served: Served) -> list[Json]:
    """Return the statements to deploy every stage, or as many stages as a policy takes.

    Whoever deploys one of the others takes the policy of that stage.
    """
    wide = tuple(map(_wide, served.stages))
    for stages in (served.stages, *(wide[:count] for count in range(len(wide), -1, -1))):
        statements = [
            *deployer_policies.changing(stages, _writers(stages, served)),
            *deployer_policies.emptying(stages),
        ]
        if _fits(statements):
            break
    return statements


def _wide(stage: ServedStage) -> ServedStage:
    """Return a stage that names no account: its names limit it, and so do the units of an organization."""
    units = tuple(place for place in stage.places if place not in stage.accounts)
    return replace(stage, places=units or (deployer_policies.ANY_ACCOUNT,), accounts=())


def _fits(statements: list[Json]) -> bool:
    return size({"Version": "2012-10-17", "Statement": statements}) <= MANAGED_POLICY


def _workflows(served: Served, *, with_provider: bool) -> dict[str, Json]:
    """Return the roles of GitHub's workflows: one deploys each stage, `petc-github-plan` only reads.

    A stage's role trusts the jobs that run in the environment of the stage's name, and no other: the environment
    asks for approval and names the branches, whereas one that a workflow invents has no rules. Plans run on pull
    requests. A first deployment may take hours, so its session may too.
    GitHub Docs, "Configuring OpenID Connect in Amazon Web Services".
    """
    made: dict[str, Json] = {}
    if with_provider:
        made["GitHub"] = {
            "Type": "AWS::IAM::OIDCProvider",
            **forms.KEPT,
            "Properties": {"Url": f"https://{_GITHUB}", "ClientIdList": ["sts.amazonaws.com"]},
        }
    roles: list[tuple[str, str, Sequence[str], str, Sequence[str], int]]
    roles = [("Plans", f"{_WORKFLOWS}-plan", served.repositories, "pull_request", ("Planner",), 0)]
    roles += [
        (
            _title("Deploys", stage),
            names.workflow(stage.name),
            stage.repositories,
            f"environment:{stage.stage}",
            ("Planner", _title("Deployer", stage)),
            _DEPLOYING_SECONDS,
        )
        for stage in served.stages
        if stage.repositories
    ]
    for logical_id, name, repositories, subject, managed, seconds in roles:
        role = forms.role(
            name, f"for workflows of {', '.join(repositories)}", _from_github(repositories, subject), {}
        )
        properties = role["Properties"]
        assert isinstance(properties, dict)
        properties["ManagedPolicyArns"] = [{"Ref": item} for item in managed]
        if seconds:
            properties["MaxSessionDuration"] = seconds
        if with_provider:
            role["DependsOn"] = ["GitHub"]
        made[logical_id] = role
    return made


def _from_github(repositories: Sequence[str], subject: str) -> Json:
    """Return the trust policy for one subject of workflows, exactly as GitHub spells it."""
    provider: Json = {"Fn::Sub": f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:oidc-provider/{_GITHUB}"}
    subjects: list[Json] = [f"repo:{repository}:{subject}" for repository in repositories]
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Federated": provider},
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {
                    "StringEquals": {f"{_GITHUB}:aud": "sts.amazonaws.com", f"{_GITHUB}:sub": subjects}
                },
            }
        ],
    }


def _title(word: str, stage: ServedStage) -> str:
    """Return the logical id of what is made for one stage."""
    return naming.logical_id(word, stage.spec, stage.stage)


def _writers(stages: Sequence[ServedStage], served: Served) -> list[Json]:
    """Return the ARNs of the roles by which petc writes in the targets of stages."""
    return [
        forms.role_arn(account, names.writer(stage.name))
        for stage in stages
        for account in _accounts(stage, served)
    ]


def _accounts(stage: ServedStage, served: Served) -> Sequence[str]:
    """Return the accounts of a stage one by one; of units, or when they are too many, any account."""
    listed = stage.way != consumers.SERVICE_MANAGED and 0 < len(stage.accounts) <= _LISTED // len(
        served.stages
    )
    return stage.accounts if listed else ("*",)


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
