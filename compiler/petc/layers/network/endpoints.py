"""VPC endpoints: private ways to AWS services, each with a policy that admits this account only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from awacs import awslambda as lambda_
from awacs import bedrock, cloudwatch, ecr, ecs, kms, logs, s3, secretsmanager, sns, sqs, ssm, xray
from awacs.aws import Action, Allow, Condition, PolicyDocument, Principal, Statement, StringEquals
from troposphere import Ref, Sub, ec2

from petc import naming
from petc.layers import contracts, iam
from petc.layers.base import Draft
from petc.layers.security.security_groups import closed_group
from petc.model.gateway_endpoints import BY_SERVICE, GATEWAYS
from petc.model.types import Stage

_OF_THIS_ACCOUNT = {
    "logs": logs.Action,
    "ssm": ssm.Action,
    "secretsmanager": secretsmanager.Action,
    "sns": sns.Action,
    "sqs": sqs.Action,
    "ecs": ecs.Action,
    "lambda": lambda_.Action,
}
"""Services whose every call names a resource; ours all lie in this account."""

_FOR_THIS_ACCOUNT = {
    # Their calls name no resource, one that AWS owns (a model), or one that may be brought (a key).
    "kms": kms.Action,
    "xray": xray.Action,
    "bedrock-runtime": bedrock.Action,
    "monitoring": cloudwatch.Action,
}

_PULL = [ecr.BatchCheckLayerAvailability, ecr.BatchGetImage, ecr.GetDownloadUrlForLayer]

_ANY_ACTION = "a ceiling by account: which action on which resource, the role's own policy decides"
_PULL_REASONS = {
    "OfThisAccount": "the action has no resource level",
    "Pull": "every repository of the registries that images come from",
}


def interfaces(stage: Stage) -> tuple[str, ...]:
    """Return the services with interface endpoints, by the names of `network.endpoints`."""
    return tuple(name for name in stage.network.endpoints if name not in BY_SERVICE)


def emit_interfaces(draft: Draft, vpc: Any, subnets: Any) -> None:
    """Add the interface endpoints, and export the group before them; its rules stand in layer security."""
    asked = interfaces(draft.stage)
    if not asked:
        return
    at = "/network/endpoints"
    group = closed_group(
        draft, "SecurityGroupEndpoints", vpc, at, why="firewall of the interface endpoints", name="endpoints"
    )
    draft.export(contracts.ENDPOINT_SECURITY_GROUP, Ref(group))
    for name in asked:
        for service in ("ecr.api", "ecr.dkr") if name == "ecr" else (name,):
            draft.add(
                ec2.VPCEndpoint(
                    naming.logical_id("Endpoint", service),
                    ServiceName=Sub(f"com.amazonaws.${{AWS::Region}}.{service}"),
                    VpcEndpointType="Interface",
                    VpcId=vpc,
                    SubnetIds=subnets,
                    SecurityGroupIds=[Ref(group)],
                    PrivateDnsEnabled=True,
                    PolicyDocument=_interface_policy(draft.stage, name),
                ),
                at,
                why=f"private link to {service}",
                reasons=_PULL_REASONS if name == "ecr" else {"OfThisAccount": _ANY_ACTION},
                tags={"Name": f"{draft.stage.name}-{draft.stage.stage}-{service}"},
            )


def emit_gateways(draft: Draft, vpc: Any, route_tables: Sequence[Any]) -> None:
    """Add the gateway endpoints to the given route tables."""
    for endpoint in GATEWAYS:
        if endpoint.service not in draft.stage.network.endpoints:
            continue
        policy, reasons = GATEWAY_POLICIES[endpoint.service]
        draft.add(
            ec2.VPCEndpoint(
                naming.logical_id("Endpoint", endpoint.service),
                ServiceName=Sub(f"com.amazonaws.${{AWS::Region}}.{endpoint.service}"),
                VpcEndpointType="Gateway",
                VpcId=vpc,
                RouteTableIds=list(route_tables),
                PolicyDocument=policy(),
            ),
            "/network/endpoints",
            why=f"way to {endpoint.name} that costs nothing and leaves the NAT gateways alone",
            reasons=reasons,
            tags={"Name": f"{draft.stage.name}-{draft.stage.stage}-{endpoint.service}"},
        )


def _interface_policy(stage: Stage, name: str) -> PolicyDocument:
    if name == "ecr":
        return iam.policy(
            _admit("OfThisAccount", [ecr.GetAuthorizationToken], ["*"], _from_this_account()),
            _admit("Pull", _PULL, _registries(stage), _from_this_account()),
        )
    if name in _OF_THIS_ACCOUNT:
        condition = _from_and_of_this_account()
        return iam.policy(_admit("OfThisAccount", [_OF_THIS_ACCOUNT[name]("*")], ["*"], condition))
    return iam.policy(_admit("OfThisAccount", [_FOR_THIS_ACCOUNT[name]("*")], ["*"], _from_this_account()))


def _s3_policy() -> PolicyDocument:
    layers = "arn:${AWS::Partition}:s3:::prod-${AWS::Region}-starport-layer-bucket/*"
    return iam.policy(
        _admit("OwnBuckets", [s3.Action("*")], ["*"], _from_and_of_this_account()),
        # ECR hands out links that it signed itself, so the caller is not of this account.
        _admit("ImageLayers", [s3.GetObject], [Sub(layers)]),
    )


GATEWAY_POLICIES: Mapping[str, tuple[Callable[[], PolicyDocument], Mapping[str, str]]] = {
    "s3": (
        _s3_policy,
        {"OwnBuckets": _ANY_ACTION, "ImageLayers": "objects of one bucket, which ECR names by digest"},
    ),
}
"""The policy of each gateway endpoint, and the reason for each `*` in it by Sid."""


def _registries(stage: Stage) -> list[Any]:
    """Return the repositories of this account, and of the accounts that the spec's images come from."""
    uris = {service.image.uri for service in stage.services.values() if ".dkr.ecr." in service.image.uri}
    foreign = sorted({uri.split(".", 1)[0] for uri in uris})
    return [
        Sub(f"arn:${{AWS::Partition}}:ecr:${{AWS::Region}}:{account}:repository/*")
        for account in ("${AWS::AccountId}", *foreign)
    ]


def _admit(
    sid: str, actions: Sequence[Action], resources: Sequence[Any], condition: Condition | None = None
) -> Statement:
    optional = {"Condition": condition} if condition else {}
    return Statement(
        Sid=sid,
        Effect=Allow,
        Principal=Principal("*"),
        Action=list(actions),
        Resource=list(resources),
        **optional,
    )


def _from_this_account() -> Condition:
    return Condition(StringEquals({"aws:PrincipalAccount": Ref("AWS::AccountId")}))


def _from_and_of_this_account() -> Condition:
    account = Ref("AWS::AccountId")
    return Condition(StringEquals({"aws:PrincipalAccount": account, "aws:ResourceAccount": account}))
